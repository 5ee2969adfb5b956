/* SPDX-License-Identifier: GPL-2.0-only */
/* What module and BPF programs share: the verdict on a file, the mark on a task. */
#ifndef ATMGUARD_VERDICT_H
#define ATMGUARD_VERDICT_H

struct atmguard_verdict {
	__u64 generation;	/* void under any other; 0: being made, not valid yet */
	__u8  types;		/* AG_TYPE_* */
	__u8  owner;		/* owner group, 0: none */
	__u16 flags;		/* AG_FLAG_* */
	__u32 reserved;
};

/*
 * Interpreters carry a bit of task_struct.personality that Linux does not use,
 * so that the hook on every open finds them with one load.  It is set before a
 * program becomes one and cleared only when the task surely runs another.
 */
#define AG_PERSONALITY_INTERPRETER	0x10000000u

#endif
