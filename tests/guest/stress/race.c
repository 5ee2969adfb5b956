// SPDX-License-Identifier: MIT
/*
 * race - some processes change what files hold while others have the kernel run them
 *
 * usage: race map|exec|script|module LISTED UNLISTED ATTEMPTS
 *        race first-map|first-exec LISTED ROUNDS
 *
 * LISTED and UNLISTED hold the two contents.  A pair of processes for every two
 * processors: one replaces a file's content again and again, in every way there
 * is, the other maps it executable (map), starts it (exec, script) or loads it
 * (module).  A start is wrong if the unlisted one ran, a mapping if it shows
 * anything but the listed bytes, at once or a moment later.
 *
 * first: in each round one process for every processor is the first to map or
 * start a new copy of LISTED, all at the same moment.
 *
 * Prints how far it is, and last "attempts N good N refused N wrong N odd N
 * changes N kept-out N counted N".  Exit status 0 when it came to its end,
 * whatever it saw.
 */
#include "change.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TASKS_MAX 16
#define DIRECTORY "/var/tmp"
/* What an unlisted script or program ends with. */
#define UNLISTED_RAN 77
/* What dash ends with when it cannot open its script. */
#define SCRIPT_NOT_READ 2

struct counts {
	atomic_ulong attempts, good, refused, wrong, odd;	/* odd: failed for another reason */
	atomic_ulong changes, kept_out;		/* writes that went through, that were refused */
	atomic_int odd_errno;
};

static struct shared {
	struct counts counts;
	atomic_ulong round, ready, done;	/* of first */
	atomic_bool end;
	atomic_ulong ways[32];
} *shared;

static struct content listed, unlisted;
static unsigned nr_cpus;
static sigjmp_buf fault;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void run_on(unsigned cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % nr_cpus, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* A moment, of a length that differs each time. */
static void dither(unsigned *seed)
{
	for (volatile int n = rand_r(seed) % 4000; n > 0; n--)
		;
	if (rand_r(seed) % 16 == 0)
		sched_yield();
}

static void count_refusal(int error)
{
	if (error == EPERM || error == ETXTBSY) {
		shared->counts.refused++;
	} else {
		shared->counts.odd_errno = error;
		shared->counts.odd++;
	}
}

/* ---- mapping ---- */

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

/* Whether the mapping shows the listed bytes, now and a moment later. */
static bool shows_listed(const char *map, unsigned *seed)
{
	if (sigsetjmp(fault, 1))
		return false;	/* the file was cut under the mapping */
	if (memcmp(map, listed.bytes, listed.len) != 0)
		return false;
	dither(seed);
	return memcmp(map, listed.bytes, listed.len) == 0;
}

static char *map_code(int fd, unsigned *seed)
{
	int flags = rand_r(seed) % 2 ? MAP_PRIVATE : MAP_SHARED;
	char *map;

	if (rand_r(seed) % 4)
		return mmap(NULL, listed.len, PROT_READ | PROT_EXEC, flags, fd, 0);
	map = mmap(NULL, listed.len, PROT_READ, flags, fd, 0);
	if (map == MAP_FAILED || mprotect(map, listed.len, PROT_READ | PROT_EXEC) == 0)
		return map;
	munmap(map, listed.len);
	errno = EPERM;
	return MAP_FAILED;
}

static void try_map(const char *path, unsigned *seed)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map;

	if (fd < 0)
		return;
	map = map_code(fd, seed);
	if (map == MAP_FAILED)
		count_refusal(errno);
	else if (shows_listed(map, seed))
		shared->counts.good++;
	else
		shared->counts.wrong++;
	shared->counts.attempts++;
	if (map != MAP_FAILED)
		munmap(map, listed.len);
	close(fd);
}

/* ---- starting ---- */

/* The wait status of the program at @path, -1 with errno if it did not start. */
static int start(const char *path)
{
	static char *const environment[] = { NULL };
	char *const argv[] = { (char *)path, NULL };
	volatile int error = 0;
	int status = 0;
	pid_t pid = vfork();

	if (pid < 0)
		die("vfork");
	if (pid == 0) {
		execve(path, argv, environment);
		error = errno;
		_exit(127);
	}
	waitpid(pid, &status, 0);
	errno = error;
	return error ? -1 : status;
}

