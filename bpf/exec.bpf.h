/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs, scripts and executable memory: what may run.
 *
 * bprm_check_security    Whether a program may start, and an interpreter so.  Every
 *                        way to start one leads here, once for the file named and
 *                        once more for each that a #! line adds; binfmt handlers
 *                        run after it.  It may sleep, so the file can be hashed.
 * bprm_committed_creds   What the task is now.  From here on the exec cannot fail
 *                        any more, and no instruction has run yet.
 * task_alloc             Whether what a job let in may fork once the job is over.
 *                        There is no other way to become two tasks.
 * mmap_file              What is mapped executable.  ld.so and the ELF loader map by
 *                        it, too, and it may sleep.
 * file_mprotect          What becomes executable later.  Nothing else changes what
 *                        may be done with memory that is mapped.
 *
 * X1, D13 and the like are the attacks of doc/THREATS.md.
 */
#ifndef AG_EXEC_BPF_H
#define AG_EXEC_BPF_H

#include "verdict.bpf.h"

/* What makes it worth while to mislead a program: it may do what others may not,
 * or it runs what it reads. */
#define AG_FLAGS_TRUSTED	(AG_FLAG_CONTROL | AG_FLAG_MOUNT | AG_FLAG_CGROUP_BPF | \
				 AG_FLAG_INLINE | AG_FLAG_UPDATER | AG_FLAG_INTERPRETER)

static __always_inline bool is_trusted(const struct atmguard_verdict *v)
{
	return v->owner || (v->flags & AG_FLAGS_TRUSTED);
}

/*
 * Whether the first line of @script names the interpreter @file, whose flags are
 * @flags.  Shells understand each other's scripts; to any other language they
 * could mean something else (X68).
 */
static __always_inline bool is_written_for(struct file *script, struct file *file, __u16 flags)
{
	struct file *named = atmguard_open_shebang_interpreter(script);
	struct atmguard_verdict v = {};
	bool same;

	if (!named)
		return false;
	same = named->f_inode == file->f_inode ||
	       ((flags & AG_FLAG_COMMANDS) && !verdict_get(named, &v) && (v.flags & AG_FLAG_COMMANDS));
	bpf_put_file(named);
	return same;
}

/* Whether the interpreter @file may be told to run @script.  Whatever it opens
 * then is judged again; this makes sure that it runs a listed file at all.  The
 * first line is read last: it is only known to be the vendor's once the whole is. */
static __always_inline bool may_run_script(struct file *script, struct file *file, __u16 flags)
{
	struct atmguard_verdict v = {};

	return !verdict_get(script, &v) && (v.types & AG_TYPE_SCRIPT) && may_maintain(v.flags) &&
	       is_written_for(script, file, flags);
}

/*
 * The reasons (AG_EXEC_*) not to let @bprm start, whose program has the verdict
 * @v; most programs have nothing to be misled about and are not asked for any.
 * Those the policy names may start interpreters with any text (AG_FLAG_INLINE).
 */
static __always_inline __u32 examine(struct linux_binprm *bprm, const struct atmguard_verdict *v)
{
	__u32 flags = v->flags, reasons = 0;
	struct file *script;

	if (!is_trusted(v))
		return 0;
	if ((flags & AG_FLAG_INTERPRETER) && current_has_flag(AG_FLAG_INLINE))
		flags &= ~AG_FLAG_INTERPRETER;
	script = atmguard_examine_exec(bprm, flags, &reasons);
	if (!script)
		return reasons;
	if (may_run_script(script, bprm->file, v->flags))
		reasons &= ~AG_EXEC_UNLISTED_TEXT;
	bpf_put_file(script);
	return reasons;
}

/* The task runs @file because a job is open: it is marked, children and all, and
 * ends with the job.  False if the job is over. */
static __always_inline bool join_job(struct file *file)
{
	return atmguard_join_job(file, AG_PERSONALITY_JOB);
}

