// SPDX-License-Identifier: MIT
// The agent's seccomp filter: what still works under it, and what does not.
#include <errno.h>
#include <fcntl.h>
#include <linux/atmguard.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/common/process.h"
#include "agent/daemon/account.h"
#include "agent/daemon/seccomp.h"
#include "harness.h"

#define KILLED (-1)	/* instead of an errno: the process was killed for it */

static int fd;

static int failure(long r) { return r < 0 ? errno : 0; }

static int ask_status(void) { return failure(ioctl(fd, ATMGUARD_STATUS, NULL)); }
static int ask_grant(void) { return failure(ioctl(fd, ATMGUARD_GRANT, NULL)); }
static int ask_relock(void) { return failure(ioctl(fd, ATMGUARD_RELOCK, NULL)); }
static int load_policy(void) { return failure(ioctl(fd, ATMGUARD_POLICY, NULL)); }
static int seal(void) { return failure(ioctl(fd, ATMGUARD_SEAL, NULL)); }
static int push_key(void) { return failure(ioctl(0, TIOCSTI, "x")); }
static int make_inet(void) { return failure(socket(AF_INET, SOCK_STREAM, 0)); }
static int make_packet(void) { return failure(socket(AF_PACKET, SOCK_RAW, 0)); }
static int make_bluetooth(void) { return failure(socket(AF_BLUETOOTH, SOCK_RAW, 0)); }
static int read_file(void) { return failure(open("/etc/hosts", O_RDONLY)); }
static int make_child(void) { return failure(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static int fork_old(void) { return failure(syscall(SYS_fork)); }
static int run_program(void) { return failure(execl("/bin/true", "true", NULL)); }
static int trace(void) { return failure(ptrace(PTRACE_TRACEME, 0, 0, 0)); }
static int make_memfd(void) { return failure(syscall(SYS_memfd_create, "x", 0)); }
static int use_bpf(void) { return failure(syscall(SYS_bpf, 0, 0, 0)); }
static int become_root(void) { return failure(setuid(0)); }
static int make_ring(void) { return failure(syscall(SYS_io_uring_setup, 1, NULL)); }
static int change_mode(void) { return failure(chmod("/tmp", 0777)); }
static int new_filter(void) { return failure(syscall(SYS_seccomp, 0, 0, NULL)); }

static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		       ? errno : 0;
}

static int turn_into_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : failure(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void *set_flag(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static int start_thread(void)
{
	pthread_t thread;
	int ran = 0, r = pthread_create(&thread, NULL, set_flag, &ran);

	return r ? r : pthread_join(thread, NULL) ? EINVAL : ran ? 0 : EINVAL;
}

static int resolve(void)
{
	struct addrinfo *list;

	return getaddrinfo("localhost", "443", NULL, &list) ? ENOENT : 0;
}

static int damage_heap(void)
{
	abort();
}

static const struct {
	const char *sentence;
	int (*act)(void);
	int expected;
} rows[] = {
	/* ENOTTY: it came through to a descriptor that is no device of ours */
	{ "the kernel can be asked for its status", ask_status, ENOTTY },
	{ "a grant can be handed to the kernel", ask_grant, ENOTTY },
	{ "the work can be reported complete", ask_relock, ENOTTY },
	{ "a connection can be made", make_inet, 0 },
	{ "a file can be read", read_file, 0 },
	{ "a thread can be started", start_thread, 0 },
	{ "a host name can be resolved", resolve, 0 },
	{ "a policy cannot be loaded", load_policy, ENOSYS },
	{ "the seal cannot be set", seal, ENOSYS },
	{ "no key can be pushed into a terminal", push_key, ENOSYS },
	{ "no raw packets can be sent", make_packet, ENOSYS },
	{ "no other network can be used", make_bluetooth, ENOSYS },
	{ "no code can be mapped", map_code, ENOSYS },
	{ "memory cannot be turned into code", turn_into_code, ENOSYS },
	{ "no process can be made by clone", make_child, ENOSYS },
	{ "the mode of a file cannot be changed", change_mode, ENOSYS },
	{ "the filter cannot be changed", new_filter, ENOSYS },
	{ "fork ends the process", fork_old, KILLED },
	{ "execve ends the process", run_program, KILLED },
	{ "ptrace ends the process", trace, KILLED },
	{ "a file in memory ends the process", make_memfd, KILLED },
	{ "bpf ends the process", use_bpf, KILLED },
	{ "setuid ends the process", become_root, KILLED },
	{ "io_uring ends the process", make_ring, KILLED },
};

static int in_sandbox(int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fd = eventfd(0, 0);
		if (ag_process_hide() || ag_seccomp_enter())
			_exit(255);
		_exit(act());
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : 1000 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

START_TEST(acts)
{
	ck_assert_int_eq(in_sandbox(rows[_i].act), rows[_i].expected);
}
END_TEST

START_TEST(aborts)
{
	ck_assert_int_eq(in_sandbox(damage_heap), 1000 + SIGABRT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent sandbox");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		harness_add_row(suite, rows[i].sentence, acts, (int)i);
	harness_add(suite, "abort is seen as abort", aborts);
	return harness_run(suite, "check_agent_seccomp");
}
