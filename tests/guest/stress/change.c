// SPDX-License-Identifier: MIT
// Every way a program can replace what a file holds.
#include "change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096u

static size_t pages(size_t len)
{
	return (len + PAGE - 1) & ~(size_t)(PAGE - 1);
}

void content_read(struct content *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		goto fail;
	c->path = path;
	c->len = (size_t)st.st_size;
	c->bytes = aligned_alloc(PAGE, pages(c->len) + PAGE);
	if (!c->bytes || read(fd, c->bytes, c->len) != (ssize_t)c->len)
		goto fail;
	close(fd);
	return;
fail:
	perror(path);
	exit(2);
}

static int all(ssize_t n, size_t len)
{
	if (n >= 0 && n != (ssize_t)len)
		errno = EIO;
	return n == (ssize_t)len ? 0 : -1;
}

static int by_pwrite(int fd, const struct content *c)
{
	return all(pwrite(fd, c->bytes, c->len, 0), c->len);
}

static int by_write(int fd, const struct content *c)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : all(write(fd, c->bytes, c->len), c->len);
}

static int by_mapping(int fd, const struct content *c)
{
	char *map = mmap(NULL, c->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -1;
	memcpy(map, c->bytes, c->len);
	return munmap(map, c->len);
}

static int by_truncation(int fd, const struct content *c)
{
	return ftruncate(fd, 0) < 0 ? -1 : by_pwrite(fd, c);
}

static int by_fallocate(int fd, const struct content *c)
{
	if (fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, (off_t)c->len) < 0)
		return -1;
	return by_pwrite(fd, c);
}

static int by_hole(int fd, const struct content *c)
{
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)c->len) < 0)
		return -1;
	return by_pwrite(fd, c);
}

/* Calls with a second descriptor on a file that holds the content. */
static int with_source(int fd, const struct content *c, ssize_t (*copy)(int from, int to, size_t len))
{
	int from = open(c->path, O_RDONLY | O_CLOEXEC), r;

	if (from < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	r = all(copy(from, fd, c->len), c->len);
	close(from);
	return r;
}

static ssize_t copy_range(int from, int to, size_t len)
{
	return copy_file_range(from, NULL, to, NULL, len, 0);
}

static int by_copy_range(int fd, const struct content *c)
{
	return with_source(fd, c, copy_range);
}

static ssize_t copy_sendfile(int from, int to, size_t len)
{
	return sendfile(to, from, NULL, len);
}

static int by_sendfile(int fd, const struct content *c)
{
	return with_source(fd, c, copy_sendfile);
}

static ssize_t copy_splice(int from, int to, size_t len)
{
	ssize_t n, done = 0;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	while ((size_t)done < len) {
		n = splice(from, NULL, ends[1], NULL, len - (size_t)done, 0);
		if (n > 0)
			n = splice(ends[0], NULL, to, NULL, (size_t)n, 0);
		if (n <= 0)
			break;
		done += n;
	}
	close(ends[0]);
	close(ends[1]);
	return done;
}

static int by_splice(int fd, const struct content *c)
{
	return with_source(fd, c, copy_splice);
}

/* ---- direct I/O: past the page cache, and at its own time ---- */

static aio_context_t aio(void)
{
	static aio_context_t context;

	if (!context && syscall(SYS_io_setup, 4, &context) < 0)
		perror("io_setup");
	return context;
}

static int submit(int fd, int what, void *bytes, size_t len)
{
	struct iocb block = { .aio_fildes = (unsigned)fd, .aio_lio_opcode = (unsigned short)what,
			      .aio_buf = (unsigned long)bytes, .aio_nbytes = len };
	struct iocb *blocks[] = { &block };

	return syscall(SYS_io_submit, aio(), 1, blocks) == 1 ? 0 : -1;
}

static int finish(void)
{
	struct io_event event;

	return syscall(SYS_io_getevents, aio(), 1, 1, &event, NULL) == 1 ? 0 : -1;
}

static int open_direct(const char *path, int mode)
{
	return open(path, mode | O_DIRECT | O_CLOEXEC);
}

static int by_direct(const char *path, const struct content *c)
{
	int fd = open_direct(path, O_RDWR), r;

	if (fd < 0)
		return -1;
	r = all(pwrite(fd, c->bytes, pages(c->len), 0), pages(c->len));
	close(fd);
	return r;
}

/* The descriptor is closed while the write is under way. */
static int by_aio(const char *path, const struct content *c)
{
	int fd = open_direct(path, O_RDWR), r;

	if (fd < 0)
		return -1;
	r = submit(fd, IOCB_CMD_PWRITE, c->bytes, pages(c->len));
	close(fd);
	return r ? r : finish();
}

/*
 * A page of the file is the buffer that direct I/O reads another file into:
 * nobody has the file open or mapped any more when the bytes arrive.
 */
static int by_pinned_page(const char *path, const struct content *c)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), from = open_direct(c->path, O_RDONLY), r;
	char *map = fd < 0 ? MAP_FAILED
			   : mmap(NULL, pages(c->len), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED || from < 0) {
		r = errno;
		if (fd >= 0)
			close(fd);
		if (from >= 0)
			close(from);
		errno = r;
		return -1;
	}
	r = submit(from, IOCB_CMD_PREAD, map, pages(c->len));
	munmap(map, pages(c->len));
	close(fd);
	close(from);
	return r ? r : finish();
}

/* ---- by name ---- */

static int by_name(const char *path, const struct content *c)
{
	int fd, r;

	if (truncate(path, 0) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = by_pwrite(fd, c);
	close(fd);
	return r;
}

static int by_rename(const char *path, const struct content *c)
{
	char other[256];
	int fd, r;

	snprintf(other, sizeof(other), "%s.new", path);
	fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0)
		return -1;
	r = by_pwrite(fd, c);
	close(fd);
	return r ? r : rename(other, path);
}

static const struct {
	const char *name;
	int (*by_fd)(int fd, const struct content *c);
	int (*by_path)(const char *path, const struct content *c);
} ways[] = {
	{ "pwrite", by_pwrite, NULL },		{ "write", by_write, NULL },
	{ "mapping", by_mapping, NULL },	{ "truncation", by_truncation, NULL },
	{ "fallocate", by_fallocate, NULL },	{ "hole", by_hole, NULL },
	{ "copy_file_range", by_copy_range, NULL }, { "sendfile", by_sendfile, NULL },
	{ "splice", by_splice, NULL },		{ "direct", NULL, by_direct },
	{ "aio", NULL, by_aio },		{ "pinned-page", NULL, by_pinned_page },
	{ "name", NULL, by_name },		{ "rename", NULL, by_rename },
};

size_t change_nr(void)
{
	return sizeof(ways) / sizeof(ways[0]);
}

const char *change_name(size_t way)
{
	return ways[way].name;
}

int change(size_t way, const char *path, int fd, const struct content *c)
{
	int own = -1, r;

	if (ways[way].by_path)
		return ways[way].by_path(path, c);
	if (fd < 0)
		fd = own = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = ways[way].by_fd(fd, c);
	if (!r && ftruncate(fd, (off_t)c->len) < 0)
		r = -1;
	if (own >= 0)
		close(own);
	return r;
}
