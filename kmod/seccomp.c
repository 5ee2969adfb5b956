// SPDX-License-Identifier: GPL-2.0-only
// Tells seccomp filters that let system calls succeed unmade.
#include "seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

static bool is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

/* Whether @insn sets an answer, by a constant, that does not fake success. */
static bool fakes_nothing(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU | BPF_MOV | BPF_K) && insn->dst_reg == BPF_REG_0 &&
	       (u32)insn->imm != SECCOMP_RET_ERRNO;	/* with errno 0: done, says the call */
}

/*
 * Seccomp takes classic filters only, and their answers are constants as a rule:
 * one instruction sets the answer, the next returns it.  Where it is computed, or
 * the return is jumped to past the constant, it could be any.
 */
bool ag_seccomp_can_fake_success(const struct bpf_prog *prog)
{
	for (u32 i = 0; i < prog->len; i++) {
		const struct bpf_insn *insn = &prog->insnsi[i];
		u32 target = i + 1 + insn->off;

		if (is_exit(insn)) {
			if (!i || !fakes_nothing(insn - 1))
				return true;
			continue;
		}
		if ((BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32) &&
		    (target >= prog->len || is_exit(&prog->insnsi[target])))
			return true;
	}
	return false;
}