static void try_start(const char *path, unsigned *seed)
{
	int status = start(path);

	if (status < 0 && errno == ENOENT)
		return;
	shared->counts.attempts++;
	if (status < 0)
		count_refusal(errno);
	else if (status == 0)
		shared->counts.good++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == SCRIPT_NOT_READ)
		shared->counts.refused++;
	else
		shared->counts.wrong++;	/* the other one ran, or bytes that are no program */
}

/* ---- loading ---- */

static void try_load(const char *path, unsigned *seed)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	shared->counts.attempts++;
	if (syscall(SYS_finit_module, fd, "", 0) < 0) {
		count_refusal(errno);
		usleep(1000);	/* or most attempts would meet the same writer */
	} else if (syscall(SYS_delete_module, "dummy", O_NONBLOCK) == 0) {
		shared->counts.good++;
	} else if (syscall(SYS_delete_module, "nlmon", O_NONBLOCK) == 0) {
		shared->counts.wrong++;
	} else {
		die("delete_module");
	}
	close(fd);
}

/* ---- the two sides ---- */

static void file_of(unsigned pair, char *path, size_t size)
{
	snprintf(path, size, DIRECTORY "/race.%u", pair);
}

static bool replace(const char *path, int fd, const struct content *c, unsigned *seed)
{
	size_t way = (size_t)rand_r(seed) % change_nr();

	if (change(way, path, fd, c) < 0) {
		shared->counts.kept_out++;
		return false;
	}
	shared->counts.changes++;
	shared->ways[way]++;
	return true;
}

/* Until the other side has tried once or twice more, so that it also succeeds. */
static void let_try(unsigned *seed)
{
	unsigned long until = shared->counts.attempts + 1 + (unsigned long)rand_r(seed) % 2;

	while (shared->counts.attempts < until && !shared->end)
		sched_yield();
}

/* A new file of listed bytes, opened before anybody else sees it. */
static int make_file(const char *path)
{
	char hidden[128];
	int fd;

	snprintf(hidden, sizeof(hidden), "%s.made", path);
	fd = open(hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0 || change(0, hidden, fd, &listed) < 0 || rename(hidden, path) < 0)
		die(hidden);
	return fd;
}

/* One file from its making until nobody gets to write to it any more. */
static void live(const char *path, unsigned *seed)
{
	int fd = make_file(path), refused = 0;

	for (int n = rand_r(seed) % 4; n > 0; n--) {
		replace(path, fd, &unlisted, seed);
		dither(seed);
		replace(path, fd, &listed, seed);
	}
	if (rand_r(seed) % 4 == 0)
		replace(path, fd, &unlisted, seed);
	close(fd);
	for (int n = rand_r(seed) % 24; n > 0 && refused < 8 && !shared->end; n--) {
		if (rand_r(seed) % 2)
			dither(seed);
		else
			let_try(seed);
		refused += !replace(path, -1, n % 2 ? &unlisted : &listed, seed);
	}
}

static void change_files(unsigned pair)
{
	unsigned seed = pair * 7919 + 1;
	char path[64];

	run_on(2 * pair);
	file_of(pair, path, sizeof(path));
	/* A mapping it writes to may be cut under it: on with the next change. */
	sigsetjmp(fault, 1);
	while (!shared->end)
		live(path, &seed);
	_exit(0);
}

