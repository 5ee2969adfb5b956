// SPDX-License-Identifier: MIT
// exec - starts or loads the program FILE from where it is, from memory, or from places that have no name.
#include "attack.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROT_RX (PROT_READ | PROT_EXEC)

static char *no_env[] = { NULL };
/* A payload says what it is when it runs; nothing more is to be shown here. */
static char *payload_argv[] = { (char *)"payload", NULL };

static void exec_fd(const char *what, int fd)
{
	must(what, syscall(SYS_execveat, fd, "", payload_argv, no_env, AT_EMPTY_PATH));
}

static void exec_path(const char *path)
{
	must("execve", execve(path, payload_argv, no_env));
}

static void load(const char *path)
{
	char link[PAGE];
	ssize_t n = readlink(path, link, sizeof(link) - 1);

	errno = 0;
	if (dlopen(path, RTLD_NOW))
		exit(0);	/* its constructor has spoken */
	link[n > 0 ? n : 0] = 0;
	printf("dlopen: %s\n", dlerror());
	/* ld.so does not tell the error; ask for the same mapping again. */
	must_map("mmap", mmap(NULL, PAGE, PROT_RX, MAP_PRIVATE, opened(path, O_RDONLY), 0));
}

/* ---- by path ---- */

static void plain(char *const args[])
{
	exec_path(args[0]);
}

static void by_vfork(char *const args[])
{
	pid_t pid = (pid_t)must("clone", syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
	int status;

	if (pid == 0)
		exec_path(args[0]);
	waitpid(pid, &status, 0);
	exit(WEXITSTATUS(status));
}

static void by_o_path(char *const args[])
{
	exec_fd("execveat", opened(args[0], O_PATH | O_CLOEXEC));
}

static void by_dir_fd(char *const args[])
{
	char *name = strrchr(args[0], '/');
	int dir;

	*name++ = 0;
	dir = opened(args[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	must("execveat", syscall(SYS_execveat, dir, name, payload_argv, no_env, 0));
}

/* The file's name is gone when it starts. */
static void deleted(char *const args[])
{
	int fd = opened(args[0], O_RDONLY | O_CLOEXEC);

	must("unlink", unlink(args[0]));
	exec_fd("execveat", fd);
}

/* ---- from memory ---- */

static int in_memory(const char *path, unsigned int flags)
{
	int fd = (int)must("memfd_create", syscall(SYS_memfd_create, "fileless", flags));

	copy_into(path, fd);
	return fd;
}

static void memfd(char *const args[])
{
	exec_fd("execveat", in_memory(args[0], MFD_CLOEXEC));
}

static void memfd_sealed(char *const args[])
{
	int fd = in_memory(args[0], MFD_CLOEXEC | MFD_ALLOW_SEALING);

	must("seal", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	exec_fd("execveat", fd);
}

static void memfd_exec_flag(char *const args[])
{
	exec_fd("execveat", in_memory(args[0], MFD_CLOEXEC | 0x10u /* MFD_EXEC */));
}

static char *fd_path(int fd)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static void memfd_by_proc(char *const args[])
{
	exec_path(fd_path(in_memory(args[0], MFD_CLOEXEC)));
}

static void memfd_load(char *const args[])
{
	load(fd_path(in_memory(args[0], MFD_CLOEXEC)));
}

/* A file that never had a name: written, then opened anew for reading. */
static int nameless(const char *path, const char *dir)
{
	int fd = (int)must("O_TMPFILE", open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0755));
	int again;

	copy_into(path, fd);
	again = opened(fd_path(fd), O_RDONLY | O_CLOEXEC);
	close(fd);
	return again;
}

static void tmpfile_exec(char *const args[])
{
	exec_fd("execveat", nameless(args[0], args[1]));
}

static void tmpfile_load(char *const args[])
{
	load(fd_path(nameless(args[0], args[1])));
}

/* The same, and given a name afterwards. */
static const char *named_later(char *const args[])
{
	static char path[PAGE];
	int fd = nameless(args[0], args[1]);

	snprintf(path, sizeof(path), "%s/linked.so", args[1]);
	unlink(path);
	must("linkat", linkat(AT_FDCWD, fd_path(fd), AT_FDCWD, path, AT_SYMLINK_FOLLOW));
	return path;
}

static void tmpfile_linked(char *const args[])
{
	exec_path(named_later(args));
}

static void tmpfile_load_linked(char *const args[])
{
	load(named_later(args));
}

/* ---- libraries ---- */

static void by_dlopen(char *const args[])
{
	load(args[0]);
}

/* By name, as a program asks for a library: LD_LIBRARY_PATH says where. */
static void by_soname(char *const args[])
{
	if (dlopen(args[0], RTLD_NOW))
		exit(0);
	printf("dlopen: %s\n", dlerror());
}

/* A listed library that asks for an executable stack. */
static void stack_library(char *const args[])
{
	char here[sizeof(attack_code)];

	put_code(here);
	if (!dlopen(args[0], RTLD_NOW)) {
		printf("dlopen: %s\n", dlerror());
		exit(0);
	}
	run_code(here);
}

/* ---- by the 32-bit system calls ---- */

static long call_32(long number, const uint32_t args[6])
{
	long r;

	/* ebp holds the sixth argument. */
	__asm__ volatile("push %%rbp; mov %[six], %%ebp; int $0x80; pop %%rbp"
			 : "=a"(r)
			 : "a"(number), "b"(args[0]), "c"(args[1]), "d"(args[2]), "S"(args[3]), "D"(args[4]),
			   [six] "r"(args[5])
			 : "memory", "r8", "r9", "r10", "r11");
	r = (int32_t)r;
	/* Addresses look negative too. */
	if (r < 0 && r > -4096) {
		errno = (int)-r;
		return -1;
	}
	return (long)(uint32_t)r;
}

static void map_32(char *const args[])
{
	int fd = opened(args[0], O_RDONLY | O_CLOEXEC);
	long at = must("mmap2", call_32(192, (uint32_t[]){ 0, PAGE, PROT_RX, MAP_PRIVATE, (uint32_t)fd, 0 }));

	run_code((void *)at);
}

static void protect_32(char *const args[])
{
	void *page = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));

	put_code(page);
	must("mprotect", call_32(125, (uint32_t[]){ (uint32_t)(uintptr_t)page, PAGE, PROT_RX, 0, 0, 0 }));
	run_code(page);
}

static void exec_32(char *const args[])
{
	char *low = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
	uint32_t at = (uint32_t)(uintptr_t)low, *argv = (uint32_t *)(void *)(low + 1024);

	strcpy(low, args[0]);
	argv[0] = at;
	must("execve", call_32(11, (uint32_t[]){ at, at + 1024, at + 1028, 0, 0, 0 }));
}

/* ---- under circumstances ---- */

#define FLOOD 4500
#define FLOOD_NAMES 64

/* More refusals than the record holds, of many names so that they are not counted as one; then FILE once more. */
static void flood(char *const args[])
{
	char path[64];

	for (int i = 0; i < FLOOD_NAMES; i++) {
		snprintf(path, sizeof(path), "%s-%d", args[0], i);
		unlink(path);
		must("link", link(args[0], path));
	}
	for (int i = 0; i < FLOOD; i++) {
		snprintf(path, sizeof(path), "%s-%d", args[0], i % FLOOD_NAMES);
		if (vfork() == 0) {
			execve(path, (char *[]){ (char *)"payload", NULL }, no_env);
			_exit(0);
		}
		wait(NULL);
	}
	exec_path(args[0]);
}

/* As little memory as can be left; the payload is tried again and again meanwhile. */
static void pressure(char *const args[])
{
	pid_t eater = (pid_t)must("fork", fork());

	if (eater == 0) {
		int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, "1000", 4) != 4)
			_exit(1);
		for (;;) {
			char *more = malloc(1 << 20);

			if (more)
				memset(more, 1, 1 << 20);
		}
	}
	for (int i = 0; i < 60 && waitpid(eater, NULL, WNOHANG) == 0; i++) {
		if (fork() == 0) {
			execve(args[0], payload_argv, no_env);
			_exit(0);
		}
		usleep(20000);
	}
	kill(eater, SIGKILL);
	while (wait(NULL) > 0)
		;
	exec_path(args[0]);
}

