// SPDX-License-Identifier: GPL-2.0-only
// What the BPF programs may ask of the module.
#include "kfunc.h"

#include <linux/binfmts.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/bpf.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/kdev_t.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <atmguard/verdict.h>

#include "argument.h"
#include "audit.h"
#include "block.h"
#include "compat.h"
#include "content.h"
#include "digest.h"
#include "elf.h"
#include "environ.h"
#include "opened.h"
#include "pin.h"
#include "policy.h"
#include "pseudo.h"
#include "script.h"
#include "seccomp.h"
#include "state.h"
#include "tasks.h"

/* Whether @dentry is, lies in, or, with @above, has below it a protected
 * directory; @unknown where nobody can tell: no path, no memory. */
static bool has_protected_path(struct dentry *dentry, bool above, bool unknown)
{
	bool yes = unknown;
	char *buf, *path;

	if (!ag_pin_is_named(dentry->d_sb))
		return false;
	if ((dentry->d_flags & DCACHE_DISCONNECTED) ||
	    (IS_ROOT(dentry) && dentry != dentry->d_sb->s_root))
		return unknown;
	buf = (char *)__get_free_page(GFP_ATOMIC);
	if (!buf)
		return unknown;
	path = ag_pin_path(dentry, buf, PAGE_SIZE);
	if (!IS_ERR(path))
		yes = ag_policy_protects(path) || (above && ag_policy_protects_below(path));
	free_page((unsigned long)buf);
	return yes;
}

/*
 * Whether @dentry must not be made, changed, moved or removed.
 * Goes by the path within the file system and what that stands for, which
 * mounts, chroots and bind mounts do not change; a file opened by handle may
 * have none, and counts as protected.  So do boot variables and the EFI system
 * partition, but for a job that may change them.
 */
static bool protects(struct dentry *dentry, bool above)
{
	if (dentry->d_sb->s_magic == EFIVARFS_MAGIC)
		return !(ag_state_scopes() & ATMGUARD_SCOPE_BOOT);
	/* Mounted for reading it can be remounted, and it stays mounted after a job. */
	if (ag_block_is_boot(dentry->d_sb))
		return !ag_block_may_change_boot();
	return has_protected_path(dentry, above, true);
}

/*
 * Whether interpreters read @file whatever it holds: by its path, as with
 * protects(), and by the name it is being opened by.  A link to it could have
 * any name, one under which an interpreter looks for code.
 */
static bool is_readable(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	bool yes = false;
	char *buf, *path;

	if (!ag_pin_is_pinned(dentry->d_sb) || (dentry->d_flags & DCACHE_DISCONNECTED))
		return false;
	buf = (char *)__get_free_page(GFP_KERNEL);
	if (!buf)
		return false;
	path = ag_pin_path(dentry, buf, PAGE_SIZE);
	if (!IS_ERR(path))
		yes = ag_policy_is_readable(path) && ag_opened_is(path);
	free_page((unsigned long)buf);
	return yes;
}

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

/*
 * Pages of @file may be pinned by a write that began before writers were shut
 * out (direct I/O, FUSE) and would change after they were hashed, or were read
 * before the file had fs-verity.  What is read again from the disk has no such
 * past.  Nobody wrote into the protected directories since the seal, or since
 * their file system was mounted.
 */
static int drop_pages(struct file *file)
{
	struct address_space *mapping = file->f_mapping;

	if (protects(file->f_path.dentry, false))
		return 0;
	return filemap_write_and_wait(mapping) ?: invalidate_inode_pages2(mapping);
}

/* What can be mapped executable brings in no code but its listed content. */
static int check_code(struct file *file, const struct ag_policy_entry *entry)
{
	int r;

	if (!(entry->types & (AG_TYPE_PROGRAM | AG_TYPE_LIBRARY)))
		return 0;
	r = ag_content_check_end(file);
	if (r || (le16_to_cpu(entry->flags) & AG_FLAG_JIT))
		return r;
	return ag_elf_check(file);
}

static int look_up(struct file *file, struct atmguard_verdict *v)
{
	struct ag_policy_entry entry;
	u32 generation;
	int r;

	r = drop_pages(file) ?: ag_content_find(file, &entry, &generation);
	if (r)
		return r;
	/* Behind the generation: a policy that was loaded meanwhile may have
	 * ceased to name the file system. */
	if (!ag_pin_is_pinned(file_inode(file)->i_sb))
		return -EPERM;
	r = check_code(file, &entry);
	if (r)
		return r;
	*v = (struct atmguard_verdict){ .generation = generation, .types = entry.types & AG_TYPES_ALL,
					.owner = entry.owner,
					.flags = le16_to_cpu(entry.flags) };
	return 0;
}

