// SPDX-License-Identifier: MIT
// process - changes another process, its memory or what it is taken for; a child that does nothing stands for it.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define WANTED 42
#define PATIENCE_S 10

static volatile int variable;

/* What is overwritten in the child; the two bytes that change it fit one word of ptrace. */
static int __attribute__((noinline, aligned(64))) target(void)
{
	__asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop");
	return variable;
}

static void wait_for_change(void)
{
	alarm(PATIENCE_S);
	while (target() != WANTED)
		usleep(1000);
	_exit(WANTED);
}

static pid_t start_child(void)
{
	pid_t pid = (pid_t)must("fork", fork());

	if (pid == 0)
		wait_for_change();
	return pid;
}

/* Ends the child and then with the error, or sees what it did. */
static void finish(pid_t pid, const char *what, long r)
{
	int error = errno, status;

	if (r < 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (r < 0)
		refused(what, error);
	if (WIFEXITED(status) && WEXITSTATUS(status) == WANTED)
		succeeded("the other process returned 42");
}

static long poke(pid_t pid)
{
	unsigned long word;

	memcpy(&word, attack_code, sizeof(attack_code));
	return ptrace(PTRACE_POKETEXT, pid, target, word);
}

static void by_attach(char *const args[])
{
	pid_t pid = start_child();
	long r = ptrace(PTRACE_ATTACH, pid, NULL, NULL);

	if (r == 0) {
		waitpid(pid, NULL, 0);
		r = poke(pid);
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
	finish(pid, "PTRACE_ATTACH", r);
}

static void by_seize(char *const args[])
{
	pid_t pid = start_child();
	long r = ptrace(PTRACE_SEIZE, pid, NULL, NULL);

	if (r == 0) {
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
		waitpid(pid, NULL, 0);
		r = poke(pid);
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
	finish(pid, "PTRACE_SEIZE", r);
}

static void by_traceme(char *const args[])
{
	pid_t pid = (pid_t)must("fork", fork());
	int status;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(errno);
		raise(SIGSTOP);
		wait_for_change();
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status))
		refused("PTRACE_TRACEME", WEXITSTATUS(status));
	must("PTRACE_POKETEXT", poke(pid));
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	finish(pid, "PTRACE_POKETEXT", 0);
}

static void by_writev(char *const args[])
{
	static int wanted = WANTED;
	struct iovec from = { &wanted, sizeof(wanted) }, to = { (void *)&variable, sizeof(variable) };
	pid_t pid = start_child();

	finish(pid, "process_vm_writev", process_vm_writev(pid, &from, 1, &to, 1, 0));
}

static void by_readv(char *const args[])
{
	static int seen;
	struct iovec to = { &seen, sizeof(seen) }, from = { (void *)&variable, sizeof(variable) };
	pid_t pid;
	long r;

	variable = 7;
	pid = start_child();
	r = process_vm_readv(pid, &to, 1, &from, 1, 0);
	if (r == sizeof(seen) && seen == 7) {
		kill(pid, SIGKILL);
		succeeded("the other's memory was read");
	}
	finish(pid, "process_vm_readv", r);
}

/* A child whose memory at @at is overwritten through /proc. */
static void write_mem(const void *data, size_t len, const volatile void *at)
{
	pid_t pid = start_child();
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	finish(pid, path, fd < 0 ? -1 : pwrite(fd, data, len, (long)at));
}

static void by_mem(char *const args[])
{
	write_mem(attack_code, sizeof(attack_code), (const void *)(unsigned long)target);
}

/* What it may write to itself, no page protection being in the way. */
static void by_mem_data(char *const args[])
{
	static const int wanted = WANTED;

	write_mem(&wanted, sizeof(wanted), &variable);
}

/* A descriptor that only the other has. */
static void steal_fd(char *const args[])
{
	int ends[2], here;
	char byte;
	pid_t pid;

	must("pipe", pipe(ends));
	pid = (pid_t)must("fork", fork());
	if (pid == 0) {
		int fd = memfd_create("secret", 0);

		if (fd < 0 || write(fd, "secret", 6) != 6 || dup2(fd, 77) != 77 || write(ends[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ends[0], &byte, 1) != 1)
		refused("child", EIO);
	here = (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), 77, 0);
	if (here >= 0 && pread(here, &byte, 1, 0) == 1 && byte == 's') {
		kill(pid, SIGKILL);
		succeeded("another's descriptor was read");
	}
	finish(pid, "pidfd_getfd", -1);
}

/* The system's first process, held still for a moment. */
static void first_process(char *const args[])
{
	must("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, 1, NULL, NULL));
	must("PTRACE_INTERRUPT", ptrace(PTRACE_INTERRUPT, 1, NULL, NULL));
	waitpid(1, NULL, 0);
	must("PTRACE_DETACH", ptrace(PTRACE_DETACH, 1, NULL, NULL));
	succeeded("the system's first process was stopped");
}

static const struct attack attacks[] = {
	{ "by-attach", by_attach }, { "by-seize", by_seize }, { "by-traceme", by_traceme },
	{ "by-writev", by_writev }, { "by-readv", by_readv }, { "by-mem", by_mem },
	{ "by-mem-data", by_mem_data }, { "steal-fd", steal_fd },
	{ "first-process", first_process },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
