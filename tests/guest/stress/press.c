// SPDX-License-Identifier: MIT
/*
 * press - takes away what the kernel needs to judge, and sees what starts then
 *
 * usage: press starve LISTED UNLISTED ROUNDS   starts both under every small memory limit
 *        press hog LISTED UNLISTED SECONDS     starts both while something eats all memory
 *        press tasks LISTED UNLISTED NUMBER    starts both among so many processes
 *        press files LISTED UNLISTED NUMBER    starts both with each small number of descriptors
 *        press many LISTED NUMBER              maps so many copies, forgets them, says what slab it took
 *        press flood NUMBER                    so many refusals of many kinds from several processes
 *        press fill | drain                    takes the disk's free room and gives it back
 *        press slow | even                     makes the clock slower by a tenth, and right again
 *
 * Prints last "listed N kept-out N unlisted N refused N": how often the listed
 * program started and did not, the unlisted one started and did not.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUP "/sys/fs/cgroup/press"
#define MANY "/var/tmp/many"
#define FILLING "/var/tmp/filling"
#define PAGE 4096
#define UNLISTED_RAN 77

static unsigned long listed_ran, listed_not, unlisted_ran, unlisted_not;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* Starts @path after @prepare in the child; whether it ran to its end. */
static int start(const char *path, void (*prepare)(void))
{
	char *const argv[] = { (char *)path, NULL }, *const environment[] = { NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (prepare)
			prepare();
		execve(path, argv, environment);
		_exit(126);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A copy, so that the file has to be judged anew. */
static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out;

	unlink(to);
	out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (in < 0 || out < 0 || copy_file_range(in, NULL, out, NULL, 1 << 20, 0) <= 0)
		die(to);
	close(in);
	close(out);
}

static void start_both(char *argv[], void (*prepare)(void))
{
	copy(argv[2], "/var/tmp/press.listed");
	if (start("/var/tmp/press.listed", prepare) == 0)
		listed_ran++;
	else
		listed_not++;
	if (start(argv[3], prepare) == UNLISTED_RAN)
		unlisted_ran++;
	else
		unlisted_not++;
}

/* ---- memory ---- */

static void join_group(void)
{
	write_to(GROUP "/cgroup.procs", "0");
}

static void starve(char *argv[])
{
	unsigned long rounds = strtoul(argv[4], NULL, 10);
	char limit[32];

	if (mkdir(GROUP, 0755) < 0 && errno != EEXIST)
		die(GROUP);
	for (unsigned long n = 0; n < rounds; n++) {
		snprintf(limit, sizeof(limit), "%lu", n % 64 * PAGE);
		write_to(GROUP "/memory.max", limit);
		start_both(argv, join_group);
	}
	write_to(GROUP "/memory.max", "max");
	rmdir(GROUP);
}

/* Takes all memory and dies of it, before anything else does. */
static void eat(void)
{
	write_to("/proc/self/oom_score_adj", "1000");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		char *room = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (room == MAP_FAILED)
			sched_yield();
	}
}

static void hog(char *argv[])
{
	time_t until = time(NULL) + atol(argv[4]);
	unsigned long eaters = 0;
	pid_t pid = 0;

	while (time(NULL) < until) {
		if (pid <= 0 || waitpid(pid, NULL, WNOHANG) == pid) {
			pid = fork();	/* -1 where there is no memory for one */
			if (pid == 0)
				eat();
			eaters += pid > 0;
		}
		start_both(argv, NULL);
	}
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	printf("%lu eaters\n", eaters);
}

/* ---- tasks and descriptors ---- */

static void tasks(char *argv[])
{
	long nr = atol(argv[4]), made = 0;
	pid_t group = getpid();

	setpgid(0, group);
	for (; made < nr; made++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0)
			for (;;)
				pause();
	}
	printf("%ld tasks\n", made);
	for (int n = 0; n < 20; n++)
		start_both(argv, NULL);
	signal(SIGTERM, SIG_IGN);
	kill(-group, SIGTERM);
	while (wait(NULL) > 0)
		;
}

static rlim_t descriptors;

