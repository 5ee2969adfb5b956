// SPDX-License-Identifier: GPL-2.0-only
// Judges block devices: the own disk, opened media, nothing else.
#include "block.h"

#include <linux/magic.h>

#include "admit.h"
#include "audit.h"
#include "pin.h"
#include "state.h"
#include "usb.h"

/* Not in linux/magic.h: fs/ubifs/ubifs.h. */
#define UBIFS_SUPER_MAGIC	0x24051905

#define STORAGE_SCOPES (ATMGUARD_SCOPE_STORAGE_READ | ATMGUARD_SCOPE_STORAGE_WRITE)

/* Set before the seal is published, and kept by the pinned super block from then on. */
static struct gendisk *own_disk;

void ag_block_set_own(struct super_block *sb)
{
	own_disk = sb && sb->s_bdev ? sb->s_bdev->bd_disk : NULL;
}

/* Storage scopes under which @disk is open now; 0: it is no opened medium. */
static u32 medium_scopes(struct gendisk *disk)
{
	u32 rule = 0;

	if (!ag_usb_is_allowed_parent(disk_to_dev(disk), &rule))
		return 0;
	return rule & ag_state_scopes() & STORAGE_SCOPES;
}

bool ag_block_is_medium(const struct super_block *sb)
{
	return sb->s_bdev && sb->s_bdev->bd_disk != own_disk;
}

/* The whole disk of a device number, by the block class of the own disk; NULL
 * if there is none.  Compare it, do not keep it. */
static struct device *find_disk_device(dev_t devt)
{
	return own_disk ? class_find_device_by_devt(disk_to_dev(own_disk)->class, devt) : NULL;
}

bool ag_block_is_medium_file(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	/* O_PATH opens no device, and its mapping belongs to the node's own inode. */
	if (S_ISBLK(inode->i_mode) && !(file->f_mode & FMODE_PATH))
		return I_BDEV(file->f_mapping->host)->bd_disk != own_disk;
	return ag_block_is_medium(inode->i_sb);
}

static int judge_disk(struct gendisk *disk, bool write)
{
	u32 scopes;

	if (disk == own_disk)
		return write ? -EPERM : 0;
	scopes = medium_scopes(disk);
	if (write)
		return scopes & ATMGUARD_SCOPE_STORAGE_WRITE ? 0 : -EPERM;
	return scopes ? 0 : -EPERM;
}

int ag_block_judge_open(const struct file *file)
{
	struct device *dev = find_disk_device(file_inode(file)->i_rdev);
	int r = -EPERM;

	if (dev)
		r = judge_disk(dev_to_bdev(dev)->bd_disk, file->f_mode & FMODE_WRITE);
	put_device(dev);
	return r;
}

bool ag_block_is_boot(const struct super_block *sb)
{
	return sb->s_magic == MSDOS_SUPER_MAGIC && sb->s_bdev && sb->s_bdev->bd_disk == own_disk;
}

bool ag_block_may_change_boot(void)
{
	return ag_state_scopes() & (ATMGUARD_SCOPE_BOOT | ATMGUARD_SCOPE_UPDATE);
}

static int judge_own(struct super_block *sb)
{
	if (!ag_block_is_boot(sb))
		return ag_admit(sb);
	return sb_rdonly(sb) || ag_block_may_change_boot() ? 0 : -EPERM;
}

static int judge_mount(struct super_block *sb)
{
	struct gendisk *disk;
	u32 scopes;

	/* A file system on several devices (btrfs) does not say which; flash
	 * (jffs2, ubifs) is a disk that is no block device. */
	if (!sb->s_bdev)
		return sb->s_type->fs_flags & FS_REQUIRES_DEV || sb->s_mtd ||
		       sb->s_magic == UBIFS_SUPER_MAGIC ? -EPERM : 0;
	disk = sb->s_bdev->bd_disk;
	if (disk == own_disk)
		return judge_own(sb);
	scopes = medium_scopes(disk);
	if (!scopes)
		return -EPERM;
	if (!(scopes & ATMGUARD_SCOPE_STORAGE_WRITE)) {
		if (!sb_rdonly(sb))
			return -EROFS;
		/* Against remounting it writable later. */
		set_disk_ro(disk, true);
	}
	sb->s_iflags |= SB_I_NODEV;
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_MOUNT, .job = ag_state_job(),
					   .detail = disk->disk_name });
	return 0;
}

int ag_block_judge_mount(struct super_block *sb, u32 point)
{
	int r = judge_mount(sb);

	return r || !point || ag_pin_fits_point(sb, point) ? r : -EXDEV;
}
