// SPDX-License-Identifier: GPL-2.0-only
// Takes over the BPF links and pins the root file system.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "seal.h"

#include <linux/bpf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/uaccess.h>

#include "admit.h"
#include "audit.h"
#include "block.h"
#include "compat.h"
#include "identity.h"
#include "pin.h"
#include "policy.h"
#include "state.h"

AG_IMPORT_NS(BPF_INTERNAL);

/* Hooks without which a promise would not hold: no seal if one is missing. */
static const char * const required[] = {
	"bpf_lsm_bprm_check_security", "bpf_lsm_bprm_committed_creds", "bpf_lsm_mmap_file",
	"bpf_lsm_file_mprotect", "bpf_lsm_file_open", "bpf_lsm_inode_setattr",
	"bpf_lsm_inode_create", "bpf_lsm_inode_link", "bpf_lsm_inode_unlink",
	"bpf_lsm_inode_symlink", "bpf_lsm_inode_mkdir", "bpf_lsm_inode_rmdir",
	"bpf_lsm_inode_mknod", "bpf_lsm_inode_rename", "bpf_lsm_inode_setxattr",
	"bpf_lsm_inode_removexattr", "bpf_lsm_inode_set_acl", "bpf_lsm_inode_remove_acl",
	"bpf_lsm_task_alloc",
	"bpf_lsm_sb_kern_mount", "bpf_lsm_kernel_load_data", "bpf_lsm_kernel_post_load_data",
	"bpf_lsm_kernel_read_file", "bpf_lsm_bpf", "bpf_lsm_ptrace_access_check",
	"bpf_lsm_ptrace_traceme", "bpf_lsm_perf_event_open", "bpf_lsm_userns_create",
	"bpf_lsm_locked_down", "bpf_lsm_task_prctl", "bpf_lsm_file_ioctl",
	"bpf_lsm_file_ioctl_compat", "bpf_lsm_uring_cmd", "bpf_lsm_sb_mount", "bpf_lsm_sb_pivotroot",
	"bpf_lsm_move_mount", "bpf_lsm_sb_delete", "bpf_lsm_fs_context_parse_param",
	AG_COMPAT_HOOKS
};

/* Held for good: a link lives as long as somebody holds it. */
static struct bpf_link *links[ATMGUARD_LINKS_MAX];
static u32 nr_links;
/* seal_lock serialises attempts to seal. */
static DEFINE_MUTEX(seal_lock);

static void put_links(void)
{
	while (nr_links > 0)
		bpf_link_put(links[--nr_links]);
}

static int get_link(int fd)
{
	struct bpf_link *link = bpf_link_get_from_fd(fd);

	if (IS_ERR(link))
		return -EBADF;
	if (!link->prog || link->prog->type != BPF_PROG_TYPE_LSM) {
		bpf_link_put(link);
		return -EBADF;
	}
	links[nr_links++] = link;
	return 0;
}

static int get_links(const struct atmguard_seal *seal)
{
	s32 fds[ATMGUARD_LINKS_MAX];
	int r = 0;

	if (seal->nr_links == 0 || seal->nr_links > ATMGUARD_LINKS_MAX)
		return -EINVAL;
	if (copy_from_user(fds, u64_to_user_ptr(seal->links), seal->nr_links * sizeof(fds[0])))
		return -EFAULT;
	for (u32 i = 0; i < seal->nr_links && !r; i++)
		r = get_link(fds[i]);
	return r;
}

static bool is_attached(const char *hook)
{
	for (u32 i = 0; i < nr_links; i++)
		if (!strcmp(links[i]->prog->aux->attach_func_name, hook))
			return true;
	return false;
}

static int check_hooks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(required); i++)
		if (!is_attached(required[i])) {
			pr_err("hook %s is not attached\n", required[i]);
			return -ENOLINK;
		}
	return 0;
}

/*
 * Programs that may set the kernel's switches read configuration in /run as
 * well, where the policy can protect it if the file system is known by then.
 */
static int name_run(const struct path *root)
{
	struct path run;
	int r = vfs_path_lookup(root->dentry, root->mnt, "run", LOOKUP_DIRECTORY, &run);

	if (r)
		return r == -ENOENT ? 0 : r;
	if (run.dentry == run.mnt->mnt_sb->s_root && !ag_pin_is_named(run.mnt->mnt_sb))
		r = ag_pin_name(run.mnt->mnt_sb, "/run");
	path_put(&run);
	return r;
}

/* A later attempt may be for another directory. */
static void unpin_root(void)
{
	ag_pin_clear();
	ag_block_set_own(NULL);
}

/* The pinned super block keeps an active reference through the directory's
 * mount, which is never given back: unmounting cannot put another in its place. */
static int pin_root(int fd)
{
	struct file *dir = fget(fd);
	int r = -EBADF;

	if (!dir)
		return -EBADF;
	if (!S_ISDIR(file_inode(dir)->i_mode))
		goto put_dir;
	r = -EXDEV;
	if (!ag_identity_fits_boot(file_inode(dir)->i_sb->s_uuid.b))
		goto put_dir;
	ag_block_set_own(file_inode(dir)->i_sb);
	r = ag_admit_root(file_inode(dir)->i_sb) ?: name_run(&dir->f_path);
	if (!r)
		return 0;	/* keeps dir */
	unpin_root();
put_dir:
	fput(dir);
	return r;
}

int ag_seal(const struct atmguard_seal *seal)
{
	int r = -ENODATA;

	mutex_lock(&seal_lock);
	if (ag_state_get() != ATMGUARD_UNSEALED) {
		r = -EBUSY;
		goto unlock;
	}
	if (!ag_identity_is_loaded() || !ag_policy_is_loaded())
		goto unlock;
	r = get_links(seal);
	if (!r)
		r = check_hooks();
	if (!r)
		r = pin_root(seal->root_fd);
	if (r) {
		put_links();
		goto unlock;
	}
	/* Does not fail: nobody else moves the state from where it was found above. */
	r = ag_state_seal();
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_SEAL, .aux = nr_links });
unlock:
	mutex_unlock(&seal_lock);
	return r;
}
