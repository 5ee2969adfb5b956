/* SPDX-License-Identifier: GPL-2.0-only */
/* The SHA-256 of a file's content, of what lies in memory, or what fs-verity says of a file. */
#ifndef AG_DIGEST_H
#define AG_DIGEST_H

#include <linux/fs.h>
#include <linux/atmguard.h>

/*
 * ag_digest_init - choose who hashes; nothing here works before
 * Return: 0, or -errno if this kernel has no SHA-256.
 */
int ag_digest_init(void);

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
 * Return: 0, -EFBIG (above 512 MiB), -EINTR (killed while reading), -ENOMEM,
 * the file system's error or the hash's.
 */
int ag_digest_file(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN]);

/*
 * ag_digest_verity - what fs-verity says of @file, which can be read
 *
 * The kernel verifies each page by it when it is read from the disk, so it
 * stands for the content, but for pages that were in the page cache before
 * fs-verity was enabled: FS_IOC_ENABLE_VERITY leaves them there.  The caller
 * drops those where somebody may have written.
 * Return: 0, -ENODATA (no fs-verity, or by another hash than SHA-256).
 */
int ag_digest_verity(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN]);

/*
 * ag_digest_data - hash @len bytes of memory that nobody changes; does not sleep
 * Return: 0 or the hash's error.
 */
int ag_digest_data(const void *data, size_t len, u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
