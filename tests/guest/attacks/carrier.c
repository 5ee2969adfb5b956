// SPDX-License-Identifier: MIT
// carrier - brings the program FILE on something that is not the machine's own file system, and starts it there.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/loop.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROOM "/var/tmp/room"

static void start(const char *path)
{
	char *argv[] = { (char *)"payload", NULL }, *envp[] = { NULL };

	must(path, execve(path, argv, envp));
}

static void make_room(void)
{
	mkdir(ROOM, 0755);
}

static void put_and_start(const char *dir, const char *file)
{
	char path[PAGE];
	int fd;

	snprintf(path, sizeof(path), "%s/payload", dir);
	fd = (int)must(path, open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
	copy_into(file, fd);
	close(fd);
	start(path);
}

/* ---- file systems in memory ---- */

/* args: FILE TYPE */
static void in_memory(char *const args[])
{
	make_room();
	must("mount", mount("none", ROOM, args[1], 0, NULL));
	put_and_start(ROOM, args[0]);
}

/* args: FILE DIRECTORY */
static void in_directory(char *const args[])
{
	put_and_start(args[1], args[0]);
}

static void write_text(const char *path, const char *text)
{
	int fd = (int)must(path, open(path, O_WRONLY | O_CLOEXEC));

	must(path, write(fd, text, strlen(text)));
	close(fd);
}

/* Root in a user namespace of its own, with a mount namespace to it; args: FILE DIRECTORY */
static void in_namespace(char *const args[])
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];

	must("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_text("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_text("/proc/self/gid_map", map);
	must("mount", mount("none", args[1], "tmpfs", 0, NULL));
	put_and_start(args[1], args[0]);
}

/* Another root directory, in which the names of listed programs lead elsewhere. */
static void other_root(char *const args[])
{
	make_room();
	must("mount", mount("none", ROOM, "tmpfs", 0, NULL));
	must("mkdir", mkdir(ROOM "/usr", 0755));
	must("mount", mount("/usr", ROOM "/usr", NULL, MS_BIND | MS_REC, NULL));
	must("symlink", symlink("usr/lib", ROOM "/lib"));
	must("symlink", symlink("usr/lib64", ROOM "/lib64"));
	if (open(ROOM "/payload", O_RDONLY) < 0) {
		int fd = (int)must("create", open(ROOM "/payload", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));

		copy_into(args[0], fd);
		close(fd);
	}
	must("chroot", chroot(ROOM));
	must("chdir", chdir("/"));
	start("/payload");
}

/* ---- mounts ---- */

/* args: PAYLOAD'S-NAME TYPE SOURCE OPTIONS, by mount(2) */
static void mounted(char *const args[])
{
	char path[PAGE];

	make_room();
	must("mount", mount(args[2], ROOM, args[1], strcmp(args[1], "overlay") ? MS_RDONLY : 0, args[3]));
	snprintf(path, sizeof(path), ROOM "/%s", args[0]);
	start(path);
}

/* For what has nothing on it yet. */
static void mounted_empty(char *const args[])
{
	make_room();
	must("mount", mount(args[1], ROOM, args[0], 0, NULL));
	succeeded("it is mounted");
}

/* The same by fsopen, fsmount and move_mount. */
static void mounted_new(char *const args[])
{
	int fs = (int)must("fsopen", fsopen(args[1], FSOPEN_CLOEXEC)), fd;
	char path[PAGE];

	make_room();
	must("fsconfig source", fsconfig(fs, FSCONFIG_SET_STRING, "source", args[2], 0));
	must("fsconfig ro", fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0));
	must("fsconfig create", fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fd = (int)must("fsmount", fsmount(fs, FSMOUNT_CLOEXEC, 0));
	must("move_mount", move_mount(fd, "", AT_FDCWD, ROOM, MOVE_MOUNT_F_EMPTY_PATH));
	snprintf(path, sizeof(path), ROOM "/%s", args[0]);
	start(path);
}

