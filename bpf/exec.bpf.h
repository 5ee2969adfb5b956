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

/* Whether @script was written for the interpreter @file, of @flags, or, as shells
 * understand each other, for another one. */
static __always_inline bool is_written_for(struct file *script, struct file *file, __u16 flags)
{
	struct file *interpreter = atmguard_open_shebang_interpreter(script);
	struct atmguard_verdict v = {};
	bool same;

	if (!interpreter)
		return false;
	same = interpreter->f_inode == file->f_inode ||
	       ((flags & AG_FLAG_COMMANDS) && !verdict_get(interpreter, &v) && (v.flags & AG_FLAG_COMMANDS));
	bpf_put_file(interpreter);
	return same;
}

/* Whether the first argument names a listed script that the new program is the
 * interpreter of.  Whatever it opens is judged again then; this makes sure that
 * it runs a file at all. */
static __always_inline bool names_script(struct linux_binprm *bprm, __u16 flags)
{
	struct file *script = atmguard_open_script(bprm);
	struct atmguard_verdict v = {};
	bool listed;

	if (!script)
		return false;
	listed = !verdict_get(script, &v) && (v.types & AG_TYPE_SCRIPT) && may_maintain(v.flags) &&
		 is_written_for(script, bprm->file, flags);
	bpf_put_file(script);
	return listed;
}

/* The name a script was started by becomes an argument of its interpreter: a
 * file that is called "-c" would become the option. */
static __always_inline bool looks_like_option(const char *name)
{
	char first = '-';

	bpf_probe_read_kernel(&first, sizeof(first), name);
	return first == '-' || first == '+';
}

/*
 * X32, X33: an interpreter started by a #! line reads a script that was judged
 * one step before.  Started directly it must name one, or be given a command
 * that is listed by its text, as cron and logrotate do; other options, standard
 * input and variables are code nobody signed, left to the few programs the
 * policy names.
 */
static __always_inline bool may_interpret(struct linux_binprm *bprm, __u16 flags)
{
	if (current_has_flag(AG_FLAG_INLINE))
		return true;
	if (atmguard_has_code_env(bprm))
		return false;
	if (bprm->interp != bprm->filename)
		return !looks_like_option(bprm->filename) && !atmguard_has_ambiguous_name(bprm);
	return !(flags & AG_FLAG_ARGCODE) && (names_script(bprm, flags) ||
					   ((flags & AG_FLAG_COMMANDS) && atmguard_has_command(bprm)));
}

/* Who is let in by a job is marked, children and all, and ends with it. */
static __always_inline bool join_job(struct file *file)
{
	return atmguard_join_job(file, AG_PERSONALITY_JOB);
}

/*
 * Whether another program answers this one's system calls (seccomp(2), a filter
 * with SECCOMP_RET_USER_NOTIF).  Filters outlive an exec, so it could hand any
 * file to an interpreter that opens its script, where no hook sees it.  So can
 * a filter that lets calls succeed unmade: the open gives 0, standard input.
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
	return filter;
}

/*
 * Whether a program with powers, or an interpreter, would start where somebody
 * else can choose what its paths mean: behind a chroot, or sharing its root
 * directory with another process.  It would find configuration of that one's,
 * and scripts under names that are not theirs.
 */
static __always_inline bool has_foreign_root(struct linux_binprm *bprm, const struct atmguard_verdict *v)
{
	if (!v->owner && !(v->flags & (AG_FLAG_CONTROL | AG_FLAG_MOUNT | AG_FLAG_CGROUP_BPF |
				       AG_FLAG_INLINE | AG_FLAG_UPDATER | AG_FLAG_INTERPRETER)))
		return false;
	/* Process 1 shares its root with kernel threads. */
	if ((bprm->unsafe & LSM_UNSAFE_SHARE) && bpf_get_current_task_btf()->tgid != PID_INIT)
		return true;
	return !atmguard_has_own_root();
}

/*
 * X1, X6, X31: every way to start a program ends here, once for the file named
 * and once more for each interpreter a #! line leads to; binfmt handlers run
 * after it.  Sleepable, so the file can be hashed.
 */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(ag_bprm_check, struct linux_binprm *bprm, int ret)
{
	struct atmguard_verdict v = {};
	struct file *file = bprm->file;
	int r;

	if (ret || !is_sealed())
		return ret;
	/* X15: the heap would become executable as it grows, with no hook. */
	if (bpf_get_current_task_btf()->personality & READ_IMPLIES_EXEC)
		ret = deny(ATMGUARD_HOOK_PERSONA, -EPERM, file);
	if (!ret && has_fake_system_calls())
		ret = deny(ATMGUARD_HOOK_PTRACE, -EPERM, file);
	if (ret)
		return ret;
	r = verdict_get(file, &v);
	if (!r && has_foreign_root(bprm, &v))
		r = -EXDEV;
	if (!r && !(v.types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT)))
		r = -EPERM;
	if (r)
		return deny(ATMGUARD_HOOK_EXEC, r, file);
	/* Where the policy observes, a refusal is none and the next is looked for. */
	if ((v.flags & AG_FLAG_MAINTENANCE) && !(may_maintain(v.flags) && join_job(file)))
		ret = deny(ATMGUARD_HOOK_EXEC, -EPERM, file);
	if (ret || !(v.flags & AG_FLAGS_READER))
		return ret;
	if ((v.flags & AG_FLAG_INTERPRETER) && !may_interpret(bprm, v.flags) &&
	    !(has_tools() && join_job(file)) && atmguard_deny_start(bprm))
		return -EPERM;
	/* Before it is one: from here on the exec may fail at any point. */
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
	/* Until here another thread of the process could still change the root
	 * directory; killed, the program does not come to its first instruction. */
	if (has_foreign_root(bprm, v) && deny(ATMGUARD_HOOK_EXEC, -EXDEV, bprm->file))
		bpf_send_signal(SIGKILL);
	if (!(v->flags & AG_FLAGS_READER))
		atmguard_mark_reader(false);
	if ((v->flags & AG_FLAG_UPDATER) && (atmguard_scopes() & ATMGUARD_SCOPE_UPDATE))
		atmguard_join_job(bprm->file, AG_PERSONALITY_JOB | AG_PERSONALITY_UPDATE);
	return 0;
}

/* D13: what a job let in is being killed once its scopes are gone; forking all
 * the while, it could stay ahead of that. */
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
	/* Newer kernels (7.0) do ask for the test. */
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
