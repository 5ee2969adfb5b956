/* SPDX-License-Identifier: MIT */
/* Reads whole files, hashes them, and writes files that are whole or not there. */
#ifndef AG_POLICY_FILE_H
#define AG_POLICY_FILE_H

#include <linux/atmguard.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

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

/*
 * A file being written beside its destination.  Until commit, the destination
 * is as it was; after, it is the new one, on the disk.  @path NULL or "-"
 * means standard output; that, and a device or pipe, cannot be taken back.
 */
struct ag_output {
	FILE *file;
	char *path;		/* NULL: not renamed to */
	char *temporary;
};

int ag_output_open(struct ag_output *out, const char *path, mode_t mode);
int ag_output_commit(struct ag_output *out);
void ag_output_abort(struct ag_output *out);	/* nothing after a commit */

/* All three in one. */
int ag_output_write(const char *path, mode_t mode, const void *data, size_t len);

#endif