/* Never attached anywhere: started through the descriptor of the mount. */
static void detached(char *const args[])
{
	int fs = (int)must("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC)), dir, fd;
	char *argv[] = { (char *)"payload", NULL }, *envp[] = { NULL };

	must("fsconfig create", fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	dir = (int)must("fsmount", fsmount(fs, FSMOUNT_CLOEXEC, 0));
	fd = (int)must("openat", openat(dir, "payload", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
	copy_into(args[0], fd);
	close(fd);
	must("execveat", syscall(SYS_execveat, dir, "payload", argv, envp, 0));
}

/* args: FROM TO PROGRAM: over a directory of programs, then the program there. */
static void bind_over(char *const args[])
{
	must("mount", mount(args[0], args[1], NULL, MS_BIND, NULL));
	start(args[2]);
}

static void bind_over_new(char *const args[])
{
	int fd = (int)must("open_tree", open_tree(AT_FDCWD, args[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));

	must("move_mount", move_mount(fd, "", AT_FDCWD, args[1], MOVE_MOUNT_F_EMPTY_PATH));
	start(args[2]);
}

/* args: FILE NAME: lower layer is the machine, the upper one in memory; FILE is put over NAME. */
static void overlaid(char *const args[])
{
	char path[PAGE];
	int fd;

	make_room();
	must("mount tmpfs", mount("none", ROOM, "tmpfs", 0, NULL));
	must("mkdir", mkdir(ROOM "/upper", 0755) | mkdir(ROOM "/work", 0755) | mkdir(ROOM "/merged", 0755));
	must("mount overlay", mount("overlay", ROOM "/merged", "overlay", 0,
				    "lowerdir=/,upperdir=" ROOM "/upper,workdir=" ROOM "/work"));
	snprintf(path, sizeof(path), ROOM "/merged%s", args[1]);
	fd = (int)must(path, open(path, O_WRONLY | O_TRUNC | O_CLOEXEC));
	copy_into(args[0], fd);
	close(fd);
	start(path);
}

/* args: FILE DIRECTORY NAME: the upper layer is a directory of the machine, which is changed through the overlay. */
static void overlay_write(char *const args[])
{
	char options[PAGE], path[PAGE];
	int fd;

	make_room();
	mkdir("/var/tmp/lower", 0755);
	mkdir("/var/tmp/work", 0755);
	snprintf(options, sizeof(options), "lowerdir=/var/tmp/lower,upperdir=%s,workdir=/var/tmp/work", args[1]);
	must("mount overlay", mount("overlay", ROOM, "overlay", 0, options));
	snprintf(path, sizeof(path), ROOM "/%s", args[2]);
	fd = (int)must(path, open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0755));
	copy_into(args[0], fd);
	close(fd);
}

/* ---- disks ---- */

static void loop_and_start(const char *image, const char *node)
{
	struct loop_config config = { .fd = (uint32_t)opened(image, O_RDWR) };

	must("LOOP_CONFIGURE", ioctl(opened(node, O_RDWR), LOOP_CONFIGURE, &config));
	make_room();
	must("mount", mount(node, ROOM, "ext4", MS_RDONLY, NULL));
	start(ROOM "/payload");
}

/* args: IMAGE NODE: a disk out of a file, by a node of one's own for the loop driver */
static void own_loop_node(char *const args[])
{
	unlink(args[1]);
	must("mknod", mknod(args[1], S_IFBLK | 0600, makedev(7, 5)));
	loop_and_start(args[0], args[1]);
}

/* args: IMAGE */
static void loop_control(char *const args[])
{
	int fd = opened("/dev/loop-control", O_RDWR);
	char path[64];

	snprintf(path, sizeof(path), "/dev/loop%ld", must("LOOP_CTL_GET_FREE", ioctl(fd, LOOP_CTL_GET_FREE)));
	loop_and_start(args[0], path);
}

/* ---- FUSE ---- */

#define FUSE_FILE 2

struct server {
	int fd;
	char *data;
	size_t len;
};

static void answer(const struct server *s, uint64_t unique, int error, const void *data, size_t len)
{
	static char out[sizeof(struct fuse_out_header) + (1 << 17)];
	struct fuse_out_header header = { .len = (uint32_t)(sizeof(header) + len), .error = -error,
					  .unique = unique };

	memcpy(out, &header, sizeof(header));
	if (len)
		memcpy(out + sizeof(header), data, len);
	if (write(s->fd, out, sizeof(header) + len) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attributes(const struct server *s, uint64_t node)
{
	return (struct fuse_attr){ .ino = node, .size = node == FUSE_FILE ? s->len : 0, .nlink = 1, .blksize = 4096,
				   .mode = node == FUSE_FILE ? S_IFREG | 0755 : S_IFDIR | 0755 };
}

static void serve_one(const struct server *s, const struct fuse_in_header *in, const void *body)
{
	const struct fuse_read_in *read_in = body;
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
				      .max_readahead = 65536, .max_write = 65536 };
	struct fuse_entry_out entry = { .nodeid = FUSE_FILE, .attr = attributes(s, FUSE_FILE) };
	struct fuse_attr_out attr = { .attr = attributes(s, in->nodeid) };
	struct fuse_open_out opened = { 0 };
	size_t len;

	switch (in->opcode) {
	case FUSE_INIT:
		answer(s, in->unique, 0, &init, sizeof(init));
		return;
	case FUSE_LOOKUP:
		answer(s, in->unique, 0, &entry, sizeof(entry));
		return;
	case FUSE_GETATTR:
		answer(s, in->unique, 0, &attr, sizeof(attr));
		return;
	case FUSE_OPEN:
		answer(s, in->unique, 0, &opened, sizeof(opened));
		return;
	case FUSE_READ:
		len = read_in->offset < s->len ? s->len - read_in->offset : 0;
		len = len < read_in->size ? len : read_in->size;
		answer(s, in->unique, 0, s->data + read_in->offset, len);
		return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(s, in->unique, 0, NULL, 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return;
	}
	answer(s, in->unique, ENOSYS, NULL, 0);
}

static void serve(const struct server *s)
{
	static union {
		struct fuse_in_header header;
		char bytes[1 << 18];
	} in;

	while (read(s->fd, &in, sizeof(in)) > 0)
		serve_one(s, &in.header, &in.header + 1);
	_exit(0);
}

/* A file system whose content is whatever this program says it is. */
static void fuse(char *const args[])
{
	struct server s;
	char options[128];

	s.data = read_bytes(args[0], &s.len);
	s.fd = (int)must("/dev/fuse", open("/dev/fuse", O_RDWR | O_CLOEXEC));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", s.fd);
	make_room();
	must("mount", mount("none", ROOM, "fuse", MS_NODEV, options));
	if (must("fork", fork()) == 0)
		serve(&s);
	start(ROOM "/payload");
}

static const struct attack attacks[] = {
	{ "in-memory", in_memory }, { "in-directory", in_directory }, { "in-namespace", in_namespace },
	{ "other-root", other_root }, { "mounted", mounted }, { "mounted-empty", mounted_empty },
	{ "mounted-new", mounted_new }, { "detached", detached }, { "bind-over", bind_over },
	{ "bind-over-new", bind_over_new }, { "overlaid", overlaid }, { "overlay-write", overlay_write },
	{ "own-loop-node", own_loop_node }, { "loop-control", loop_control }, { "fuse", fuse },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
