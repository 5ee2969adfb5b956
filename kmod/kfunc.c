// SPDX-License-Identifier: GPL-2.0-only
// What the BPF programs may ask of the module.
#include "kfunc.h"

#include <linux/binfmts.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/bpf.h>
#include <linux/file.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <atmguard/verdict.h>

#include "block.h"
#include "compat.h"
#include "deny.h"
#include "exec.h"
#include "job.h"
#include "judge.h"
#include "pin.h"
#include "policy.h"
#include "protect.h"
#include "pseudo.h"
#include "script.h"
#include "seccomp.h"
#include "state.h"
#include "tasks.h"
#include "text.h"

/* No function here returns less than 32 bits: compilers leave the rest of the
 * register undefined, and BPF reads it. */
__bpf_kfunc_start_defs();

/* The generation verdicts are made under now; 0: not sealed, nothing is enforced. */
__bpf_kfunc u32 atmguard_generation(void)
{
	return ag_state_generation();
}

/* ATMGUARD_SCOPE_* open now. */
__bpf_kfunc u32 atmguard_scopes(void)
{
	return ag_state_scopes();
}

/* On success writers are shut out until atmguard_allow_writers(); see kmod/judge.h. */
__bpf_kfunc int atmguard_judge(struct file *file, struct atmguard_verdict *v, u32 v__sz)
{
	return v__sz == sizeof(*v) ? ag_judge_file(file, v) : -EINVAL;
}

__bpf_kfunc void atmguard_allow_writers(struct file *file)
{
	ag_judge_allow_writers(file);
}

__bpf_kfunc u32 atmguard_judge_data(u64 data, u64 size)
{
	return ag_judge_data((const void *)(unsigned long)data, size);
}

/* Denials: each records what was refused and returns what the hook returns, see
 * ag_deny().  They differ in what there is to tell of. */
__bpf_kfunc int atmguard_deny(u32 hook, int error, struct file *file)
{
	return ag_deny(hook, error, &(struct ag_event){ .file = file });
}

__bpf_kfunc int atmguard_deny_start(struct linux_binprm *bprm)
{
	return ag_deny_start(bprm);
}

/* A command on an open file, which goes into aux. */
__bpf_kfunc int atmguard_deny_ioctl(struct file *file, u32 cmd)
{
	return ag_deny(ATMGUARD_HOOK_CONTROL, -EPERM,
		       &(struct ag_event){ .file = file, .aux = cmd });
}

/* A name in a directory, where there is no open file. */
__bpf_kfunc int atmguard_deny_name(u32 hook, int error, struct dentry *dentry)
{
	return ag_deny(hook, error, &(struct ag_event){ .dentry = dentry });
}

/* A directory something was to be mounted on. */
__bpf_kfunc int atmguard_deny_path(u32 hook, int error, const struct path *path)
{
	return ag_deny(hook, error, &(struct ag_event){ .dentry = path->dentry });
}

/* No file: @what is a number the hook explains. */
__bpf_kfunc int atmguard_deny_call(u32 hook, int error, u64 what)
{
	return ag_deny(hook, error, &(struct ag_event){ .aux = what });
}

/* Owner group of a character device, 0: not a named one. */
__bpf_kfunc u32 atmguard_node_owner(struct file *file)
{
	dev_t rdev = file_inode(file)->i_rdev;

	return ag_policy_owner(MAJOR(rdev), MINOR(rdev));
}

__bpf_kfunc int atmguard_judge_block(struct file *file)
{
	return ag_block_judge_open(file);
}

/* @point: what atmguard_mount_point() said of where it will be mounted. */
__bpf_kfunc int atmguard_judge_mount(const struct super_block *sb, u32 point)
{
	return ag_block_judge_mount((struct super_block *)sb, point);
}

/* Number of the named file system whose place @path is; 0: none. */
__bpf_kfunc u32 atmguard_mount_point(const struct path *path)
{
	return ag_pin_find_point(path->dentry);
}

/* Whether @from is a named file system, whole, and @to its place. */
__bpf_kfunc int atmguard_fits_point(const struct path *from, const struct path *to)
{
	return ag_pin_fits(from->dentry, to->dentry);
}

