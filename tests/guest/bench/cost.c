// SPDX-License-Identifier: MIT
/*
 * cost - what an operation costs, in nanoseconds of CLOCK_MONOTONIC
 *
 * usage: cost exec PROGRAM | cost open FILE
 *
 * Prints the median cost of fork+exec+exit of PROGRAM, or of open+close of
 * FILE, with that of reading the clock in it, and behind it how many page
 * faults one operation took: where those differ, so do page caches, and costs
 * must not be compared.  In a guest that counts instructions (QEMU -icount
 * shift=0) a nanosecond is an instruction and the number repeats to about 0.1 %.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A few hundred of each fill the caches that a warm operation finds full. */
#define WARM_EXECS	300
#define EXECS		600
#define WARM_OPENS	2000
#define OPENS		20000

static void fail(const char *what)
{
	fprintf(stderr, "cost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void run_once(const char *program)
{
	char *argv[] = { (char *)program, NULL };
	char *envp[] = { NULL };
	int status;
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		execve(program, argv, envp);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "cost: %s did not run (status %#x)\n", program, status);
		exit(1);
	}
}

static void open_once(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(file);
	close(fd);
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Page faults so far, of this process and of those it waited for. */
static long faults(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return self.ru_minflt + self.ru_majflt + children.ru_minflt + children.ru_majflt;
}

/* The median of single operations: what else the guest does falls on a few. */
static double measure(void (*operation)(const char *), const char *on, int warm, int count,
		      double *ret_faults)
{
	static double cost[OPENS];
	long before;

	for (int i = 0; i < warm; i++)
		operation(on);
	memset(cost, 0, sizeof(cost));	/* its own faults come before */
	before = faults();
	for (int i = 0; i < count; i++) {
		double began = now_ns();

		operation(on);
		cost[i] = now_ns() - began;
	}
	*ret_faults = (double)(faults() - before) / count;
	qsort(cost, count, sizeof(cost[0]), compare);
	return cost[count / 2];
}

/* Where things lie in memory decides how many page tables an exec fills. */
static void stay_at_one_place(char *argv[])
{
	int persona = personality(0xffffffff);

	if (persona < 0 || (persona & ADDR_NO_RANDOMIZE))
		return;
	if (personality((unsigned int)persona | ADDR_NO_RANDOMIZE) < 0)
		fail("personality");
	execv("/proc/self/exe", argv);
	fail("exec of myself");
}

/* A kernel short of entropy hashes its pool for every random number, and an
 * exec takes three: wait until it is not. */
static void wait_for_entropy(void)
{
	char byte;

	if (getrandom(&byte, sizeof(byte), 0) != sizeof(byte))
		fail("getrandom");
}

int main(int argc, char *argv[])
{
	double ns, nr_faults;

	if (argc != 3)
		goto usage;
	stay_at_one_place(argv);
	wait_for_entropy();
	if (strcmp(argv[1], "exec") == 0)
		ns = measure(run_once, argv[2], WARM_EXECS, EXECS, &nr_faults);
	else if (strcmp(argv[1], "open") == 0)
		ns = measure(open_once, argv[2], WARM_OPENS, OPENS, &nr_faults);
	else
		goto usage;
	printf("%.0f %.2f\n", ns, nr_faults);
	return 0;
usage:
	fputs("usage: cost exec PROGRAM | cost open FILE\n", stderr);
	return 2;
}
