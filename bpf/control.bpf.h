/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands on open files: ioctl(2) and io_uring's IORING_OP_URING_CMD.
 *
 * Hooks, what each decides and why it is the choke point (numbers like X30 are
 * rows of doc/THREATS.md; doc/HOOKS.md has all hooks):
 *
 * file_ioctl              Whether a command may change a disk or a file system. These
 *                         commands need no descriptor that is open for writing, so the
 *                         hook on opens lets them pass; here command and file are known,
 *                         before any driver.
 * file_ioctl_compat       The same for 32-bit programs. The kernel asks this hook instead
 *                         of the other one for them.
 * uring_cmd               Whether io_uring hands a command to a driver: never. It goes
 *                         from the ring straight to the driver, past both ioctl hooks.
 */
#ifndef AG_CONTROL_BPF_H
#define AG_CONTROL_BPF_H

#include "verdict.bpf.h"

/* Commands that only ask what a disk is like.  Listed are the harmless ones:
 * any other command on a block device counts as one that changes it. */
static __always_inline bool is_disk_query(unsigned int cmd)
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

/* X30: pass-through commands carry raw SCSI or NVMe requests, writing ones too,
 * on a descriptor that is open for reading. */
static __always_inline bool is_pass_through(unsigned int cmd)
{
	return cmd == SG_IO || cmd == SCSI_IOCTL_SEND_COMMAND || cmd == CDROM_SEND_PACKET ||
	       (_IOC_TYPE(cmd) == NVME_IOC_TYPE && _IOC_NR(cmd) >= NVME_IOC_NR_FIRST &&
		_IOC_NR(cmd) <= NVME_IOC_NR_LAST);
}

/* Commands that change a file system as a whole: its size, blocks and UUID, or
 * whether it works at all.  The size of the argument, which is part of a
 * command, is left out, as it differs for 32-bit programs. */
static __always_inline bool is_fs_change(unsigned int cmd)
{
	switch (cmd & _IOC_TYPE_NR_MASK) {
	case EXT4_IOC_GROUP_EXTEND:
	case EXT4_IOC_GROUP_ADD:
	case EXT4_IOC_RESIZE_FS:
	case EXT4_IOC_SWAP_BOOT:
	case EXT4_IOC_SETFSUUID:	/* D29: it would be pinned as the one of that UUID */
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

/* X27, X57, X63: nobody changes a file system as a whole on a cash machine, and
 * only an updater changes attributes of protected files. */
static __always_inline int judge_fs_ioctl(struct file *file, unsigned int cmd)
{
	if (!is_sealed())
		return 0;
	if (is_fs_change(cmd) || (is_attribute_change(cmd) && atmguard_protects_file(file) &&
				  !may_update()))
		return atmguard_deny_ioctl(file, cmd) ? -EPERM : 0;
	return 0;
}

/* Commands to disks are for programs flagged `control`: udev's ask a disk for its serial
 * number by pass-through; nobody else has a reason to. */
static __always_inline int judge_ioctl(struct file *file, unsigned int cmd)
{
	umode_t type = file->f_inode->i_mode & S_IFMT;

	/* X63: the kernel takes the command to freeze a file system on any file
	 * that lies on it, be it a pipe or a device node. */
	if (type == S_IFREG || type == S_IFDIR || (cmd & _IOC_TYPE_NR_MASK) == FIFREEZE)
		return judge_fs_ioctl(file, cmd);
	if (!(type == S_IFBLK && !is_disk_query(cmd)) && !is_pass_through(cmd))
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

SEC("lsm/uring_cmd")
int BPF_PROG(ag_uring_cmd, struct io_uring_cmd *cmd, int ret)
{
	if (ret || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_CONTROL, -EPERM, cmd->cmd_op);
}

#endif
