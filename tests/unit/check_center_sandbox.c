// SPDX-License-Identifier: MIT
// What a reader and its keeper can do under their seccomp lists, and what they cannot.
#include "center/daemon/sandbox.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLED (-1)	/* instead of an errno: the process was killed for it */

static char path[] = "/tmp/check_center_sandbox.XXXXXX";
static int fd;		/* of it, opened for writing before */

static int failure(long r) { return r < 0 ? errno : 0; }

static int read_file(void) { return failure(open(path, O_RDONLY | O_CLOEXEC)); }
static int write_file(void) { return failure(open(path, O_WRONLY)); }
static int change_file(void) { return failure(open(path, O_RDWR)); }
static int cut_file(void) { return failure(open(path, O_RDONLY | O_TRUNC)); }
static int make_file(void) { return failure(open("/tmp/check_center_sandbox.new", O_RDONLY | O_CREAT, 0600)); }
static int write_at(void) { return failure(pwrite(fd, "x", 1, 0)); }
static int cut_open(void) { return failure(ftruncate(fd, 0)); }
static int remove_file(void) { return failure(unlink(path)); }
static int rename_file(void) { return failure(rename(path, "/tmp/check_center_sandbox.new")); }
static int link_file(void) { return failure(link(path, "/tmp/check_center_sandbox.new")); }
static int change_mode(void) { return failure(fchmod(fd, 0666)); }
static int give_away(void) { return failure(fchown(fd, 1, 1)); }
static int open_old(void) { return failure(syscall(SYS_open, path, O_RDWR)); }
static int open_new(void) { return failure(syscall(SYS_openat2, AT_FDCWD, path, NULL, 0)); }
static int make_socket(void) { return failure(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int make_child(void) { return failure(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static int run_program(void) { return failure(execl("/bin/true", "true", NULL)); }
static int end_another(void) { return failure(kill(getpid(), 0)); }
static int new_filter(void) { return failure(syscall(SYS_seccomp, 0, 0, NULL)); }
static int trace(void) { return failure(syscall(SYS_ptrace, 0, 0, 0, 0)); }

static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

/* A child of a keeper that has become a reader: both lists hold. */
static int become_reader(void)
{
	return ag_sandbox_enter(AG_ROLE_READER) ? EIO : make_file();
}

static const struct row {
	const char *sentence;
	enum ag_role role;
	int (*try)(void);
	int expected;
} rows[] = {
	{ "a reader opens a file to read it", AG_ROLE_READER, read_file, 0 },
	{ "a reader cannot open a file to write", AG_ROLE_READER, write_file, EACCES },
	{ "a reader cannot open a file to change it", AG_ROLE_READER, change_file, EACCES },
	{ "a reader cannot empty a file by opening it", AG_ROLE_READER, cut_file, EACCES },
	{ "a reader cannot make a file", AG_ROLE_READER, make_file, EACCES },
	{ "a reader does not write at a place of an open file", AG_ROLE_READER, write_at, KILLED },
	{ "a reader does not cut an open file", AG_ROLE_READER, cut_open, KILLED },
	{ "a reader removes nothing", AG_ROLE_READER, remove_file, KILLED },
	{ "a reader renames nothing", AG_ROLE_READER, rename_file, KILLED },
	{ "a reader links nothing", AG_ROLE_READER, link_file, KILLED },
	{ "a reader changes no mode", AG_ROLE_READER, change_mode, KILLED },
	{ "a reader gives nothing away", AG_ROLE_READER, give_away, EPERM },
	{ "a reader has no other open(2)", AG_ROLE_READER, open_old, KILLED },
	{ "a reader has no openat2(2)", AG_ROLE_READER, open_new, KILLED },
	{ "a reader makes no socket", AG_ROLE_READER, make_socket, KILLED },
	{ "a reader makes no process", AG_ROLE_READER, make_child, KILLED },
	{ "a reader runs no program", AG_ROLE_READER, run_program, KILLED },
	{ "a reader ends nobody", AG_ROLE_READER, end_another, KILLED },
	{ "a reader maps no code", AG_ROLE_READER, map_code, KILLED },
	{ "a reader has no way to another list", AG_ROLE_READER, new_filter, KILLED },
	{ "a keeper cannot open a file to change it", AG_ROLE_KEEPER, change_file, EACCES },
	{ "a keeper cannot make a file", AG_ROLE_KEEPER, make_file, EACCES },
	{ "a keeper does not write at a place of an open file", AG_ROLE_KEEPER, write_at, KILLED },
	{ "a keeper removes nothing", AG_ROLE_KEEPER, remove_file, KILLED },
	{ "a keeper makes no socket", AG_ROLE_KEEPER, make_socket, KILLED },
	{ "a keeper runs no program", AG_ROLE_KEEPER, run_program, KILLED },
	{ "a keeper traces nobody", AG_ROLE_KEEPER, trace, KILLED },
	{ "a keeper can become a reader", AG_ROLE_KEEPER, become_reader, EACCES },
};

/* The errno of the row's attempt in a process of its own, 0, or KILLED. */
static int attempt(const struct row *row)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		/* By number: _exit(3) under a sanitizer first looks for leaks, by a clone(2). */
		syscall(SYS_exit_group, ag_sandbox_enter(row->role) ? 255 : row->try());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		ck_assert_int_eq(WTERMSIG(status), SIGSYS);
		return KILLED;
	}
	return WEXITSTATUS(status);
}

START_TEST(under_list)
{
	struct stat after;

	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "data", 4), 4);
	ck_assert_int_eq(attempt(&rows[_i]), rows[_i].expected);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(after.st_size, 4);
	ck_assert_int_eq(after.st_nlink, 1);
	ck_assert_int_eq(access("/tmp/check_center_sandbox.new", F_OK), -1);
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("center_sandbox");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		harness_add_row(suite, rows[i].sentence, under_list, i);
	return harness_run(suite, "check_center_sandbox");
}
