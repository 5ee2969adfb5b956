// SPDX-License-Identifier: MIT
// newer - attacks by system calls that kernels after 6.12 brought; an older one answers that it has none such.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Numbers and flags that the build host's headers may be too old for. */
#define NR_setxattrat		463
#define NR_removexattrat	466
#define NR_file_setattr		469
#define FSMOUNT_IN_NAMESPACE	0x2		/* FSMOUNT_NAMESPACE */
#define UNSHARE_EMPTY		0x00100000	/* UNSHARE_EMPTY_MNTNS */
#define PRE_ACCESS		0x00100000	/* FAN_PRE_ACCESS */

/* As linux/xattr.h and linux/fs.h have them. */
struct xattr_value {
	uint64_t value;
	uint32_t size, flags;
};

struct attributes {
	uint64_t flags;
	uint32_t extent_size, nr_extents, project, cow_extent_size;
};

/* ---- attributes, past ioctl and the older calls ---- */

static void file_attributes(char *const args[])
{
	struct attributes attr = { .flags = FS_XFLAG_IMMUTABLE };

	must("file_setattr", syscall(NR_file_setattr, AT_FDCWD, args[0], &attr, sizeof(attr), 0));
	attr.flags = 0;
	syscall(NR_file_setattr, AT_FDCWD, args[0], &attr, sizeof(attr), 0);
	succeeded("nobody could have replaced it");
}

static void set_xattr_at(char *const args[])
{
	struct xattr_value value = { .value = (uintptr_t)"x", .size = 1 };

	must("setxattrat", syscall(NR_setxattrat, AT_FDCWD, args[0], 0, "user.own", &value, sizeof(value)));
	succeeded("it has an attribute");
}

static void remove_xattr_at(char *const args[])
{
	must("removexattrat", syscall(NR_removexattrat, AT_FDCWD, args[0], 0, "user.mark"));
	succeeded("its attribute is gone");
}

/* ---- content that is there only when it is read ---- */

/* The file keeps its length: cutting it would be one more event, to be answered by who waits for it. */
static void answer(int watch, const struct fanotify_event_metadata *event, const char *data, size_t len)
{
	struct fanotify_response yes = { .fd = event->fd, .response = FAN_ALLOW };

	must("pwrite", pwrite(event->fd, data, len, 0));
	must("write", write(watch, &yes, sizeof(yes)));
	close(event->fd);
}

/* Runs TARGET; before the kernel reads a byte of it this program is asked, and puts FILE there. */
static void pre_content(char *const args[])
{
	char *argv[] = { args[0], NULL }, *envp[] = { NULL };
	union {
		struct fanotify_event_metadata first;
		char bytes[PAGE];	/* with the range that is read */
	} event;
	struct pollfd ready = { .events = POLLIN };
	size_t len;
	char *data = read_bytes(args[1], &len);
	pid_t pid;

	ready.fd = (int)must("fanotify_init", fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
							    O_RDWR | O_LARGEFILE | O_CLOEXEC));
	must("fanotify_mark", fanotify_mark(ready.fd, FAN_MARK_ADD, PRE_ACCESS, AT_FDCWD, args[0]));
	pid = (pid_t)must("fork", fork());
	if (pid == 0)
		must("execve", execve(args[0], argv, envp));
	while (waitpid(pid, NULL, WNOHANG) == 0)
		if (poll(&ready, 1, 100) > 0) {
			must("event", read(ready.fd, &event, sizeof(event)));
			answer(ready.fd, &event.first, data, len);
		}
}

/* ---- mount namespaces that begin empty, or with a file system of one's own ---- */

/* FILE, which needs nothing else, into the directory, and off. */
static void put_and_start(int dir, const char *data, size_t len)
{
	char *argv[] = { (char *)"payload", NULL }, *envp[] = { NULL };
	int fd = (int)must("create", openat(dir, "payload", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));

	must("write", write(fd, data, len));
	close(fd);
	must("execve", execve("/payload", argv, envp));
}

static int memory_mount(unsigned int flags)
{
	int fs = (int)must("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC));

	must("fsconfig", fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return (int)must("fsmount", fsmount(fs, FSMOUNT_CLOEXEC | flags, 0));
}

static void own_namespace(char *const args[])
{
	size_t len;
	char *data = read_bytes(args[0], &len);

	must("setns", setns(memory_mount(FSMOUNT_IN_NAMESPACE), CLONE_NEWNS));
	put_and_start(opened("/", O_RDONLY | O_DIRECTORY), data, len);
}

static void empty_namespace(char *const args[])
{
	size_t len;
	char *data = read_bytes(args[0], &len);
	int dir;

	must("unshare", unshare(UNSHARE_EMPTY));
	dir = memory_mount(0);
	must("move_mount", move_mount(dir, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
	must("fchdir", fchdir(dir));
	must("chroot", chroot("."));
	put_and_start(dir, data, len);
}

static const struct attack attacks[] = {
	{ "file-setattr", file_attributes }, { "setxattrat", set_xattr_at }, { "removexattrat", remove_xattr_at },
	{ "pre-content", pre_content }, { "own-namespace", own_namespace }, { "empty-namespace", empty_namespace },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