__bpf_kfunc void atmguard_forget(struct super_block *sb)
{
	ag_pin_forget(sb);
}

__bpf_kfunc int atmguard_protects_file(struct file *file)
{
	return ag_protect_holds(file->f_path.dentry);
}

__bpf_kfunc int atmguard_protects_name(struct dentry *dentry)
{
	return ag_protect_holds(dentry);
}

/* The same for a directory to be made: above a protected one it is an empty step
 * on the way, and nothing else can take its place. */
__bpf_kfunc int atmguard_protects_new(struct dentry *dentry)
{
	return ag_protect_covers(dentry);
}

__bpf_kfunc int atmguard_protects_path(const struct path *path)
{
	return ag_protect_forbids_mount(path->dentry);
}

__bpf_kfunc int atmguard_is_control(struct file *file)
{
	return ag_pseudo_is_control(file);
}

__bpf_kfunc int atmguard_has_only_trusted_text(struct file *file)
{
	return ag_text_is_trusted(file);
}

__bpf_kfunc int atmguard_may_read_unlisted(struct file *file)
{
	return ag_text_may_read_unlisted(file);
}

__bpf_kfunc int atmguard_is_opened_by_fixed_name(struct file *file)
{
	return ag_text_has_fixed_name(file);
}

/* The reasons not to let a program start so, and the script that they depend on,
 * to be judged; release with bpf_put_file().  See kmod/exec.h. */
__bpf_kfunc struct file *atmguard_examine_exec(struct linux_binprm *bprm, u32 flags, u32 *reasons)
{
	return ag_exec_examine(bprm, flags, reasons);
}

__bpf_kfunc int atmguard_has_foreign_root(struct linux_binprm *bprm)
{
	return ag_exec_has_foreign_root(bprm);
}

__bpf_kfunc int atmguard_join_job(struct file *file, u32 marks)
{
	return ag_job_join(file, marks);
}

/* The file a mapping shows, referenced (release with bpf_put_file()), or NULL. */
__bpf_kfunc struct file *atmguard_vma_file(struct vm_area_struct *vma)
{
	return vma->vm_file ? get_file(vma->vm_file) : NULL;
}

/* The interpreter that a script was written for, to be judged; NULL if it names
 * none.  Release with bpf_put_file(). */
__bpf_kfunc struct file *atmguard_open_shebang_interpreter(struct file *script)
{
	struct file *file = ag_script_open_interpreter(script);

	return IS_ERR(file) ? NULL : file;
}

/* Whether a seccomp filter of the current task, struct bpf_prog at @prog, lets
 * system calls succeed that are not made. */
__bpf_kfunc int atmguard_can_fake_success(u64 prog)
{
	return ag_seccomp_can_fake_success((const struct bpf_prog *)(unsigned long)prog);
}

/* Mark the current task as an interpreter or a strict program, or as neither. */
__bpf_kfunc void atmguard_mark_reader(bool reader)
{
	ag_tasks_mark(AG_PERSONALITY_READER, reader);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(ids)
BTF_ID_FLAGS(func, atmguard_generation)
BTF_ID_FLAGS(func, atmguard_scopes)
BTF_ID_FLAGS(func, atmguard_judge, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_allow_writers, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_data)
BTF_ID_FLAGS(func, atmguard_deny, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_start, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_ioctl, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_name, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_path, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_call)
BTF_ID_FLAGS(func, atmguard_node_owner, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_block, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_mount, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_mount_point, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_fits_point, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_forget, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_file, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_name, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_new, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_path, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_control, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_has_only_trusted_text, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_may_read_unlisted, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_opened_by_fixed_name, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_examine_exec, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_has_foreign_root, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_join_job, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_vma_file, KF_ACQUIRE | KF_RET_NULL | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_open_shebang_interpreter,
	     KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_can_fake_success)
BTF_ID_FLAGS(func, atmguard_mark_reader)
BTF_KFUNCS_END(ids)

static const struct btf_kfunc_id_set id_set = {
	.owner = THIS_MODULE,
	.set = &ids,
};

int ag_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &id_set);
}
