/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names and attributes: nothing in a protected directory is made, moved, changed
 * or removed, except by an updater.
 *
 * All hooks here are those on inodes.  The hooks on paths are reached by system
 * calls only; these also by file systems and servers that work below them
 * (overlayfs, nfsd), and they come last, with the names looked up and locked.
 *
 * Hooks, what each decides and why it is the choke point (numbers like X27 are
 * rows of doc/THREATS.md; doc/HOOKS.md has all hooks):
 *
 * inode_create            Whether a regular file is made. open(2) with O_CREAT makes the
 *                         name before the hook on opens sees a file.
 * inode_mkdir             Whether a directory is made.
 * inode_mknod             Whether a device node, pipe or socket is made.
 * inode_symlink           Whether a symbolic link is made. A link is enough to lead a
 *                         protected path elsewhere.
 * inode_link              Whether a file gets a second name, here or elsewhere. By a name
 *                         outside the directory it could be written to.
 * inode_unlink            Whether a file loses its name.
 * inode_rmdir             Whether a directory is removed.
 * inode_rename            Whether a file is moved or replaced. Both names count: moving a
 *                         file away is as bad as putting one in place.
 * inode_setxattr          Whether an extended attribute is set. File capabilities on a
 *                         listed program would make it more than was signed.
 * inode_removexattr       Whether an extended attribute is removed.
 * inode_set_acl           Whether an access list is set. Access lists are set like
 *                         extended attributes, but do not pass their hooks.
 * inode_remove_acl        Whether an access list is removed.
 * inode_file_setattr      Whether flags are set as by chattr(1); from Linux 6.17 on.
 *                         file_setattr(2) is no ioctl and needs no open file: no other
 *                         hook sees it.
 * inode_setattr           Whether a file is truncated or gets another mode or owner.
 *                         truncate(2), ftruncate(2) and O_TRUNC meet here, chmod and chown
 *                         as well.
 */
#ifndef AG_NAME_BPF_H
#define AG_NAME_BPF_H

#include "core_fixes.bpf.h"
#include "verdict.bpf.h"

static __always_inline int judge_name(struct dentry *dentry)
{
	if (!is_sealed() || !atmguard_protects_name(dentry) || may_update())
		return 0;
	return deny_name(ATMGUARD_HOOK_REPLACE, -EPERM, dentry);
}

SEC("lsm/inode_create")
int BPF_PROG(ag_create, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_mkdir")
int BPF_PROG(ag_mkdir, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	/* A directory that is missing above a protected one may be made: it is
	 * empty, so it puts nothing in the place of what is protected. */
	if (ret || !is_sealed() || !atmguard_protects_new(dentry))
		return ret;
	return judge_name(dentry);
}

SEC("lsm/inode_mknod")
int BPF_PROG(ag_mknod, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_symlink")
int BPF_PROG(ag_symlink, struct inode *dir, struct dentry *dentry, const char *target, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_link")
int BPF_PROG(ag_link, struct dentry *from, struct inode *dir, struct dentry *to, int ret)
{
	return ret ?: judge_name(from) ?: judge_name(to);
}

SEC("lsm/inode_unlink")
int BPF_PROG(ag_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(ag_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_rename")
int BPF_PROG(ag_rename, struct inode *from_dir, struct dentry *from, struct inode *to_dir,
	     struct dentry *to, int ret)
{
	return ret ?: judge_name(from) ?: judge_name(to);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(ag_setxattr, struct mnt_idmap *idmap, struct dentry *dentry, const char *name,
	     const void *value, size_t size, int flags, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(ag_removexattr, struct mnt_idmap *idmap, struct dentry *dentry, const char *name, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_set_acl")
int BPF_PROG(ag_set_acl, struct mnt_idmap *idmap, struct dentry *dentry, const char *name,
	     struct posix_acl *acl, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(ag_remove_acl, struct mnt_idmap *idmap, struct dentry *dentry, const char *name, int ret)
{
	return ret ?: judge_name(dentry);
}

SEC(SEC_FILE_SETATTR)
int BPF_PROG(ag_file_setattr, struct dentry *dentry, struct file_kattr *attr, int ret)
{
	return ret ?: judge_name(dentry);
}

/* X27: a file with a verdict is not truncated anywhere, as it may be running;
 * O_TRUNC does that without write access.  In protected directories mode and
 * owner stay as well: a set-user-ID bit would give a program more rights. */
SEC("lsm/inode_setattr")
int BPF_PROG(ag_setattr, struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr, int ret)
{
	unsigned int what = attr->ia_valid & (ATTR_SIZE | ATTR_MODE | ATTR_UID | ATTR_GID);
	struct inode *inode = dentry->d_inode;

	if (ret || !what || !inode || !is_sealed())
		return ret;
	if ((what & ATTR_SIZE) && bpf_inode_storage_get(&verdicts, inode, 0, 0))
		return deny_name(ATMGUARD_HOOK_WRITE, -ETXTBSY, dentry);
	return judge_name(dentry);
}

#endif
