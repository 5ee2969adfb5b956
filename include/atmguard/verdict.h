/* SPDX-License-Identifier: GPL-2.0-only */
/* What module and BPF programs share: the verdict on a file, the marks on a task. */
#ifndef ATMGUARD_VERDICT_H
#define ATMGUARD_VERDICT_H

/* What the policy says of a file, kept with its inode.  Eight bytes, so that one
 * load or store moves all of it. */
struct atmguard_verdict {
	__u32 generation;	/* in which it was made; void in any other */
	__u8  types;		/* AG_TYPE_* */
	__u8  owner;		/* owner group, 0: none */
	__u16 flags;		/* AG_FLAG_* */
};

/*
 * Marks on a task: bits of task_struct.personality that Linux does not use and
 * that personality(2) cannot change (kmod/syscall.c).  Children inherit them.
 *
 * READER: the task may be running an interpreter or a strict program, so what it
 * opens for reading is judged.  The hook on opens sees that with one load.  Set
 * before the exec of such a program, cleared after the exec of another one.
 *
 * JOB: the task was let in by a scope, or descends from one that was.  The
 * relock kills all of these.
 *
 * UPDATE: the task is a listed updater that was started under the scope update,
 * or descends from one (maintainer scripts).  It may change protected files as
 * long as the scope is open, and bears JOB as well.
 */
#define AG_PERSONALITY_READER	0x10000000u
#define AG_PERSONALITY_JOB		0x20000000u
#define AG_PERSONALITY_UPDATE		0x40000000u
#define AG_PERSONALITY_MARKS		(AG_PERSONALITY_READER | AG_PERSONALITY_JOB | \
					 AG_PERSONALITY_UPDATE)

#endif
