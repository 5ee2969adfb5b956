// SPDX-License-Identifier: MIT
// Reads whole files and hashes them.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK	(256u << 10)	/* bytes: one system call for most files */

static int read_some(int fd, void *buf, size_t len, size_t *ret_got)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*ret_got = n;
	return 0;
}

static int read_all(int fd, size_t max, void **ret_data, size_t *ret_len)
{
	size_t cap = CHUNK, len = 0, got = 0;
	char *data = malloc(cap + 1), *grown;
	int r = data ? 0 : -ENOMEM;

	while (!r) {
		r = read_some(fd, data + len, cap - len, &got);
		if (r || !got)
			break;
		len += got;
		if (len > max)
			r = -EFBIG;
		if (r || len < cap)
			continue;
		grown = realloc(data, cap * 2 + 1);
		if (grown) {
			data = grown;
			cap *= 2;
		} else {
			r = -ENOMEM;
		}
	}
	if (r) {
		free(data);
		return r;
	}
	data[len] = 0;
	*ret_data = data;
	*ret_len = len;
	return 0;
}

int ag_file_read(const char *path, size_t max, void **ret_data, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = read_all(fd, max, ret_data, ret_len);
	close(fd);
	return r;
}

int ag_file_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN], __u64 *ret_size)
{
	static __u8 buf[CHUNK];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	__u64 size = 0;
	size_t got = 1;
	int r = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ? 0 : -EIO;

	while (!r && got) {
		r = read_some(fd, buf, sizeof(buf), &got);
		if (!r && !EVP_DigestUpdate(ctx, buf, got))
			r = -EIO;
		size += r ? 0 : got;
	}
	if (!r && !EVP_DigestFinal_ex(ctx, ret_digest, NULL))
		r = -EIO;
	EVP_MD_CTX_free(ctx);
	if (!r && ret_size)
		*ret_size = size;
	return r;
}

int ag_file_digest_buffers(const struct ag_buffer *buffers, size_t nr,
			   __u8 ret_digest[ATMGUARD_HASH_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	for (size_t i = 0; ok && i < nr; i++)
		ok = EVP_DigestUpdate(ctx, buffers[i].data, buffers[i].len);
	ok = ok && EVP_DigestFinal_ex(ctx, ret_digest, NULL);
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}
