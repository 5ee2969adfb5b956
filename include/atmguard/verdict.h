/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module answers to the BPF programs: the verdict on one file. */
#ifndef ATMGUARD_VERDICT_H
#define ATMGUARD_VERDICT_H

struct atmguard_verdict {
	__u64 generation;	/* void under any other; 0: being made, not valid yet */
	__u8  types;		/* AG_TYPE_* */
	__u8  owner;		/* owner group, 0: none */
	__u16 flags;		/* AG_FLAG_* */
	__u32 reserved;
};

#endif
