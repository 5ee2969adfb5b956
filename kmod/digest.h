/* SPDX-License-Identifier: GPL-2.0-only */
/* The SHA-256 of a file's content. */
#ifndef AG_DIGEST_H
#define AG_DIGEST_H

#include <linux/fs.h>
#include <linux/atmguard.h>

/*
 * ag_digest_open - @file in a form that the kernel can read
 *
 * In the file_open hook a file cannot be read yet, so it is opened once more.
 * Return: a file to be released with fput(), or ERR_PTR: -EACCES (not a regular
 * file), the file system's error.
 */
struct file *ag_digest_open(struct file *file);

/*
 * ag_digest_file - hash what @file, which can be read, holds now
 *
 * The caller keeps writers out.  May sleep.
 * Return: 0, -EFBIG (above 512 MiB), -EINTR (killed while reading), -ENOMEM, or
 * the file system's error.
 */
int ag_digest_file(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
