// SPDX-License-Identifier: MIT
// The common part of the attack programs: finds the attack, tells how it ended.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

const unsigned char attack_code[6] = { 0xb8, 42, 0, 0, 0, 0xc3 };

void succeeded(const char *proof)
{
	printf("SUCCEEDED: %s\n", proof);
	fflush(stdout);
	_exit(0);
}

void refused(const char *what, int error)
{
	printf("REFUSED %s at %s\n", strerrorname_np(error), what);
	fflush(stdout);
	_exit(0);
}

long must(const char *what, long r)
{
	if (r < 0)
		refused(what, errno);
	return r;
}

void *must_map(const char *what, void *map)
{
	if (map == MAP_FAILED)
		refused(what, errno);
	return map;
}

void put_code(void *to)
{
	memcpy(to, attack_code, sizeof(attack_code));
}

void run_code(const void *at)
{
	int (*code)(void) = (int (*)(void))(unsigned long)at;

	if (code() == 42)
		succeeded("code of its own returned 42");
	puts("the code returned something else");
	exit(2);
}

int opened(const char *path, int flags)
{
	return (int)must(path, open(path, flags | O_CLOEXEC, 0755));
}

void *read_bytes(const char *path, size_t *ret_len)
{
	int fd = opened(path, O_RDONLY);
	struct stat st;
	char *data;
	size_t have = 0;
	ssize_t n;

	must("fstat", fstat(fd, &st));
	data = malloc((size_t)st.st_size + 1);
	while (data && (n = read(fd, data + have, (size_t)st.st_size - have)) > 0)
		have += (size_t)n;
	if (!data || have != (size_t)st.st_size)
		refused("read", EIO);
	close(fd);
	*ret_len = have;
	return data;
}

void copy_into(const char *path, int to)
{
	size_t len, done = 0;
	char *data = read_bytes(path, &len);

	while (done < len)
		done += (size_t)must("write", write(to, data + done, len - done));
	free(data);
}

int attack_main(int argc, char *argv[], const struct attack *attacks, size_t nr)
{
	for (size_t i = 0; argc > 1 && i < nr; i++)
		if (strcmp(argv[1], attacks[i].name) == 0) {
			prctl(PR_SET_NAME, argv[1]);
			attacks[i].make(argv + 2);
			puts("done");
			return 0;
		}
	fprintf(stderr, "%s: no such attack\n", argv[0]);
	return 2;
}