/*
 * Whether somebody else has a say in this task's system calls, by a filter of
 * seccomp(2), which outlives an exec.  A supervisor (SECCOMP_RET_USER_NOTIF)
 * could hand any file to an interpreter that opens its script, where no hook
 * sees it.  A filter that lets an open succeed without making it gives 0, which
 * is standard input.
 */
static __always_inline bool has_fake_system_calls(void)
{
	struct seccomp_filter *filter = bpf_get_current_task_btf()->seccomp.filter;

	for (int i = 0; i < SECCOMP_FILTERS_MAX && filter; i++) {
		__u64 prog = 0;

		if (filter->notif)
			return true;
		bpf_probe_read_kernel(&prog, sizeof(prog), &filter->prog);
		if (atmguard_can_fake_success(prog))
			return true;
		filter = filter->prev;
	}
	/* More than are looked at. */
	return filter;
}

/* Reasons to refuse a start that lie in the task, whatever it is to run. */
static __always_inline int refuse_task(struct file *file)
{
	int ret = 0;

	/* X15: its heap would become executable as it grows, where no hook is. */
	if (bpf_get_current_task_btf()->personality & READ_IMPLIES_EXEC)
		ret = deny(ATMGUARD_HOOK_PERSONA, -EPERM, file);
	/* X61: it would read other files than it opens. */
	if (!ret && has_fake_system_calls())
		ret = deny(ATMGUARD_HOOK_PTRACE, -EPERM, file);
	return ret;
}

/*
 * The reasons to refuse a start, each with the attack it stops.  Where the policy
 * only observes, deny() returns 0, and what does not depend on the first reason
 * is looked at as well.
 */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(ag_bprm_check, struct linux_binprm *bprm, int ret)
{
	struct atmguard_verdict v = {};
	struct file *file = bprm->file;
	__u32 reasons;
	int r;

	if (ret || !is_sealed())
		return ret;
	ret = refuse_task(file);
	if (ret)
		return ret;
	/* X1, X6, X31: nobody listed what this program or script holds, or it lies
	 * where everybody can put files. */
	r = verdict_get(file, &v);
	if (r)
		return deny(ATMGUARD_HOOK_EXEC, r, file);
	reasons = examine(bprm, &v);
	/* X65: its configuration would be somebody else's. */
	if (reasons & AG_EXEC_FOREIGN_ROOT)
		return deny(ATMGUARD_HOOK_EXEC, -EXDEV, file);
	/* X2: listed to be mapped or read, as ld.so is, not to be started. */
	if (!(v.types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT)))
		return deny(ATMGUARD_HOOK_EXEC, -EPERM, file);
	/* X35: tools, and scripts that evaluate what they are given, are for technicians,
	 * who come with a job. */
	if ((v.flags & AG_FLAG_MAINTENANCE) && !(may_maintain(v.flags) && join_job(file)))
		ret = deny(ATMGUARD_HOOK_EXEC, -EPERM, file);
	if (ret)
		return ret;
	/* X32, X33, X60, X67, X68: it would run text that nobody listed. */
	if (reasons && !(has_tools() && join_job(file)) && atmguard_deny_start(bprm))
		return -EPERM;
	/* Before it is a reader: from here on the exec may fail at any point. */
	if (v.flags & AG_FLAGS_READER)
		atmguard_mark_reader(true);
	return 0;
}

/* The point of no return: whatever the task was marked as, it is this now. */
SEC("lsm/bprm_committed_creds")
int BPF_PROG(ag_bprm_done, struct linux_binprm *bprm)
{
	struct atmguard_verdict *v = bpf_inode_storage_get(&verdicts, bprm->file->f_inode, 0, 0);

	if (!v)
		return 0;
	/* X65: until here another thread of the process could still change the root
	 * directory; killed, the program does not come to its first instruction. */
	if (is_trusted(v) && atmguard_has_foreign_root(bprm) &&
	    deny(ATMGUARD_HOOK_EXEC, -EXDEV, bprm->file))
		bpf_send_signal(SIGKILL);
	if (!(v->flags & AG_FLAGS_READER))
		atmguard_mark_reader(false);
	if ((v->flags & AG_FLAG_UPDATER) && (atmguard_scopes() & ATMGUARD_SCOPE_UPDATE))
		atmguard_join_job(bprm->file, AG_PERSONALITY_JOB | AG_PERSONALITY_UPDATE);
	return 0;
}

