/* SPDX-License-Identifier: GPL-2.0-only */
/* The SHA-256 of a file's content. */
#ifndef AG_DIGEST_H
#define AG_DIGEST_H

#include <linux/fs.h>
#include <linux/atmguard.h>

/*
 * ag_digest_file - hash what @file holds now
 *
 * The caller keeps writers out.  May sleep.
 * Return: 0, -EACCES (not a regular file), -EFBIG (above 512 MiB), -EINTR (killed while reading),
 * -ENOMEM, or the file system's error.
 */
int ag_digest_file(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