/*
 * atmguard_judge - hash @file and look it up
 *
 * On success writers are shut out until atmguard_settle(), which the caller
 * must call after it has published *v where openers for writing look: at no
 * moment is there a judged file that could be opened for writing.
 * Return: 0 (listed), -EPERM (not listed, or not on the pinned file system),
 * -ETXTBSY (open for writing), -ENOEXEC (asks for executable memory of its
 * own, or has something behind its end), -EFBIG, -ENOMEM, the file system's error.
 */
__bpf_kfunc int atmguard_judge(struct file *file, struct atmguard_verdict *v, u32 v__sz)
{
	struct file *in;
	int r;

	if (v__sz != sizeof(*v))
		return -EINVAL;
	/* Asked again once it is hashed; files elsewhere stay untouched. */
	if (!ag_pin_is_pinned(file_inode(file)->i_sb))
		return -EPERM;
	r = deny_write_access(file);
	if (r)
		return r;
	in = ag_digest_open(file);
	r = IS_ERR(in) ? PTR_ERR(in) : look_up(in, v);
	if (!IS_ERR(in))
		fput(in);
	if (r)
		allow_write_access(file);
	return r;
}

/* Let writers in again: from now on they find the verdict. */
__bpf_kfunc void atmguard_settle(struct file *file)
{
	smp_mb();
	allow_write_access(file);
}

/*
 * atmguard_judge_data - what the @size bytes the kernel holds at @data are listed as
 *
 * For modules that user space unpacked and handed over from memory: what is
 * hashed is the kernel's own copy, which nobody can change any more.
 * Return: AG_TYPE_*, 0 if not listed.
 */
__bpf_kfunc u32 atmguard_judge_data(u64 data, u64 size)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;

	if (size > ATMGUARD_OBJECT_MAX ||
	    ag_digest_data((const u8 *)(unsigned long)data, size, digest))
		return 0;
	return ag_policy_lookup(digest, false, &entry) ? entry.types : 0;
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

/*
 * The same for an interpreter that may not start so; the record says how it was
 * to be, so that whoever writes the policy sees which command it would need.
 */
__bpf_kfunc int atmguard_deny_start(struct linux_binprm *bprm)
{
	const size_t size = sizeof_field(struct atmguard_record, detail);
	char *arguments = kzalloc(size, GFP_KERNEL);
	int r;

	if (arguments)
		ag_argument_print(bprm, arguments, size);
	r = deny(ATMGUARD_HOOK_INTERP, -EPERM,
		 &(struct ag_event){ .file = bprm->file, .detail = arguments });
	kfree(arguments);
	return r;
}

/* The same for a command on an open file; the command goes into aux. */
__bpf_kfunc int atmguard_deny_ioctl(struct file *file, u32 cmd)
{
	return deny(ATMGUARD_HOOK_CONTROL, -EPERM, &(struct ag_event){ .file = file, .aux = cmd });
}

/* The same where there is a name in a directory, not an open file. */
__bpf_kfunc int atmguard_deny_name(u32 hook, int error, struct dentry *dentry)
{
	return deny(hook, error, &(struct ag_event){ .dentry = dentry });
}

/* The same for a directory something was to be mounted on. */
__bpf_kfunc int atmguard_deny_path(u32 hook, int error, const struct path *path)
{
	return deny(hook, error, &(struct ag_event){ .dentry = path->dentry });
}

/* The same where there is no file: @what is a number the hook explains. */
__bpf_kfunc int atmguard_deny_call(u32 hook, int error, u64 what)
{
	return deny(hook, error, &(struct ag_event){ .aux = what });
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
	int r = ag_block_judge_mount((struct super_block *)sb);

	return r || !point || ag_pin_fits_point(sb, point) ? r : -EXDEV;
}

/* Number of the named file system whose place @path is; 0: none. */
__bpf_kfunc u32 atmguard_mount_point(const struct path *path)
{
	return ag_pin_find_point(path->dentry);
}

/* Whether @from is a named file system, whole, and @to its place. */
__bpf_kfunc int atmguard_fits_point(const struct path *from, const struct path *to)
{
	u32 point = ag_pin_find_point(to->dentry);

	return point && from->dentry == from->dentry->d_sb->s_root &&
	       ag_pin_fits_point(from->dentry->d_sb, point);
}

__bpf_kfunc void atmguard_forget(struct super_block *sb)
{
	ag_pin_forget(sb);
}

__bpf_kfunc int atmguard_protects_file(struct file *file)
{
	return protects(file->f_path.dentry, true);
}

__bpf_kfunc int atmguard_protects_name(struct dentry *dentry)
{
	return protects(dentry, true);
}

/* The same for a directory to be made: above a protected one it is an empty step
 * on the way, and nothing else can take its place. */
__bpf_kfunc int atmguard_protects_new(struct dentry *dentry)
{
	return protects(dentry, false);
}

/* Whether nothing may be mounted on @path: over what is protected, or over a
 * process in procfs, which would hide it. */
__bpf_kfunc int atmguard_protects_path(const struct path *path)
{
	return protects(path->dentry, true) || ag_pseudo_is_process(path->dentry);
}