/* D13: once the scopes are gone, what the job let in is killed one by one; by
 * forking all the while it could stay ahead of that. */
SEC("lsm/task_alloc")
int BPF_PROG(ag_fork, struct task_struct *task, unsigned long clone_flags, int ret)
{
	if (ret || !(bpf_get_current_task_btf()->personality & AG_PERSONALITY_JOB) || atmguard_scopes())
		return ret;
	return deny_call(ATMGUARD_HOOK_EXEC, -EPERM, clone_flags);
}

/* Whether the running program may have executable memory of its own making. */
static __always_inline bool may_generate_code(void)
{
	return current_has_flag(AG_FLAG_JIT);
}

/* Whether a file may be mapped executable now; a technician's program is code
 * only while he is let in, whoever maps it. */
static __always_inline bool is_code(const struct atmguard_verdict *v)
{
	return (v->types & (AG_TYPE_PROGRAM | AG_TYPE_LIBRARY)) && may_maintain(v->flags);
}

/*
 * X2-X5, X7, X11-X14, X17: every mapping that starts out executable, that of
 * ld.so and the ELF loader included.  @prot is what it will be, with what
 * READ_IMPLIES_EXEC adds.
 */
SEC("lsm.s/mmap_file")
int BPF_PROG(ag_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct atmguard_verdict v = {};
	__u64 is_file = 0;
	int r;

	if (ret || !(prot & PROT_EXEC) || !is_sealed())
		return ret;
	/* The verifier takes @file for never NULL (6.12) and would drop a plain
	 * test; read the argument as a number. */
	bpf_probe_read_kernel(&is_file, sizeof(is_file), &ctx[0]);
	if (!is_file) {
		if (may_generate_code())
			return 0;
		return deny_call(ATMGUARD_HOOK_ANON, -EPERM, prot);
	}
	/* The verifier of newer kernels (7.0) demands the test that 6.12 drops. */
	if (!file)
		return -EPERM;
	if (prot & PROT_WRITE)
		return deny(ATMGUARD_HOOK_MMAP, -EPERM, file);
	r = verdict_get(file, &v);
	if (r)
		return deny(ATMGUARD_HOOK_MMAP, r, file);
	if (!is_code(&v))
		return deny(ATMGUARD_HOOK_MMAP, -EPERM, file);
	return 0;
}

/* Whether a mapping of a listed file, unmodified, is asked to become executable. */
static __always_inline bool is_clean_listed(struct vm_area_struct *vma)
{
	struct file *file = atmguard_vma_file(vma);
	struct atmguard_verdict *v;
	bool clean;

	if (!file)
		return false;
	v = bpf_inode_storage_get(&verdicts, file->f_inode, 0, 0);
	clean = verdict_is_fresh(v) && is_code(v);
	bpf_put_file(file);
	/* X10: private pages were written and are no longer the file's. */
	return clean && !vma->anon_vma;
}

/*
 * X8-X10, X13: memory turned executable afterwards.  Not sleepable, so only a
 * file that was judged before passes; nothing that is writable does.
 */
SEC("lsm/file_mprotect")
int BPF_PROG(ag_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	if (ret || !(prot & PROT_EXEC) || !is_sealed())
		return ret;
	if (!(prot & PROT_WRITE)) {
		/* It is executable already, and was judged when it became so. */
		if (vma->vm_flags & VM_EXEC)
			return 0;
		if (is_clean_listed(vma))
			return 0;
	}
	if (may_generate_code())
		return 0;
	return deny_call(ATMGUARD_HOOK_MPROTECT, -EPERM, prot);
}

#endif