static void run_files(unsigned pair, void (*attempt)(const char *path, unsigned *seed))
{
	unsigned seed = pair * 104729 + 2;
	char path[64];

	run_on(2 * pair + 1);
	file_of(pair, path, sizeof(path));
	while (!shared->end)
		attempt(path, &seed);
	_exit(0);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void watch(unsigned long attempts)
{
	const struct timespec step = { .tv_nsec = 100000000 };
	double began = now_s();
	unsigned long said = 0, n;

	while ((n = shared->counts.attempts) < attempts) {
		if (n >= said + attempts / 10) {
			said = n;
			printf("%lu of %lu after %.0f s\n", n, attempts, now_s() - began);
			fflush(stdout);
		}
		nanosleep(&step, NULL);
	}
	shared->end = true;
}

static void race(void (*attempt)(const char *path, unsigned *seed), unsigned long attempts)
{
	for (unsigned pair = 0; pair < (nr_cpus + 1) / 2; pair++) {
		char path[64];

		/* Of an earlier race, with other bytes in it. */
		file_of(pair, path, sizeof(path));
		unlink(path);
		if (fork() == 0)
			change_files(pair);
		if (fork() == 0)
			run_files(pair, attempt);
	}
	watch(attempts);
	while (wait(NULL) > 0)
		;
}

/* ---- who is first ---- */

static void try_first(const char *path, bool starts)
{
	int fd = starts ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;
	bool ok;

	if (!starts)
		map = mmap(NULL, listed.len, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	ok = starts ? start(path) == 0 : map != MAP_FAILED;
	shared->counts.attempts++;
	if (ok)
		shared->counts.good++;
	else
		count_refusal(errno);
	if (map != MAP_FAILED)
		munmap(map, listed.len);
	if (fd >= 0)
		close(fd);
}

static void be_first(unsigned cpu, unsigned long rounds, bool starts)
{
	char path[64];

	run_on(cpu);
	for (unsigned long round = 1; round <= rounds; round++) {
		shared->ready++;
		while (shared->round < round)
			;
		snprintf(path, sizeof(path), DIRECTORY "/first.%lu", round % 2);
		try_first(path, starts);
		shared->done++;
	}
	_exit(0);
}

static void make_copy(unsigned long round)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), DIRECTORY "/first.%lu", round % 2);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, listed.bytes, listed.len) != (ssize_t)listed.len)
		die(path);
	close(fd);
}

static void all_first(unsigned long rounds, bool starts)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (fork() == 0)
			be_first(cpu, rounds, starts);
	for (unsigned long round = 1; round <= rounds; round++) {
		make_copy(round);
		while (shared->ready < round * nr_cpus)
			sched_yield();
		shared->round = round;
		while (shared->done < round * nr_cpus)
			sched_yield();
	}
	while (wait(NULL) > 0)
		;
}

/* ---- */

static void report(int counter)
{
	struct counts *c = &shared->counts;
	unsigned long long counted = 0;

	if (read(counter, &counted, sizeof(counted)) < 0)
		counted = 0;
	for (size_t i = 0; i < change_nr(); i++)
		printf("%s %lu ", change_name(i), shared->ways[i]);
	printf("\nodd-errno %s\n", strerrorname_np(c->odd_errno));
	printf("attempts %lu good %lu refused %lu wrong %lu odd %lu changes %lu kept-out %lu counted %llu\n",
	       c->attempts, c->good, c->refused, c->wrong, c->odd, c->changes, c->kept_out, counted);
}

static int play(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*attempt)(const char *path, unsigned *seed);
	} races[] = {
		{ "map", try_map }, { "exec", try_start }, { "script", try_start }, { "module", try_load },
	};

	content_read(&listed, argv[2]);
	if (argc == 4 && strncmp(argv[1], "first-", 6) == 0) {
		all_first(strtoul(argv[3], NULL, 10), strcmp(argv[1], "first-exec") == 0);
		return 0;
	}
	for (size_t i = 0; argc == 5 && i < sizeof(races) / sizeof(races[0]); i++)
		if (strcmp(argv[1], races[i].name) == 0) {
			content_read(&unlisted, argv[3]);
			race(races[i].attempt, strtoul(argv[4], NULL, 10));
			return 0;
		}
	return 2;
}

int main(int argc, char *argv[])
{
	int counter = eventfd(0, EFD_NONBLOCK), r;

	nr_cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	if (argc < 4 || nr_cpus > TASKS_MAX || counter < 0 || dup2(counter, COUNTER_FD) < 0)
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	signal(SIGBUS, on_fault);
	r = play(argc, argv);
	if (!r)
		report(counter);
	return r;
}
