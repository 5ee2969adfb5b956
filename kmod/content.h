/* SPDX-License-Identifier: GPL-2.0-only */
/* What the policy says of a file's content, by whichever digest is at hand. */
#ifndef AG_CONTENT_H
#define AG_CONTENT_H

#include <linux/fs.h>

#include "../policy/check.h"

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

#endif
