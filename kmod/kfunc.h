/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions BPF programs call (their list is in kfunc.c). */
#ifndef AG_KFUNC_H
#define AG_KFUNC_H

int ag_kfunc_init(void);

#endif