/* ---- odd files ---- */

/* Larger than what is hashed, nearly all of it a hole. */
static void sparse(char *const args[])
{
	int fd = opened(args[0], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC);

	must("write", write(fd, attack_code, sizeof(attack_code)));
	must("ftruncate", ftruncate(fd, 3ll << 30));
	close(fd);
	fd = opened(args[0], O_RDONLY | O_CLOEXEC);
	run_code(must_map("mmap", mmap(NULL, PAGE, PROT_RX, MAP_PRIVATE, fd, 0)));
}

/* Mapped as code while somebody makes it longer. */
static void growing(char *const args[])
{
	int fd = opened(args[0], O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC);
	pid_t writer;
	void *page;

	must("write", write(fd, attack_code, sizeof(attack_code)));
	writer = (pid_t)must("fork", fork());
	while (writer == 0)
		if (write(fd, "more", 4) != 4)
			_exit(0);
	page = mmap(NULL, PAGE, PROT_RX, MAP_PRIVATE, fd, 0);
	kill(writer, SIGKILL);
	run_code(must_map("mmap", page));
}

static const struct attack attacks[] = {
	{ "plain", plain }, { "by-vfork", by_vfork }, { "by-o-path", by_o_path }, { "by-dir-fd", by_dir_fd },
	{ "deleted", deleted }, { "memfd", memfd }, { "memfd-seals", memfd_sealed },
	{ "memfd-exec-flag", memfd_exec_flag }, { "memfd-by-proc", memfd_by_proc },
	{ "memfd-load", memfd_load }, { "tmpfile-exec", tmpfile_exec }, { "tmpfile-load", tmpfile_load },
	{ "tmpfile-linked", tmpfile_linked }, { "tmpfile-so", tmpfile_load_linked },
	{ "by-dlopen", by_dlopen }, { "by-soname", by_soname }, { "stack-library", stack_library },
	{ "map-32", map_32 }, { "protect-32", protect_32 }, { "exec-32", exec_32 }, { "flood", flood },
	{ "pressure", pressure }, { "sparse", sparse }, { "growing", growing },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
