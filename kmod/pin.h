/* SPDX-License-Identifier: GPL-2.0-only */
/* The file systems code may come from: the sealed root, and those the policy names. */
#ifndef AG_PIN_H
#define AG_PIN_H

#include <linux/dcache.h>
#include <linux/fs.h>

/* Pin @sb, the root, at the seal; and empty the table again if that fails. */
void ag_pin_root(const struct super_block *sb);
void ag_pin_clear(void);

/*
 * ag_pin_name - say what @sb's paths are, for the directories the policy protects there
 *
 * No code comes from it.  For what the initramfs mounted before the seal.
 * Return: 0, -ENOSPC.
 */
int ag_pin_name(struct super_block *sb, const char *path);

/* Whether the paths of @sb are known: it is pinned, or was named.  Any context. */
bool ag_pin_is_named(const struct super_block *sb);

/* Whether @dentry is the root of the sealed root file system. */
bool ag_pin_is_root(const struct dentry *dentry);

/* Whether code may come from @sb, which the caller keeps alive.  Any context. */
bool ag_pin_is_pinned(const struct super_block *sb);

/*
 * ag_pin_add - take a file system of the machine's own disk into the table
 *
 * It is pinned if the policy names it and it was not in the table before, see
 * pin.c; *ret_path is then what it stands for, else NULL, and lives as long as @sb.
 * Return: 0 (pinned or not), -EEXIST (another one with its UUID is), -ENOSPC
 * (AG_PINS file systems of this disk are mounted).
 */
int ag_pin_add(const struct super_block *sb, const char **ret_path);

/* @sb ends: another may get its address. */
void ag_pin_forget(const struct super_block *sb);

/* Another policy is in force: what it does not name as before is not pinned any more. */
void ag_pin_review(void);

/*
 * ag_pin_path - @dentry's path from the root of the machine's file systems
 *
 * As dentry_path_raw(), below the path its file system is pinned for, wherever
 * it is mounted; of one that is not pinned, the path within it.  @dentry is kept
 * alive by the caller.  Any context.
 */
char *ag_pin_path(struct dentry *dentry, char *buf, int len);

/* Number, from 1, of the named file system that stands for exactly the path of
 * @dentry, which is on a pinned one; 0: none. */
u32 ag_pin_find_point(struct dentry *dentry);

/* Whether @sb is pinned as the named file system of that number. */
bool ag_pin_fits_point(const struct super_block *sb, u32 point);

/* Whether @from is a named file system, whole, and @to its place. */
bool ag_pin_fits(const struct dentry *from, struct dentry *to);

#endif
