// SPDX-License-Identifier: MIT
/*
 * scale - what a policy's size costs the kernel, in nanoseconds of CLOCK_MONOTONIC
 *
 * usage: scale load OBJECT SIGNATURE   hand in a policy; prints the time of the
 *                                      request, and from the status the number
 *                                      of entries and the bytes they take
 *        scale judge FILE...           map each listed file executable, twice;
 *                                      prints the medians of the first and of
 *                                      the second time
 *
 * A new policy makes every verdict void, so after `load` the first mapping of a
 * file is a judgement: reading, hashing, looking up.  The second is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/atmguard.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u

static void fail(const char *what)
{
	fprintf(stderr, "scale: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Mapped and touched, so that the kernel's copy meets no page fault. */
static void *read_file(const char *path, __u32 *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st) < 0)
		fail(path);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		fail(path);
	close(fd);
	*ret_len = (__u32)st.st_size;
	return data;
}

static void load(const char *object, const char *signature)
{
	int device = open(ATMGUARD_DEVICE, O_RDWR | O_CLOEXEC);
	struct atmguard_status status;
	struct atmguard_blob blob;
	int64_t began, took;

	if (device < 0)
		fail(ATMGUARD_DEVICE);
	blob.data = (uintptr_t)read_file(object, &blob.data_len);
	blob.sig = (uintptr_t)read_file(signature, &blob.sig_len);
	began = now_ns();
	if (ioctl(device, ATMGUARD_POLICY, &blob) < 0)
		fail("policy");
	took = now_ns() - began;
	if (ioctl(device, ATMGUARD_STATUS, &status) < 0)
		fail("status");
	printf("%" PRId64 " %u %" PRIu64 "\n", took, status.policy_entries, (uint64_t)status.policy_bytes);
}

static int64_t map_once(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int64_t began, took;
	void *at;

	if (fd < 0)
		fail(path);
	began = now_ns();
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	took = now_ns() - began;
	if (at == MAP_FAILED)
		fail(path);
	munmap(at, PAGE);
	close(fd);
	return took;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median_of_mapping(char *files[], size_t nr)
{
	int64_t *took = calloc(nr, sizeof(took[0])), median;

	if (!took)
		fail("memory");
	for (size_t i = 0; i < nr; i++)
		took[i] = map_once(files[i]);
	qsort(took, nr, sizeof(took[0]), compare);
	median = took[nr / 2];
	free(took);
	return median;
}

static void judge(char *files[], size_t nr)
{
	int64_t first = median_of_mapping(files, nr);

	printf("%" PRId64 " %" PRId64 "\n", first, median_of_mapping(files, nr));
}

int main(int argc, char *argv[])
{
	if (argc == 4 && strcmp(argv[1], "load") == 0) {
		load(argv[2], argv[3]);
		return 0;
	}
	if (argc > 2 && strcmp(argv[1], "judge") == 0) {
		judge(argv + 2, (size_t)argc - 2);
		return 0;
	}
	fputs("usage: scale load OBJECT SIGNATURE | scale judge FILE...\n", stderr);
	return 2;
}
