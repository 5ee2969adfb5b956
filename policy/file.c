// SPDX-License-Identifier: MIT
// Reads whole files, hashes them, and writes files that are whole or not there.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK	(256u << 10)	/* bytes: one system call for most files */

/* ---- reading ---- */

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

/* ---- writing ---- */

static int open_temporary(struct ag_output *out, mode_t mode)
{
	mode_t mask = umask(0);
	int fd, e;

	umask(mask);
	fd = mkostemp(out->temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	out->file = fchmod(fd, mode & ~mask) == 0 ? fdopen(fd, "w") : NULL;
	if (out->file)
		return 0;
	e = -errno;
	close(fd);
	unlink(out->temporary);
	return e;
}

/* A device or pipe is written to; a rename would put a file in its place. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int open_special(struct ag_output *out, const char *path)
{
	out->file = fopen(path, "we");
	return out->file ? 0 : -errno;
}

int ag_output_open(struct ag_output *out, const char *path, mode_t mode)
{
	int r = -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (!path || strcmp(path, "-") == 0) {
		out->file = stdout;
		return 0;
	}
	if (is_special(path))
		return open_special(out, path);
	out->path = strdup(path);
	if (out->path && asprintf(&out->temporary, "%s.XXXXXX", path) >= 0)
		r = open_temporary(out, mode);
	if (r) {
		free(out->path);
		free(out->temporary);
		memset(out, 0, sizeof(*out));
	}
	return r;
}

/* A rename is only durable once its directory is. */
static int sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd, r = 0;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0 || fsync(fd))
		r = -errno;
	if (fd >= 0)
		close(fd);
	return r;
}

int ag_output_commit(struct ag_output *out)
{
	int r = 0;

	if (fflush(out->file) || ferror(out->file))
		r = errno ? -errno : -EIO;
	if (!out->path) {
		if (out->file != stdout && fclose(out->file) && !r)
			r = -errno;
		out->file = NULL;
		return r;
	}
	if (!r && fsync(fileno(out->file)))
		r = -errno;
	if (fclose(out->file) && !r)
		r = -errno;
	out->file = NULL;
	if (!r && rename(out->temporary, out->path))
		r = -errno;
	if (!r)
		r = sync_directory(out->path);
	else
		unlink(out->temporary);
	free(out->path);
	free(out->temporary);
	memset(out, 0, sizeof(*out));
	return r;
}

void ag_output_abort(struct ag_output *out)
{
	if (out->file && out->file != stdout)
		fclose(out->file);
	if (out->path) {
		unlink(out->temporary);
		free(out->path);
		free(out->temporary);
	}
	memset(out, 0, sizeof(*out));
}

int ag_output_write(const char *path, mode_t mode, const void *data, size_t len)
{
	struct ag_output out;
	int r = ag_output_open(&out, path, mode);

	if (r)
		return r;
	if (fwrite(data, 1, len, out.file) != len) {
		r = errno ? -errno : -EIO;
		ag_output_abort(&out);
		return r;
	}
	return ag_output_commit(&out);
}
