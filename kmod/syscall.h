/* SPDX-License-Identifier: GPL-2.0-only */
/* Three system calls that no LSM hook sees, and ftrace, which all hooks hang on. */
#ifndef AG_SYSCALL_H
#define AG_SYSCALL_H

int ag_syscall_init(void);

#endif
