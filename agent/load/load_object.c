// SPDX-License-Identifier: MIT
// Reads signed objects and their signatures from files and gives them to the kernel.
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct content {
	void *data;
	uint32_t len;
};

static int read_all(int fd, void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, (char *)data + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;	/* shorter than it said */
		done += n;
	}
	return 0;
}

static int read_open(int fd, size_t max, struct content *ret)
{
	struct stat st;
	void *data;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || (size_t)st.st_size > max)
		return -EFBIG;
	data = malloc(st.st_size);
	if (!data)
		return -ENOMEM;
	r = read_all(fd, data, st.st_size);
	if (r < 0) {
		free(data);
		return r;
	}
	*ret = (struct content){ data, st.st_size };
	return 0;
}

static int read_file(const char *dir, const char *name, const char *suffix, size_t max,
		     struct content *ret)
{
	char path[PATH_MAX];
	int fd, r;

	if (snprintf(path, sizeof(path), "%s/%s%s", dir, name, suffix) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = read_open(fd, max, ret);
	close(fd);
	return r;
}

int ag_load_object(int device, unsigned long request, const char *dir, const char *name)
{
	struct content data, sig;
	struct atmguard_blob blob;
	int r;

	r = read_file(dir, name, ".bin", ATMGUARD_OBJECT_MAX, &data);
	if (r < 0)
		return r;
	r = read_file(dir, name, ".p7s", ATMGUARD_SIG_MAX, &sig);
	if (r < 0)
		goto free_data;
	blob = (struct atmguard_blob){ .data = (uintptr_t)data.data, .data_len = data.len,
				       .sig = (uintptr_t)sig.data, .sig_len = sig.len };
	if (ioctl(device, request, &blob) < 0)
		r = -errno;
	free(sig.data);
free_data:
	free(data.data);
	return r;
}
