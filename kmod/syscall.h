/* SPDX-License-Identifier: GPL-2.0-only */
/* Two system calls that no LSM hook sees. */
#ifndef AG_SYSCALL_H
#define AG_SYSCALL_H

int ag_syscall_init(void);

#endif
