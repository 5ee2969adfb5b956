/* SPDX-License-Identifier: GPL-2.0-only */
/* Which block devices may be opened and mounted. */
#ifndef AG_BLOCK_H
#define AG_BLOCK_H

#include <linux/blkdev.h>
#include <linux/fs.h>

/* The root file system's disk is the machine's own; at the seal.  NULL: no disk is,
 * after a seal that failed. */
void ag_block_set_own(struct super_block *sb);

/* Whether @sb lies on a maintenance medium: no other disk can be mounted. */
bool ag_block_is_medium(const struct super_block *sb);
/* Whether the open @file is one on a medium, or the medium itself.  Any context. */
bool ag_block_is_medium_file(const struct file *file);

/* Whether @sb is the own disk's EFI system partition, which holds what the
 * firmware starts, and whether a job may change what is on it.  Any context. */
bool ag_block_is_boot(const struct super_block *sb);
bool ag_block_may_change_boot(void);

/*
 * ag_block_judge_open - may this block special file be opened so?
 * Own disk: reading; a medium: what the open scopes say; anything else: no.
 * Return: 0 or -EPERM.
 */
int ag_block_judge_open(const struct file *file);

/*
 * ag_block_judge_mount - may this file system be mounted?
 *
 * As above; @point: what ag_pin_find_point() said of where, 0: any place.  Also
 * makes the file system of a medium one without device nodes, whatever flags it
 * is mounted with.  That nothing runs from it is left to the exec hooks, which
 * leave a record where noexec would not.
 * Return: 0, -EPERM, -EROFS (a medium must be mounted read-only), -EXDEV (the
 * place is another file system's), and as ag_admit().
 */
int ag_block_judge_mount(struct super_block *sb, u32 point);

#endif