static void limit_descriptors(void)
{
	const struct rlimit limit = { descriptors, descriptors };

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void files(char *argv[])
{
	rlim_t nr = strtoul(argv[4], NULL, 10);

	for (descriptors = 0; descriptors < nr; descriptors++)
		start_both(argv, limit_descriptors);
}

/* ---- many files ---- */

static unsigned long meminfo(const char *field)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long kib = 0;
	char line[128];
	size_t len = strlen(field);

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, field, len) == 0 && line[len] == ':')
			kib = strtoul(line + len + 1, NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

static void say_slab(const char *when)
{
	printf("%s: Slab %lu SUnreclaim %lu KiB\n", when, meminfo("Slab"), meminfo("SUnreclaim"));
	fflush(stdout);
}

static void name_of(unsigned long n, char *path, size_t size)
{
	snprintf(path, size, MANY "/%lu", n);
}

static void map_once(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED) {
		listed_not++;
	} else {
		listed_ran++;
		munmap(map, PAGE);
	}
	close(fd);
}

static void many(char *argv[])
{
	unsigned long nr = strtoul(argv[3], NULL, 10);
	char path[64];

	if (mkdir(MANY, 0755) < 0 && errno != EEXIST)
		die(MANY);
	say_slab("before");
	for (unsigned long n = 0; n < nr; n++) {
		name_of(n, path, sizeof(path));
		copy(argv[2], path);
		map_once(path);
		if (n % (nr / 10 + 1) == nr / 10) {
			printf("%lu of %lu files\n", n, nr);
			fflush(stdout);
		}
	}
	say_slab("judged");
	for (unsigned long n = 0; n < nr; n++) {
		name_of(n, path, sizeof(path));
		unlink(path);
	}
	rmdir(MANY);
	say_slab("removed");
}

/* ---- refusals ---- */

static void refuse(unsigned process, unsigned long n)
{
	char path[64];
	int fd;

	switch (n % 4) {
	case 0:		/* each of another name: none is folded */
		snprintf(path, sizeof(path), "/usr/bin/flood-%u-%lu", process, n);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		break;
	case 1:
		fd = open("/usr/bin/true", O_WRONLY | O_CLOEXEC);
		break;
	case 2:
		fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
		break;
	default:
		fd = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0) == MAP_FAILED ? -1 : 0;
	}
	if (fd >= 0) {
		fputs("press: let through\n", stderr);
		exit(1);
	}
}

static int flood(char *argv[])
{
	const unsigned nr_processes = 4;
	unsigned long nr = strtoul(argv[2], NULL, 10);
	int status, worst = 0;

	for (unsigned process = 0; process < nr_processes; process++)
		if (fork() == 0) {
			for (unsigned long n = 0; n < nr / nr_processes; n++)
				refuse(process, n);
			_exit(0);
		}
	while (wait(&status) > 0)
		worst |= status;
	unlisted_not = worst ? 0 : nr;
	return worst;
}

/* ---- the disk ---- */

static void fill(void)
{
	int fd = open(FILLING, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	off_t at = 0;

	if (fd < 0)
		die(FILLING);
	for (off_t step = 64 << 20; step >= PAGE; step /= 2)
		while (fallocate(fd, 0, at, step) == 0)
			at += step;
	printf("%lld bytes\n", (long long)at);
	close(fd);
}

/* ---- the clock ---- */

/* @tick: microseconds for each hundredth of a second, as far from 10000 as adjtimex(2) goes. */
static int set_tick(long tick)
{
	struct timex time = { .modes = ADJ_TICK, .tick = tick };

	return adjtimex(&time) < 0 ? -1 : 0;
}

/* ---- */

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		int argc;
		void (*press)(char *argv[]);
	} presses[] = {
		{ "starve", 5, starve }, { "hog", 5, hog }, { "tasks", 5, tasks }, { "files", 5, files },
		{ "many", 4, many },
	};
	int r = 2;

	if (argc == 3 && strcmp(argv[1], "flood") == 0)
		r = flood(argv);
	else if (argc == 2 && strcmp(argv[1], "fill") == 0)
		r = (fill(), 0);
	else if (argc == 2 && strcmp(argv[1], "drain") == 0)
		r = unlink(FILLING);
	else if (argc == 2 && strcmp(argv[1], "slow") == 0)
		r = set_tick(9000);
	else if (argc == 2 && strcmp(argv[1], "even") == 0)
		r = set_tick(10000);
	for (size_t i = 0; i < sizeof(presses) / sizeof(presses[0]); i++)
		if (argc == presses[i].argc && strcmp(argv[1], presses[i].name) == 0) {
			presses[i].press(argv);
			r = 0;
		}
	printf("listed %lu kept-out %lu unlisted %lu refused %lu\n", listed_ran, listed_not, unlisted_ran,
	       unlisted_not);
	return r ? 1 : 0;
}
