// SPDX-License-Identifier: MIT
/*
 * takeover - a listed program that does what an intruder tells it
 *
 * usage: takeover memfd FILE      run FILE's bytes from memory (memfd, fexecve)
 *        takeover hold FILE       open and map FILE, say so, keep both
 *
 * Stands for a listed process with a remote hole in it.  Exit status: 1 with
 * the reason where the kernel refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fail(const char *what)
{
	printf("takeover: %s: %s (%s)\n", what, strerrorname_np(errno), strerror(errno));
	return 1;
}

static int copy(int from, int to)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, n) != n)
			return -1;
	return n < 0 ? -1 : 0;
}

static int run_from_memory(const char *path)
{
	char name[] = "fileless", *argv[] = { name, NULL }, *envp[] = { NULL };
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int memory = memfd_create("fileless", MFD_CLOEXEC);

	if (from < 0 || memory < 0 || copy(from, memory) < 0)
		return fail(path);
	fexecve(memory, argv, envp);
	return fail("fexecve of a memfd");
}

static int hold(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return fail(path);
	printf("holding %s, first byte %d\n", path, map[0]);
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	if (argc == 3 && strcmp(argv[1], "memfd") == 0)
		return run_from_memory(argv[2]);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2]);
	fputs("usage: takeover memfd|hold FILE\n", stderr);
	return 2;
}
