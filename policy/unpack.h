/* SPDX-License-Identifier: MIT */
/* What is inside a compressed kernel module. */
#ifndef AG_POLICY_UNPACK_H
#define AG_POLICY_UNPACK_H

#include <linux/atmguard.h>

/* Largest module taken after unpacking, bytes: ten times the largest of Debian's. */
#define AG_UNPACK_MAX	(256u << 20)

/*
 * ag_unpack_xz_digest - SHA-256 of what the .xz file @fd unpacks to
 *
 * Return: 0, -EBADMSG (not a whole .xz file), -EFBIG, -ENOMEM, -EIO or the
 * error of reading.
 */
int ag_unpack_xz_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
