// SPDX-License-Identifier: GPL-2.0-only
// What the BPF programs may ask of the module.
#include "kfunc.h"

#include <linux/binfmts.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/bpf.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <atmguard/verdict.h>

#include "audit.h"
#include "block.h"
#include "compat.h"
#include "digest.h"
#include "policy.h"
#include "pseudo.h"
#include "relock.h"
#include "start.h"
#include "state.h"

__bpf_kfunc_start_defs();

/* The generation verdicts are made under now; 0: not sealed, nothing is enforced. */
__bpf_kfunc u64 atmguard_generation(void)
{
	return ag_state_generation();
}

/* ATMGUARD_SCOPE_* open now. */
__bpf_kfunc u32 atmguard_scopes(void)
{
	return ag_state_scopes();
}

/*
 * atmguard_judge - hash @file and look it up
 *
 * The caller publishes *v with generation 0 where openers for writing see it,
 * then calls atmguard_settle(), then writes the generation.
 * Return: 0 (listed), -EPERM (not listed, or not on the pinned file system),
 * -ETXTBSY (open for writing), -ENOMEM, the file system's error.
 */
__bpf_kfunc int atmguard_judge(struct file *file, struct atmguard_verdict *v, u32 v__sz)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;
	u64 generation = ag_state_generation();
	int r;

	if (v__sz != sizeof(*v))
		return -EINVAL;
	if (!ag_block_is_pinned(file_inode(file)->i_sb))
		return -EPERM;
	r = deny_write_access(file);
	if (r)
		return r;
	r = ag_digest_file(file, digest);
	allow_write_access(file);
	if (r)
		return r;
	if (!ag_policy_lookup(digest, &entry))
		return -EPERM;
	*v = (struct atmguard_verdict){ .generation = generation, .types = entry.types,
					.owner = entry.owner,
					.flags = le16_to_cpu(entry.flags) };
	return 0;
}

/*
 * atmguard_settle - whether no writer came in since atmguard_judge()
 *
 * A writer counts itself first and then looks for a verdict; we published the
 * verdict first and now look at the count: one of the two sees the other.
 */
__bpf_kfunc int atmguard_settle(struct file *file)
{
	smp_mb();
	return inode_is_open_for_write(file_inode(file)) ? -ETXTBSY : 0;
}

/*
 * atmguard_judge_data - what the @size bytes the kernel holds at @data are listed as
 *
 * For modules that user space unpacked and handed over from memory: what is
 * hashed is the kernel's own copy, which nobody can change any more.
 * Return: AG_TYPE_*, 0 if not listed.
 */
__bpf_kfunc u8 atmguard_judge_data(u64 data, u64 size)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;

	if (size > ATMGUARD_OBJECT_MAX)
		return 0;
	sha256((const u8 *)(unsigned long)data, size, digest);
	return ag_policy_lookup(digest, &entry) ? entry.types : 0;
}

static int deny(u32 hook, int error, const struct ag_event *what)
{
	struct ag_event event = *what;

	event.type = ATMGUARD_EV_DENY;
	event.code = hook;
	event.error = error;
	event.job = ag_state_job();
	ag_audit_write(&event);
	return ag_policy_is_observe() ? 0 : error;
}

/* Record a denial and return what the hook returns: @error, or 0 where the
 * policy only observes.  @file is what was refused. */
__bpf_kfunc int atmguard_deny(u32 hook, int error, struct file *file)
{
	return deny(hook, error, &(struct ag_event){ .file = file });
}

/* The same where there is a name in a directory, not an open file. */
__bpf_kfunc int atmguard_deny_name(u32 hook, int error, struct dentry *dentry)
{
	return deny(hook, error, &(struct ag_event){ .dentry = dentry });
}

/* The same where there is no file: @what is a number the hook explains. */
__bpf_kfunc int atmguard_deny_call(u32 hook, int error, u64 what)
{
	return deny(hook, error, &(struct ag_event){ .aux = what });
}

/* Owner group of a character device, 0: not a named one. */
__bpf_kfunc u8 atmguard_node_owner(struct file *file)
{
	dev_t rdev = file_inode(file)->i_rdev;

	return ag_policy_owner(MAJOR(rdev), MINOR(rdev));
}

__bpf_kfunc int atmguard_judge_block(struct file *file)
{
	return ag_block_judge_open(file);
}

__bpf_kfunc int atmguard_judge_mount(const struct super_block *sb)
{
	return ag_block_judge_mount((struct super_block *)sb);
}

/*
 * Whether @dentry is, lies in, or has below it a protected directory of the
 * pinned file system: then it must not be made, changed, moved or removed.
 * Goes by the path within the file system, which mounts, chroots and bind
 * mounts do not change.
 */
static bool protects(struct dentry *dentry)
{
	char *buf, *path;
	bool yes = true;	/* fails closed: no memory, no writing */

	if (!ag_block_is_pinned(dentry->d_sb))
		return false;
	buf = (char *)__get_free_page(GFP_ATOMIC);
	if (!buf)
		return yes;
	path = dentry_path_raw(dentry, buf, PAGE_SIZE);
	if (!IS_ERR(path))
		yes = ag_policy_protects(path) || ag_policy_protects_below(path);
	free_page((unsigned long)buf);
	return yes;
}

__bpf_kfunc bool atmguard_protects_file(struct file *file)
{
	return protects(file->f_path.dentry);
}

__bpf_kfunc bool atmguard_protects_name(struct dentry *dentry)
{
	return protects(dentry);
}

__bpf_kfunc bool atmguard_is_control(struct file *file)
{
	return ag_pseudo_is_control(file);
}

__bpf_kfunc bool atmguard_is_report(struct file *file)
{
	return ag_pseudo_is_report(file);
}

/* A program of class maintenance starts: record it, and end it at the relock. */
__bpf_kfunc void atmguard_note_run(struct file *file)
{
	ag_relock_note_program(file_inode(file));
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RUN, .job = ag_state_job(),
					   .file = file });
}

/* The file a mapping shows, referenced (release with bpf_put_file()), or NULL. */
__bpf_kfunc struct file *atmguard_vma_file(struct vm_area_struct *vma)
{
	return vma->vm_file ? get_file(vma->vm_file) : NULL;
}

/* The file argv[1] of a new program names, to be judged; NULL if it names none.
 * Release with bpf_put_file(). */
__bpf_kfunc struct file *atmguard_open_script(struct linux_binprm *bprm)
{
	struct file *file = ag_start_open_script(bprm);

	return IS_ERR(file) ? NULL : file;
}

/* Whether the new program's environment brings in code. */
__bpf_kfunc bool atmguard_has_code_env(struct linux_binprm *bprm)
{
	return ag_start_has_code_env(bprm);
}

/* Mark the current task as an interpreter, or not one: see start.h. */
__bpf_kfunc void atmguard_mark(bool interpreter)
{
	ag_start_mark(interpreter);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(ids)
BTF_ID_FLAGS(func, atmguard_generation)
BTF_ID_FLAGS(func, atmguard_scopes)
BTF_ID_FLAGS(func, atmguard_judge, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_settle, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_data)
BTF_ID_FLAGS(func, atmguard_deny, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_name, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_deny_call)
BTF_ID_FLAGS(func, atmguard_node_owner, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_block, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_judge_mount, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_file, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_protects_name, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_control, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_report, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_note_run, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_vma_file, KF_ACQUIRE | KF_RET_NULL | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_open_script, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_has_code_env, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_mark)
BTF_KFUNCS_END(ids)

static const struct btf_kfunc_id_set id_set = {
	.owner = THIS_MODULE,
	.set = &ids,
};

int ag_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &id_set);
}
