/* SPDX-License-Identifier: GPL-2.0-only */
/* Seccomp filters that let system calls succeed unmade. */
#ifndef AG_SECCOMP_H
#define AG_SECCOMP_H

#include <linux/types.h>

struct bpf_prog;

/* Whether the seccomp filter @prog can let system calls succeed unmade. */
bool ag_seccomp_can_fake_success(const struct bpf_prog *prog);

#endif
