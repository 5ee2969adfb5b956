// SPDX-License-Identifier: MIT
// Writes files that are whole or not there.
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
