// SPDX-License-Identifier: MIT
// Reads and writes the agent's files.
#include "statedir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/common/secret.h"

#define RECEIPT "receipt.bin"
#define RECEIPT_SIG "receipt.p7s"
#define NEW ".new"

int ag_statedir_open(const char *path, int *ret_dir_fd)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_dir_fd = fd;
	return 0;
}

/* Up to @size bytes; the length read or -errno, -EFBIG if there are more. */
static ssize_t read_file(int dir_fd, const char *name, void *data, size_t size)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;
	ssize_t n = 0;
	char more;

	if (fd < 0)
		return -errno;
	while (len < size && (n = read(fd, (char *)data + len, size - len)) > 0)
		len += (size_t)n;
	if (n >= 0 && len == size)
		n = read(fd, &more, 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n)
		return n < 0 ? n : -EFBIG;
	return (ssize_t)len;
}

int ag_statedir_read(int dir_fd, const char *name, char **ret_data, size_t *ret_len)
{
	char *data = ag_secret_alloc(AG_STATEDIR_FILE_MAX + 1);
	ssize_t n;

	if (!data)
		return -ENOMEM;
	n = read_file(dir_fd, name, data, AG_STATEDIR_FILE_MAX);
	if (n <= 0) {
		ag_secret_free(data);
		return n ? (int)n : -ENODATA;
	}
	data[n] = '\0';
	*ret_data = data;
	*ret_len = (size_t)n;
	return 0;
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? -errno : 0;
}

static int write_file(int dir_fd, const char *name, const void *data, size_t len)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len);
	close(fd);
	return r;
}

int ag_statedir_put_receipt(int dir_fd, const struct ag_receipt *receipt,
			    const struct ag_message_sig *sig)
{
	int r = write_file(dir_fd, RECEIPT NEW, receipt, sizeof(*receipt));

	if (!r)
		r = write_file(dir_fd, RECEIPT_SIG NEW, sig->bytes, sig->len);
	if (!r && (renameat(dir_fd, RECEIPT_SIG NEW, dir_fd, RECEIPT_SIG) ||
		   renameat(dir_fd, RECEIPT NEW, dir_fd, RECEIPT) || fsync(dir_fd)))
		r = -errno;
	return r;
}

static int try_pair(int dir_fd, const char *name, const char *sig_name, ag_statedir_try try_it,
		    void *arg)
{
	struct ag_receipt receipt;
	struct ag_message_sig sig;
	ssize_t n = read_file(dir_fd, name, &receipt, sizeof(receipt));

	if (n < 0)
		return (int)n;
	if (n != sizeof(receipt))
		return -EBADMSG;
	n = read_file(dir_fd, sig_name, sig.bytes, sizeof(sig.bytes));
	if (n <= 0)
		return n ? (int)n : -EBADMSG;
	sig.len = (size_t)n;
	return try_it(arg, &receipt, &sig);
}

int ag_statedir_each_receipt(int dir_fd, ag_statedir_try try_it, void *arg)
{
	static const char *const pairs[][2] = {
		{ RECEIPT, RECEIPT_SIG },	  /* nothing was interrupted */
		{ RECEIPT NEW, RECEIPT_SIG },	  /* between the two renames */
		{ RECEIPT, RECEIPT_SIG NEW },	  /* the same, reordered by the disk */
		{ RECEIPT NEW, RECEIPT_SIG NEW }, /* the first receipt ever, before the renames */
	};
	int last = -ENOENT;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int r = try_pair(dir_fd, pairs[i][0], pairs[i][1], try_it, arg);

		if (!r)
			return 0;
		if (r != -ENOENT)
			last = r;
	}
	return last;
}
