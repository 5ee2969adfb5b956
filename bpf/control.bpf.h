/* SPDX-License-Identifier: GPL-2.0-only */
/* ioctl and its io_uring twin: commands that change what an open for writing would have to ask for. */
#ifndef AG_CONTROL_BPF_H
#define AG_CONTROL_BPF_H

#include "verdict.bpf.h"

/* What programs want to know of a disk; all else on a block device acts on it. */
static __always_inline bool is_disk_question(unsigned int cmd)
{
	switch (cmd) {
	case BLKROGET:
	case BLKGETSIZE:
	case BLKGETSIZE64:
	case BLKSSZGET:
	case BLKBSZGET:
	case BLKIOMIN:
	case BLKIOOPT:
	case BLKALIGNOFF:
	case BLKPBSZGET:
	case BLKDISCARDZEROES:
	case BLKROTATIONAL:
	case BLKGETZONESZ:
	case BLKGETNRZONES:
	case BLKGETDISKSEQ:
	case HDIO_GETGEO:
	case LOOP_GET_STATUS:
	case LOOP_GET_STATUS64:
	case FDGETFDCSTAT:
	case CDROM_DRIVE_STATUS:
	case CDROM_DISC_STATUS:
	case CDROM_GET_CAPABILITY:
	case CDROM_LAST_WRITTEN:
	case TCGETS:
		return true;
	}
	return false;
}

/* Commands that reach a disk's blocks or another file's past every hook on
 * writing, with a descriptor that is open for reading. */
static __always_inline bool is_pass_through(unsigned int cmd)
{
	return cmd == SG_IO || cmd == SCSI_IOCTL_SEND_COMMAND || cmd == CDROM_SEND_PACKET ||
	       (_IOC_TYPE(cmd) == NVME_IOC_TYPE && _IOC_NR(cmd) >= NVME_IOC_NR_FIRST &&
		_IOC_NR(cmd) <= NVME_IOC_NR_LAST);
}

/* Commands that change a file system as a whole: its size, blocks and name, or
 * whether it works at all.  By number alone: the size differs in 32-bit calls. */
static __always_inline bool is_fs_change(unsigned int cmd)
{
	switch (cmd & _IOC_TYPE_NR_MASK) {
	case EXT4_IOC_GROUP_EXTEND:
	case EXT4_IOC_GROUP_ADD:
	case EXT4_IOC_RESIZE_FS:
	case EXT4_IOC_SWAP_BOOT:
	case EXT4_IOC_SETFSUUID:	/* D29: it would be pinned in another's place */
	case EXT4_IOC_SET_TUNE_SB_PARAM:
	case FIFREEZE:
	case FS_IOC_SHUTDOWN:
		return true;
	}
	return false;
}

/* Commands that change what a file is without an open for writing. */
static __always_inline bool is_attribute_change(unsigned int cmd)
{
	switch (cmd & _IOC_TYPE_NR_MASK) {
	case FS_IOC_SETFLAGS:
	case FS_IOC_FSSETXATTR:
	case FS_IOC_SET_ENCRYPTION_POLICY:
	case FS_IOC_ENABLE_VERITY:
		return true;
	}
	return false;
}

/* What nobody does to the file systems of a cash machine, and what is done to
 * protected files by an updater only. */
static __always_inline int judge_fs_ioctl(struct file *file, unsigned int cmd)
{
	if (!is_sealed())
		return 0;
	if (is_fs_change(cmd) || (is_attribute_change(cmd) && atmguard_protects_file(file) &&
				  !may_update()))
		return atmguard_deny_ioctl(file, cmd) ? -EPERM : 0;
	return 0;
}

/*
 * X30: udev's programs ask disks who they are by pass-through and are flagged
 * `control`; nobody else has a reason to.
 */
static __always_inline int judge_ioctl(struct file *file, unsigned int cmd)
{
	umode_t type = file->f_inode->i_mode & S_IFMT;

	/* Freezing is the VFS's own command and taken by any file, a pipe or a
	 * node that lies on the file system, too. */
	if (type == S_IFREG || type == S_IFDIR || (cmd & _IOC_TYPE_NR_MASK) == FIFREEZE)
		return judge_fs_ioctl(file, cmd);
	if (!(type == S_IFBLK && !is_disk_question(cmd)) && !is_pass_through(cmd))
		return 0;
	if (!is_sealed() || current_has_power(AG_FLAG_CONTROL))
		return 0;
	return atmguard_deny_ioctl(file, cmd) ? -EPERM : 0;
}

SEC("lsm/file_ioctl")
int BPF_PROG(ag_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret ?: judge_ioctl(file, cmd);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(ag_ioctl32, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret ?: judge_ioctl(file, cmd);
}

/* The same commands by io_uring do not pass the ioctl hooks. */
SEC("lsm/uring_cmd")
int BPF_PROG(ag_uring_cmd, struct io_uring_cmd *cmd, int ret)
{
	if (ret || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_CONTROL, -EPERM, cmd->cmd_op);
}

#endif
