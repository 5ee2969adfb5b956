// SPDX-License-Identifier: MIT
/*
 * intruder - a listed program that was taken over and makes one system call that must fail
 *
 * usage: intruder WHAT [FILE]    see the table at the end
 *
 * Runs under the name of the call.  Prints the error's name, or "ok".  Exit status 0 when the call was made and
 * answered, whatever the answer; a crash or a fault in the preparation is
 * neither.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kexec.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static void die(const char *what)
{
	fprintf(stderr, "intruder: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *file_bytes(const char *path, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st) < 0 || !(data = malloc((size_t)st.st_size)) ||
	    read(fd, data, (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	*ret_len = (size_t)st.st_size;
	return data;
}

static long map_result(const void *map)
{
	return map == MAP_FAILED ? -1 : 0;
}

/* ---- executable memory ---- */

static long anon_rwx(const char *unused)
{
	return map_result(mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void *writable_page(void)
{
	void *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		die("mmap");
	memset(map, 0xc3, PAGE);
	return map;
}

static long anon_to_exec(const char *unused)
{
	return mprotect(writable_page(), PAGE, PROT_READ | PROT_EXEC);
}

static long stack_to_exec(const char *unused)
{
	char here[1];

	return mprotect((void *)((unsigned long)here & ~(PAGE - 1UL)), PAGE,
			PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long memfd_exec(const char *unused)
{
	int fd = memfd_create("code", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE) < 0)
		die("memfd");
	return map_result(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
}

/* Pages of a listed library, changed in memory first. */
static long patched_library(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map = fd < 0 ? MAP_FAILED
			   : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		die(path);
	map[100] ^= 1;
	return mprotect(map, PAGE, PROT_READ | PROT_EXEC);
}

static long map_unlisted(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return map_result(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
}

static long unlisted_to_exec(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		die(path);
	return mprotect(map, PAGE, PROT_READ | PROT_EXEC);
}

/* The call itself succeeds; what counts is whether the bit is there afterwards. */
static long read_implies_exec(const char *unused)
{
	if (personality(READ_IMPLIES_EXEC) < 0)
		return -1;
	if (personality(0xffffffff) & READ_IMPLIES_EXEC)
		return 0;
	errno = EPERM;
	return -1;
}

/* ---- other processes and one's own ---- */

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static long end_child(pid_t pid, long r)
{
	int error = errno;

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	errno = error;
	return r;
}

static long attach(const char *unused)
{
	pid_t pid = start_child();

	return end_child(pid, ptrace(PTRACE_ATTACH, pid, NULL, NULL));
}

static long traceme(const char *unused)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long write_other(const char *unused)
{
	static char bytes[8];
	struct iovec iov = { bytes, sizeof(bytes) };
	pid_t pid = start_child();

	return end_child(pid, process_vm_writev(pid, &iov, 1, &iov, 1, 0));
}

static long own_mem(const char *unused)
{
	return open("/proc/self/mem", O_RDWR | O_CLOEXEC);
}

static long other_exe(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0);
}

/* ---- the kernel ---- */

static long load_bpf(const char *unused)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				.insns = (__u64)(unsigned long)code, .insn_cnt = 2,
				.license = (__u64)(unsigned long)"GPL" };

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* What leads to the guard's own programs, and from there to detaching them. */
static long find_link(const char *unused)
{
	union bpf_attr attr = { .start_id = 0 };

	return syscall(SYS_bpf, BPF_LINK_GET_NEXT_ID, &attr, sizeof(attr));
}

static long module_from_memory(const char *path)
{
	size_t len;
	void *data = file_bytes(path, &len);

	return syscall(SYS_init_module, data, len, "");
}

static long module_from_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return syscall(SYS_finit_module, fd, "", 0);
}

/* Forced: without the guard's doing the count of users would not matter. */
static long remove_guard(const char *unused)
{
	return syscall(SYS_delete_module, "atmguard", O_NONBLOCK | O_TRUNC);
}

static long kexec(const char *unused)
{
	struct kexec_segment segment = { .buf = writable_page(), .bufsz = PAGE,
					 .mem = (void *)0x1000000, .memsz = PAGE };

	return syscall(SYS_kexec_load, 0x1000000, 1, &segment, KEXEC_ARCH_DEFAULT);
}

static long kexec_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return syscall(SYS_kexec_file_load, fd, -1, 1UL, "", 0x4 /* KEXEC_FILE_NO_INITRAMFS */);
}

/* ---- files ---- */

static long open_write(const char *path)
{
	return open(path, O_WRONLY | O_CLOEXEC);
}

static long open_read(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static long create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static long cut(const char *path)
{
	return truncate(path, 0);
}

static long change_mode(const char *path)
{
	return chmod(path, 04755);
}

static long remove_name(const char *path)
{
	return unlink(path);
}

static long move_away(const char *path)
{
	return rename(path, "/var/tmp/moved");
}

static long second_name(const char *path)
{
	return link(path, "/var/tmp/second");
}

/* A node of one's own for the disk that the machine runs from. */
static long own_node(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) < 0 || mknod("/var/tmp/disk", S_IFBLK | 0600, st.st_rdev) < 0)
		die(path);
	fd = open("/var/tmp/disk", O_WRONLY | O_CLOEXEC);
	unlink("/var/tmp/disk");
	return fd;
}

/* The call itself, not mount(8), which has words of its own for the error. */
static long mount_disk(const char *path)
{
	return mount(path, "/mnt/foreign", "ext4", MS_RDONLY, NULL);
}

static long mount_new(const char *path)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "source", path, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0)
		die("fsopen");
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

static const struct {
	const char *name;
	long (*make)(const char *path);
} calls[] = {
	{ "anon-rwx", anon_rwx }, { "anon-to-exec", anon_to_exec }, { "stack-to-exec", stack_to_exec },
	{ "memfd-exec", memfd_exec }, { "patched-library", patched_library },
	{ "map-unlisted", map_unlisted }, { "unlisted-to-exec", unlisted_to_exec },
	{ "read-implies-exec", read_implies_exec }, { "attach", attach }, { "traceme", traceme },
	{ "write-other", write_other }, { "own-mem", own_mem }, { "other-exe", other_exe },
	{ "load-bpf", load_bpf }, { "find-link", find_link },
	{ "module-from-memory", module_from_memory }, { "module-from-file", module_from_file },
	{ "remove-guard", remove_guard }, { "kexec", kexec }, { "kexec-file", kexec_file },
	{ "open-write", open_write }, { "open-read", open_read }, { "create", create },
	{ "truncate", cut }, { "chmod", change_mode }, { "unlink", remove_name },
	{ "rename", move_away }, { "link", second_name }, { "own-node", own_node },
	{ "mount", mount_disk }, { "fsmount", mount_new },
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(argv[1], calls[i].name) == 0) {
			long r;

			/* So that the record says which attempt it was. */
			prctl(PR_SET_NAME, argv[1]);
			r = calls[i].make(argc > 2 ? argv[2] : NULL);
			puts(r < 0 ? strerrorname_np(errno) : "ok");
			return 0;
		}
	fputs("intruder: no such call\n", stderr);
	return 2;
}
