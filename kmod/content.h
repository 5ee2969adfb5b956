/* SPDX-License-Identifier: GPL-2.0-only */
/* What the policy says of a file's content, by whichever digest is at hand. */
#ifndef AG_CONTENT_H
#define AG_CONTENT_H

#include <linux/fs.h>

#include "core/check.h"

/*
 * ag_content_find - the entry of what @file, which can be read, holds now
 *
 * A file with fs-verity costs no reading if its digest is listed; otherwise,
 * and without fs-verity, the content is hashed.  *ret_generation is the policy's
 * at the look-up: what a policy dropped that was loaded while a large file was
 * hashed must not start, and one that comes in later makes the verdict void.
 * The caller keeps writers out.  May sleep.
 * Return: 0, -EPERM (not listed), and as ag_digest_file().
 */
int ag_content_find(struct file *file, struct ag_policy_entry *ret_entry, u32 *ret_generation);

/*
 * ag_content_check_end - whether a mapping of @file shows nothing behind its end
 *
 * A mapping shows the last page whole, and what is behind the end of the file
 * there is no part of what was hashed.  File systems clear it when they write,
 * not when they read: ext4's EXT4_IOC_MOVE_EXT gives a file any other's block,
 * with whatever is behind its own end.  The caller keeps writers out, and no
 * page is dirty.  May sleep.
 * Return: 0, -ENOEXEC (there is something), the file system's error.
 */
int ag_content_check_end(struct file *file);

#endif
