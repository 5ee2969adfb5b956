/* SPDX-License-Identifier: GPL-2.0-only */
/* What module and BPF programs share: the verdict on a file, the mark on a task. */
#ifndef ATMGUARD_VERDICT_H
#define ATMGUARD_VERDICT_H

/* Eight bytes, so that it is read and written in one go. */
struct atmguard_verdict {
	__u32 generation;	/* void under any other */
	__u8  types;		/* AG_TYPE_* */
	__u8  owner;		/* owner group, 0: none */
	__u16 flags;		/* AG_FLAG_* */
};

/*
 * Marks on a task: bits of task_struct.personality that Linux does not use, and
 * which personality(2) cannot change (kmod/syscall.c).  Children inherit them.
 *
 * READER lets the hook on every open find interpreters and strict programs with
 * one load.  It is set before a program becomes one and cleared only when the
 * task surely runs another.  JOB is on whatever a scope let in, until the relock ends it.
 * UPDATE is on a listed updater that started under the scope update and on all
 * that it starts: maintainer scripts and what they call.  It means nothing
 * without the scope, and those who have it have JOB as well.
 */
#define AG_PERSONALITY_READER	0x10000000u
#define AG_PERSONALITY_JOB		0x20000000u
#define AG_PERSONALITY_UPDATE		0x40000000u
#define AG_PERSONALITY_MARKS		(AG_PERSONALITY_READER | AG_PERSONALITY_JOB | \
					 AG_PERSONALITY_UPDATE)

#endif
