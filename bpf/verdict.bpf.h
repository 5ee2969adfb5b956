/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdict on a file, kept in its inode: judged once, then read. */
#ifndef AG_VERDICT_BPF_H
#define AG_VERDICT_BPF_H

#include "kfuncs.bpf.h"

#include "constants.bpf.h"

/* Only listed files have one.  It goes when the inode leaves the cache. */
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct atmguard_verdict);
} verdicts SEC(".maps");

/*
 * Record a denial; what these return is the hook's answer: -EPERM, whatever
 * the reason (@error, which is in the record), or 0 where the policy observes.
 */
static __always_inline int deny(__u32 hook, int error, struct file *file)
{
	return atmguard_deny(hook, error, file) ? -EPERM : 0;
}

static __always_inline int deny_name(__u32 hook, int error, struct dentry *dentry)
{
	return atmguard_deny_name(hook, error, dentry) ? -EPERM : 0;
}

static __always_inline int deny_call(__u32 hook, int error, __u64 what)
{
	return atmguard_deny_call(hook, error, what) ? -EPERM : 0;
}

/* Before the seal, without a generation, nothing is enforced. */
static __always_inline bool is_sealed(void)
{
	return atmguard_generation() != 0;
}

static __always_inline bool verdict_is_fresh(const struct atmguard_verdict *v)
{
	return v && v->generation && v->generation == atmguard_generation();
}

/* In one store: a reader sees the old verdict or the new one. */
static __always_inline void verdict_store(struct atmguard_verdict *to,
					  const struct atmguard_verdict *from)
{
	*(volatile __u64 *)to = *(const __u64 *)from;
}

/*
 * Two tasks may judge the same file at once.  The kernel looks for the storage
 * and, where there is none, puts one there by cmpxchg, or under a lock if the
 * inode bears other storage; who comes second finds its place taken and gets
 * NULL (-EAGAIN, -EEXIST inside).  Nothing takes storage from an inode that is
 * in use, so asked once more it finds the other's.  A second NULL means that
 * there is no memory.
 */
static __always_inline struct atmguard_verdict *verdict_slot(struct inode *inode,
							     struct atmguard_verdict *v)
{
	struct atmguard_verdict *kept;

	kept = bpf_inode_storage_get(&verdicts, inode, v, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!kept)
		kept = bpf_inode_storage_get(&verdicts, inode, v, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return kept;
}

/* After a judgement that went well, with writers still shut out: openers for
 * writing find the verdict before they are let in again. */
static __always_inline int verdict_publish(struct file *file, struct atmguard_verdict *v)
{
	struct atmguard_verdict *kept = verdict_slot(file->f_inode, v);

	if (kept)
		verdict_store(kept, v);
	atmguard_allow_writers(file);
	return kept ? 0 : -ENOMEM;
}

/* 0 and *v if @file is listed, else -errno.  Sleepable programs only. */
static __always_inline int verdict_get(struct file *file, struct atmguard_verdict *v)
{
	struct atmguard_verdict *kept = bpf_inode_storage_get(&verdicts, file->f_inode, 0, 0);
	int r;

	if (verdict_is_fresh(kept)) {
		verdict_store(v, kept);
		return 0;
	}
	r = atmguard_judge(file, v, sizeof(*v));
	if (r)
		return r;
	return verdict_publish(file, v);
}

/* The verdict on the program @current runs; false: none (kernel thread, or it
 * was started before the seal).  Any program. */
static __always_inline bool verdict_of_current(struct atmguard_verdict *v)
{
	struct file *exe = bpf_get_task_exe_file(bpf_get_current_task_btf());
	struct atmguard_verdict *kept;
	bool found;

	if (!exe)
		return false;
	kept = bpf_inode_storage_get(&verdicts, exe->f_inode, 0, 0);
	/* One of an older generation will do: this asks what the running program
	 * is, and nobody can have changed it, as files with a verdict are not
	 * opened for writing. */
	found = kept;
	if (found)
		verdict_store(v, kept);
	bpf_put_file(exe);
	return found;
}

/* Programs of which it is judged what they read. */
#define AG_FLAGS_READER	(AG_FLAG_INTERPRETER | AG_FLAG_STRICT)

/* Flags of the running program; none, if it has no verdict. */
static __always_inline __u16 current_flags(void)
{
	struct atmguard_verdict v = {};

	return verdict_of_current(&v) ? v.flags : 0;
}

static __always_inline bool current_has_flag(__u16 flag)
{
	return current_flags() & flag;
}

/* The same for a power.  A program flagged `init` has it as process 1 only: a
 * child that has not started its unit's program yet still runs init, and opens
 * files that the unit names. */
static __always_inline bool current_has_power(__u16 flag)
{
	struct atmguard_verdict v = {};

	return verdict_of_current(&v) && (v.flags & flag) &&
	       (!(v.flags & AG_FLAG_INIT) || bpf_get_current_task_btf()->tgid == PID_INIT);
}

/* Whether the task is a listed updater, or was started by one, under the scope update. */
static __always_inline bool may_update(void)
{
	return (atmguard_scopes() & ATMGUARD_SCOPE_UPDATE) &&
	       (bpf_get_current_task_btf()->personality & AG_PERSONALITY_UPDATE);
}

/* Whether the technician may run what is for maintenance, and text of his own. */
static __always_inline bool has_tools(void)
{
	return atmguard_scopes() & ATMGUARD_SCOPE_TOOLS;
}

/* Whether a file of these flags may be used now: one that is for maintenance is
 * for the technician and for updates. */
static __always_inline bool may_maintain(__u16 flags)
{
	return !(flags & AG_FLAG_MAINTENANCE) || has_tools() || may_update();
}

#endif
