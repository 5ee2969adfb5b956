/* SPDX-License-Identifier: GPL-2.0-only */
/* Names and attributes: nothing in a protected directory is made, moved, changed or removed. */
#ifndef AG_NAME_BPF_H
#define AG_NAME_BPF_H

#include "core_fixes.bpf.h"
#include "verdict.bpf.h"

/* The inode hooks rather than the path hooks: they are also reached by file
 * systems and servers that work below the system calls. */
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

/* A second name outside would be a way to write past the protected directory. */
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

/* File capabilities on a listed program would make it more than was signed. */
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

/* X27: access lists do not pass the hooks on extended attributes, though they are set as some. */
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

/* X27: flags as by chattr, through file_setattr(2), which is no ioctl and asks for no open file. */
SEC(SEC_FILE_SETATTR)
int BPF_PROG(ag_file_setattr, struct dentry *dentry, struct file_kattr *attr, int ret)
{
	return ret ?: judge_name(dentry);
}

/*
 * X27: truncation, by truncate(2), ftruncate(2) or O_TRUNC with a read-only
 * descriptor, and changes of mode and owner (a set-user-ID bit).
 */
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
