/* SPDX-License-Identifier: MIT */
/* The digest fs-verity gives a file, computed without the kernel. */
#ifndef AG_POLICY_VERITY_H
#define AG_POLICY_VERITY_H

#include <linux/atmguard.h>

/*
 * ag_verity_digest - the fs-verity digest of what the open file @fd holds
 *
 * SHA-256, blocks of 4096 bytes, no salt: what `fsverity enable` uses unless
 * told otherwise, and what `fsverity digest` prints.  See the kernel's
 * Documentation/filesystems/fsverity.rst, "File digest computation".  Reads
 * from the beginning and leaves the file's position where it is.
 *
 * Return: 0, -errno of pread(2), -ENOMEM, -EIO (OpenSSL failed).
 */
int ag_verity_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
