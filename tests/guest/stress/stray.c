// SPDX-License-Identifier: MIT
/*
 * stray - one thread starts a program, another changes the root directory under its exec
 *
 * usage: stray JAIL ATTEMPTS    as root, on two processors; listed with a power
 *
 * Starts itself, so that the program started has the same powers.  The moment of
 * the chroot is moved after each attempt towards where the outcome changes.
 *
 * Prints "attempts N home N strayed N refused N ended N odd N": where the new
 * program found itself, that the exec was refused, that the program was killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit statuses of an attempt. */
enum { HOME = 0, STRAYED = 77, REFUSED = 78, ODD = 79 };
#define MARK "/inside"

static const char *jail;
static unsigned long delay = 20000;	/* turns of a loop */
static atomic_bool go;

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(2);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

static void *move_root(void *unused)
{
	run_on(1);
	while (!go)
		;
	for (volatile unsigned long n = delay; n > 0; n--)
		;
	if (chroot(jail) < 0)
		die(jail);
	/* Until the exec ends this thread, or its failure the process. */
	pause();
	return NULL;
}

static void attempt(int self)
{
	char name[] = "stray", *const argv[] = { name, NULL }, *const envp[] = { NULL };
	pthread_t mover;

	run_on(0);
	errno = pthread_create(&mover, NULL, move_root, NULL);
	if (errno)
		die("pthread_create");
	/* It waits for nothing but the word. */
	usleep(1000);
	go = true;
	execveat(self, "", argv, envp, AT_EMPTY_PATH);
	_exit(errno == EPERM ? REFUSED : ODD);
}

/* Around where it changes, never twice at the same moment. */
static void choose_delay(unsigned long *at, int status)
{
	unsigned long step = *at / 16 + 16;

	if (WIFEXITED(status) && WEXITSTATUS(status) == HOME)
		*at -= *at > 2 * step ? step : 0;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
		*at += step;
	delay = *at - step + (unsigned long)rand() % (2 * step);
}

static int try_once(int self)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		attempt(self);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("fork");
	return status;
}

static void make_jail(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s" MARK, jail);
	if (mkdir(jail, 0755) < 0 && errno != EEXIST)
		die(jail);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || close(fd) < 0)
		die(path);
}

int main(int argc, char *argv[])
{
	unsigned long at = delay, nr, home = 0, strayed = 0, refused = 0, ended = 0, odd = 0;
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (argc == 1)	/* started by an attempt */
		return access(MARK, F_OK) == 0 ? STRAYED : HOME;
	if (argc != 3 || self < 0)
		return 2;
	jail = argv[1];
	nr = strtoul(argv[2], NULL, 10);
	make_jail();
	for (unsigned long i = 0; i < nr; i++) {
		int status = try_once(self), code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			ended++;
		else if (code == HOME)
			home++;
		else if (code == STRAYED)
			strayed++;
		else if (code == REFUSED)
			refused++;
		else
			odd++;
		choose_delay(&at, status);
	}
	printf("attempts %lu home %lu strayed %lu refused %lu ended %lu odd %lu\n", nr, home, strayed, refused,
	       ended, odd);
	return 0;
}
