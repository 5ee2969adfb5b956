/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros of the kernel.  vmlinux.h is made from BTF, which has types and no
 * macros.  Where a line names no header, the macro is part of the kernel's ABI;
 * the values from other headers are the same in all kernels from 6.12 on.
 */
#ifndef AG_CONSTANTS_BPF_H
#define AG_CONSTANTS_BPF_H

#define EPERM		1
#define EACCES		13
#define ENOSYS		38
#define ENOPARAM	519		/* linux/errno.h */
#define ENOMEM		12
#define EXDEV		18
#define ETXTBSY		26

#define PROT_WRITE	0x2
#define PROT_EXEC	0x4
#define VM_EXEC		0x4		/* include/linux/mm.h */

#define FMODE_READ	0x1		/* include/linux/fs.h, as the next ones */
#define FMODE_WRITE	0x2
#define FMODE_EXEC	0x20		/* in f_flags, where only the kernel sets it */

#define S_IFMT		0170000
#define S_IFDIR		0040000
#define S_IFIFO		0010000
#define S_IFCHR		0020000
#define S_IFBLK		0060000
#define S_IFREG		0100000

#define PROC_SUPER_MAGIC	0x9fa0

#define MS_REMOUNT		(1 << 5)	/* linux/mount.h, as the next ones */
#define MS_BIND			(1 << 12)
#define MS_MOVE			(1 << 13)
#define MS_PROPAGATION		(0xf << 17)	/* MS_UNBINDABLE, _PRIVATE, _SLAVE, _SHARED */

#define ATTR_MODE	(1 << 0)	/* include/linux/fs.h, as the next three */
#define ATTR_UID	(1 << 1)
#define ATTR_GID	(1 << 2)
#define ATTR_SIZE	(1 << 3)

/* How many seccomp filters of a task are looked at; more are refused.  systemd's
 * sandboxes have about twenty. */
#define SECCOMP_FILTERS_MAX	64

#define SIGKILL		9
#define PID_INIT	1
#define LSM_UNSAFE_SHARE	1	/* include/linux/security.h */

#define PTRACE_MODE_ATTACH	0x02	/* include/linux/ptrace.h */
#define PR_SET_MM		35
#define PR_SET_MM_EXE_FILE	13
#define PR_SET_MM_MAP		14

/* Commands of ioctl(2): linux/fs.h, linux/hdreg.h, linux/loop.h, linux/fd.h, scsi/sg.h,
 * linux/cdrom.h, linux/nvme_ioctl.h, fs/ext4/ext4.h. */
#define _IOC_TYPE(nr)		(((nr) >> 8) & 0xff)
#define _IOC_NR(nr)		((nr) & 0xff)
#define BLKROGET		0x125e
#define BLKGETSIZE		0x1260
#define BLKSSZGET		0x1268
#define BLKIOMIN		0x1278
#define BLKIOOPT		0x1279
#define BLKALIGNOFF		0x127a
#define BLKPBSZGET		0x127b
#define BLKDISCARDZEROES	0x127c
#define BLKROTATIONAL		0x127e
#define BLKBSZGET		0x80081270
#define BLKGETSIZE64		0x80081272
#define BLKGETZONESZ		0x80041284
#define BLKGETNRZONES		0x80041285
#define BLKGETDISKSEQ		0x80081280
#define HDIO_GETGEO		0x0301
#define LOOP_GET_STATUS		0x4c03
#define LOOP_GET_STATUS64	0x4c05
#define FDGETFDCSTAT		0x80280215
#define CDROM_DRIVE_STATUS	0x5326
#define CDROM_DISC_STATUS	0x5327
#define CDROM_GET_CAPABILITY	0x5331
#define CDROM_LAST_WRITTEN	0x5395
#define TCGETS			0x5401	/* isatty(3) */
#define SCSI_IOCTL_SEND_COMMAND	0x0001
#define SG_IO			0x2285
#define CDROM_SEND_PACKET	0x5393
#define NVME_IOC_TYPE		'N'
#define NVME_IOC_NR_FIRST	0x40
#define NVME_IOC_NR_LAST	0x49
#define _IOC_TYPE_NR_MASK	0xffff
/* The same without direction and size: fs/ext4/ext4.h, linux/fs.h, linux/fsverity.h. */
#define FS_IOC_SETFLAGS		0x6602
#define EXT4_IOC_GROUP_EXTEND	0x6607
#define EXT4_IOC_GROUP_ADD	0x6608
#define EXT4_IOC_RESIZE_FS	0x6610
#define EXT4_IOC_SWAP_BOOT	0x6611
#define FS_IOC_SET_ENCRYPTION_POLICY	0x6613
#define EXT4_IOC_SETFSUUID	0x662c
#define EXT4_IOC_SET_TUNE_SB_PARAM	0x662e	/* 6.18 */
#define FS_IOC_ENABLE_VERITY	0x6685
#define FS_IOC_FSSETXATTR	0x5820
#define FIFREEZE		0x5877
#define FS_IOC_SHUTDOWN		0x587d

/* Character devices by major and minor, Documentation/admin-guide/devices.txt. */
#define MKDEV(major, minor)	((__u32)(major) << 20 | (minor))	/* include/linux/kdev_t.h */
#define MAJOR(dev)		((__u32)(dev) >> 20)
#define MEM_MAJOR		1
#define DEV_TTY			MKDEV(5, 0)
#define DEV_MEM			MKDEV(MEM_MAJOR, 1)
#define DEV_PORT		MKDEV(MEM_MAJOR, 4)
#define DEV_KMSG		MKDEV(MEM_MAJOR, 11)
#define SCSI_GENERIC_MAJOR	21
#define MTD_CHAR_MAJOR		90
#define USB_DEVICE_MAJOR	189
#define MISC_MAJOR		10
#define DEV_NVRAM		MKDEV(MISC_MAJOR, 144)
#define DEV_VFIO		MKDEV(MISC_MAJOR, 196)
#define DEV_CUSE		MKDEV(MISC_MAJOR, 203)
#define DEV_IOMMU		MKDEV(MISC_MAJOR, 205)
#define DEV_UINPUT		MKDEV(MISC_MAJOR, 223)
#define DEV_FUSE		MKDEV(MISC_MAJOR, 229)
#define DEV_SNAPSHOT		MKDEV(MISC_MAJOR, 231)
#define DEV_KVM			MKDEV(MISC_MAJOR, 232)
#define DEV_MAPPER		MKDEV(MISC_MAJOR, 236)
#define DEV_LOOP_CONTROL	MKDEV(MISC_MAJOR, 237)
#define DEV_UHID		MKDEV(MISC_MAJOR, 239)

#endif