__bpf_kfunc int atmguard_is_control(struct file *file)
{
	return ag_pseudo_is_control(file);
}

/* Whether all of @file's text is the vendor's or the kernel's. */
__bpf_kfunc int atmguard_is_vendors(struct file *file)
{
	return ag_pseudo_is_report(file) || has_protected_path(file->f_path.dentry, false, false);
}

/* Whether an interpreter may read @file though nobody listed it: nobody can put
 * code there, or the policy says that none is looked for there. */
__bpf_kfunc int atmguard_is_plain(struct file *file)
{
	return ag_pseudo_is_report(file) || is_readable(file);
}

/* Whether @file is seen at its own path: bind mounts of single files or
 * directories, which units may ask for, show it at another. */
static bool is_in_place(struct file *file)
{
	char *buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	char *seen, *own;
	bool same = false;

	if (!buf)
		return false;
	seen = file_path(file, buf, PATH_MAX);
	own = ag_pin_path(file->f_path.dentry, buf + PATH_MAX, PATH_MAX);
	if (!IS_ERR(seen) && !IS_ERR(own))
		same = !strcmp(seen, own);
	kfree(buf);
	return same;
}

/*
 * Whether an interpreter opens @file where it lies and nobody can move it, by a
 * name that nobody can make another file's.  Any listed file read in place of
 * another (a link for a module, for a profile) may be code of somebody else's making.
 */
__bpf_kfunc int atmguard_is_steady(struct file *file)
{
	return ag_pin_is_root(current->fs->root.dentry) && ag_opened_is_steady() &&
	       has_protected_path(file->f_path.dentry, false, false) && is_in_place(file);
}

/* Whether the current task's root directory is the machine's own. */
__bpf_kfunc int atmguard_is_home(void)
{
	return ag_pin_is_root(current->fs->root.dentry);
}

/*
 * The task is let in by a scope: mark it (AG_PERSONALITY_*), and record what it
 * starts.  A relock closes the scopes first and looks for marks then, so asking
 * once more behind the mark leaves no moment in which neither sees the other.
 * Returns whether the job is still open.
 */
__bpf_kfunc int atmguard_let_in(struct file *file, u32 marks)
{
	u32 new = marks & ~current->personality;

	ag_tasks_mark(new, true);
	smp_mb();
	if (!ag_state_scopes()) {
		ag_tasks_mark(new, false);
		return false;
	}
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RUN, .job = ag_state_job(),
					   .file = file });
	return true;
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
	struct file *file = ag_script_open(bprm);

	if (IS_ERR(file))
		return NULL;
	/* Where names can be changed, the interpreter might find another file. */
	if (!protects(file->f_path.dentry, false)) {
		fput(file);
		return NULL;
	}
	return file;
}

/* The interpreter that a script was written for, to be judged; NULL if it names
 * none.  Release with bpf_put_file(). */
__bpf_kfunc struct file *atmguard_open_speaker(struct file *script)
{
	struct file *file = ag_script_open_speaker(script);

	return IS_ERR(file) ? NULL : file;
}

/* Whether the name a script was started by means more to its interpreter than the script. */
__bpf_kfunc int atmguard_has_special_name(struct linux_binprm *bprm)
{
	return ag_script_is_special(bprm->filename);
}

/* Whether a seccomp filter of the current task, struct bpf_prog at @prog, lets
 * system calls succeed that are not made. */
__bpf_kfunc int atmguard_is_forging(u64 prog)
{
	return ag_seccomp_is_forging((const struct bpf_prog *)(unsigned long)prog);
}

/* Whether the new program, an interpreter, is given a listed command. */
__bpf_kfunc int atmguard_has_command(struct linux_binprm *bprm)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;

	return !ag_argument_command(bprm, digest) && ag_policy_lookup(digest, false, &entry) &&
	       (entry.types & AG_TYPE_COMMAND);
}

/* Whether the new program's environment brings in code. */
__bpf_kfunc int atmguard_has_code_env(struct linux_binprm *bprm)
{
	return ag_environ_has_code(bprm);
}

/* Mark the current task as an interpreter or a strict program, or as neither. */
__bpf_kfunc void atmguard_mark(bool reader)
{
	ag_tasks_mark(AG_PERSONALITY_READER, reader);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(ids)
BTF_ID_FLAGS(func, atmguard_generation)
BTF_ID_FLAGS(func, atmguard_scopes)
BTF_ID_FLAGS(func, atmguard_judge, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_settle, KF_TRUSTED_ARGS)
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
BTF_ID_FLAGS(func, atmguard_is_vendors, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_plain, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_steady, KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_home)
BTF_ID_FLAGS(func, atmguard_let_in, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_vma_file, KF_ACQUIRE | KF_RET_NULL | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_open_script, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_open_speaker, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE | KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_has_special_name, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, atmguard_is_forging)
BTF_ID_FLAGS(func, atmguard_has_command, KF_SLEEPABLE | KF_TRUSTED_ARGS)
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
