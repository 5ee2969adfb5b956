/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which running programs are interpreters, cheap enough to ask at every open.
 *
 * A filter of inode numbers answers "surely not" in a few instructions; only
 * on "perhaps" the program's verdict is looked up.  Bits are never cleared:
 * a wrong "perhaps" costs time, nothing else.
 */
#ifndef AG_INTERPRETER_BPF_H
#define AG_INTERPRETER_BPF_H

#include "kfuncs.bpf.h"

#define INTERPRETER_WORDS	32	/* 2048 bits; a handful of interpreters: one miss in 500 */
#define INTERPRETER_MASK	(INTERPRETER_WORDS * 64 - 1)

__u64 interpreters[INTERPRETER_WORDS];

static __always_inline __u64 interpreter_bit(const struct inode *inode)
{
	return inode->i_ino & INTERPRETER_MASK;
}

static __always_inline void interpreter_note(const struct inode *inode)
{
	__u64 bit = interpreter_bit(inode);

	__sync_fetch_and_or(&interpreters[bit / 64], 1ULL << (bit % 64));
}

static __always_inline bool interpreter_is_noted(const struct inode *inode)
{
	__u64 bit = interpreter_bit(inode);

	return interpreters[bit / 64] & (1ULL << (bit % 64));
}

#endif
