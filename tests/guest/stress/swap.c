// SPDX-License-Identifier: MIT
/*
 * swap - loads policy after policy while every processor starts and maps what some of them list
 *
 * usage: swap LIST A B BOTH
 *
 * LIST has a line for each policy, in order: what it lists ("A", "B" or "AB";
 * BOTH is in all), its file and its signature's.  The one in force at the start
 * lists everything.  Once a load has returned, what it does not list must not
 * start; what every policy lists that may have been in force during an attempt
 * must.
 *
 * Prints last "loads N attempts N good N refused N wrong N late N": wrong is
 * what started and must not, late what was kept from starting and must not be.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/atmguard.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICIES_MAX 4096

enum { A, B, BOTH, NR_FILES };

static struct shared {
	atomic_uint begun, loaded;	/* numbers of loads; 0: the policy at the start */
	atomic_ulong attempts, good, refused, wrong, late;
	atomic_bool end;
} *shared;

static struct policy {
	bool lists[NR_FILES];
	char data[128], sig[128];
} policies[POLICIES_MAX + 1];
static unsigned nr_policies;
static const char *files[NR_FILES];

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void read_list(const char *path)
{
	FILE *list = fopen(path, "re");
	char set[8];

	if (!list)
		die(path);
	policies[0].lists[A] = policies[0].lists[B] = policies[0].lists[BOTH] = true;
	while (nr_policies < POLICIES_MAX) {
		struct policy *p = &policies[nr_policies + 1];

		if (fscanf(list, "%7s %127s %127s", set, p->data, p->sig) != 3)
			break;
		p->lists[A] = strchr(set, 'A');
		p->lists[B] = strchr(set, 'B');
		p->lists[BOTH] = true;
		nr_policies++;
	}
	fclose(list);
}

/* ---- loading ---- */

/* Appends a file to *data. */
static void append(const char *path, char **data, __u32 *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !(*data = realloc(*data, *len + (size_t)st.st_size)) ||
	    read(fd, *data + *len, (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	*len += (__u32)st.st_size;
}

/* Policies differ in their first bytes only: "HEAD,REST" is one after the other. */
static char *read_files(const char *names, __u32 *ret_len)
{
	char path[256], *data = NULL, *rest;

	*ret_len = 0;
	snprintf(path, sizeof(path), "%s", names);
	rest = strchr(path, ',');
	if (rest)
		*rest++ = '\0';
	append(path, &data, ret_len);
	if (rest)
		append(rest, &data, ret_len);
	return data;
}

static void load(int device, unsigned number)
{
	struct atmguard_blob blob = { 0 };
	char *data = read_files(policies[number].data, &blob.data_len);
	char *sig = read_files(policies[number].sig, &blob.sig_len);

	blob.data = (uintptr_t)data;
	blob.sig = (uintptr_t)sig;
	shared->begun = number;
	if (ioctl(device, ATMGUARD_POLICY, &blob) < 0)
		die("load");
	shared->loaded = number;
	free(data);
	free(sig);
}

static void load_all(void)
{
	int device = open(ATMGUARD_DEVICE, O_RDWR | O_CLOEXEC);

	if (device < 0)
		die(ATMGUARD_DEVICE);
	for (unsigned n = 1; n <= nr_policies; n++) {
		unsigned long until = shared->attempts + (unsigned long)(rand() % 40);

		load(device, n);
		if (n % (nr_policies / 10 + 1) == 0) {
			printf("%u of %u policies\n", n, nr_policies);
			fflush(stdout);
		}
		/* Some come at once, some when a few attempts were made. */
		while (shared->attempts < until)
			sched_yield();
	}
}

/* ---- attempts ---- */

static void map_and_exit(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	_exit(map == MAP_FAILED ? 1 : 0);
}

/* Whether it started, or was mapped.  In a process of its own: what is dropped is ended. */
static bool attempt(const char *path, bool maps)
{
	char *const argv[] = { (char *)path, NULL }, *const environment[] = { NULL };
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (pid == 0 && maps)
		map_and_exit(path);
	if (pid == 0) {
		execve(path, argv, environment);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

static void judge(int file, unsigned first, unsigned last, bool started)
{
	bool in_all = true, in_none = true;

	for (unsigned n = first; n <= last; n++) {
		in_all &= policies[n].lists[file];
		in_none &= !policies[n].lists[file];
	}
	if (started)
		shared->good++;
	else
		shared->refused++;
	if (started && in_none)
		shared->wrong++;
	if (!started && in_all)
		shared->late++;
	shared->attempts++;
}

static void attempt_all(unsigned cpu)
{
	unsigned seed = cpu + 1;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!shared->end) {
		int file = rand_r(&seed) % NR_FILES;
		unsigned first = shared->loaded;
		bool started = attempt(files[file], rand_r(&seed) % 2);

		judge(file, first, shared->begun, started);
	}
	_exit(0);
}

int main(int argc, char *argv[])
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (argc != 2 + NR_FILES)
		return 2;
	read_list(argv[1]);
	memcpy(files, argv + 2, sizeof(files));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (fork() == 0)
			attempt_all(cpu);
	load_all();
	shared->end = true;
	while (wait(NULL) > 0)
		;
	printf("loads %u attempts %lu good %lu refused %lu wrong %lu late %lu\n", nr_policies, shared->attempts,
	       shared->good, shared->refused, shared->wrong, shared->late);
	return 0;
}
