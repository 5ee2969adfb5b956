// SPDX-License-Identifier: MIT
/*
 * flee - chains of processes that each live only until they have forked the next, under a number far away
 *
 * usage: flee CHAINS    as root
 *
 * Whoever kills all tasks one by one, in the order of their numbers, may find
 * none of them.  Ends when its chains run; they do so until they are killed.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A fork that chooses its number. */
static long fork_as(pid_t number)
{
	struct clone_args how = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&number, .set_tid_size = 1 };

	return syscall(SYS_clone3, &how, sizeof(how));
}

/* Low after high, high after low, and another one where that is taken or refused. */
static void flee(unsigned chain)
{
	unsigned n = 0, forks = 0;

	for (;;) {
		switch (fork_as((pid_t)(300 + n % 100 + (forks % 2) * 30000 + chain * 100))) {
		case 0:
			forks++;
			break;
		case -1:
			n++;
			break;
		default:
			_exit(0);
		}
	}
}

int main(int argc, char *argv[])
{
	if (argc != 2 || geteuid() != 0)
		return 2;
	for (unsigned chain = 0; chain < (unsigned)atoi(argv[1]); chain++)
		if (fork() == 0)
			flee(chain);
	puts("fleeing");
	return 0;
}
