/* SPDX-License-Identifier: MIT */
/* Reads whole files and hashes them. */
#ifndef AG_POLICY_FILE_H
#define AG_POLICY_FILE_H

#include <linux/atmguard.h>
#include <stddef.h>

/* Reads @path, at most @max bytes, into memory from malloc(3) with a NUL
 * behind.  Return: 0, -EFBIG, -ENOMEM, -errno of open(2) and read(2). */
int ag_file_read(const char *path, size_t max, void **ret_data, size_t *ret_len);

/* SHA-256 of what @fd still has to read; *ret_size counts it, may be NULL.
 * Return: 0, -errno of read(2), -EIO (OpenSSL failed). */
int ag_file_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN], __u64 *ret_size);

/* SHA-256 of the concatenation of @nr buffers. */
struct ag_buffer {
	void *data;
	size_t len;
};
int ag_file_digest_buffers(const struct ag_buffer *buffers, size_t nr,
			   __u8 ret_digest[ATMGUARD_HASH_LEN]);

#endif
