/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must not be made, changed, moved or removed: the policy's protected paths.
 *
 * Goes by the path within the file system and what that stands for, which
 * mounts, chroots and bind mounts do not change.  Boot variables and the EFI
 * system partition count as protected as well, but for a job that may change
 * them.  None of these functions sleeps.
 */
#ifndef AG_PROTECT_H
#define AG_PROTECT_H

#include <linux/dcache.h>

/* Whether @dentry is protected: it is a protected path or lies below one.  A file
 * opened by handle may have no path, and counts as protected. */
bool ag_protect_covers(struct dentry *dentry);

/* Whether it is, or a protected path lies below it: to move or remove it would
 * take that along. */
bool ag_protect_holds(struct dentry *dentry);

/* Whether @dentry is known to be protected by its path: for those who trust what
 * lies there.  What has no path is not. */
bool ag_protect_surely_covers(struct dentry *dentry);

/* Whether nothing may be mounted on @dentry: over what is protected, or over a
 * process in procfs, which would hide it. */
bool ag_protect_forbids_mount(struct dentry *dentry);

#endif
