// SPDX-License-Identifier: MIT
/*
 * volume - a listed program that root has taken over and that works on file systems
 *
 * usage: volume mount SOURCE TARGET TYPE [OPTIONS]    by mount(2), as util-linux before 2.39
 *        volume mount-new SOURCE TARGET TYPE          by fsopen(2) and move_mount(2), as later ones
 *        volume mount-read SOURCE TARGET TYPE         read-only
 *        volume remount-write TARGET
 *        volume bind SOURCE TARGET
 *        volume umount TARGET
 *        volume set-uuid DIRECTORY                    the UUID of tests/vm/partition.py, of a mounted ext4
 *        volume add-partition DISK START LENGTH       sectors of 512 bytes
 *        volume enable-verity FILE                    SHA-256, blocks of 4096 bytes, no salt
 *        volume set-flags FILE                        FS_NOATIME_FL
 *        volume rename FILE                           to another name beside it
 *
 * Prints the error's name, or "ok".  Exit status 0 when the call was made and
 * answered, whatever the answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

/* fs/ext4/ext4.h; the C library's headers have neither. */
struct fsuuid {
	__u32 len, flags;
	__u8 uuid[16];
};
#define EXT4_IOC_SETFSUUID	_IOC(_IOC_WRITE, 'f', 44, 8)

static void die(const char *what)
{
	fprintf(stderr, "volume: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int open_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static long mount_old(char *const *arg)
{
	return mount(arg[0], arg[1], arg[2], 0, arg[3]);
}

static long mount_read(char *const *arg)
{
	return mount(arg[0], arg[1], arg[2], MS_RDONLY, NULL);
}

static long remount_write(char *const *arg)
{
	return mount("none", arg[0], NULL, MS_REMOUNT, NULL);
}

static long mount_new(char *const *arg)
{
	int fs = fsopen(arg[2], FSOPEN_CLOEXEC), mnt;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "source", arg[0], 0) < 0)
		die("fsopen");
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	mnt = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return mnt < 0 ? -1 : move_mount(mnt, "", AT_FDCWD, arg[1], MOVE_MOUNT_F_EMPTY_PATH);
}

static long bind_mount(char *const *arg)
{
	return mount(arg[0], arg[1], NULL, MS_BIND, NULL);
}

static long unmount(char *const *arg)
{
	return umount(arg[0]);
}

static long set_uuid(char *const *arg)
{
	struct fsuuid u = { .len = 16, .uuid = { 0xda, 0x7a, 0xda, 0x7a, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0xda, 0x7a } };

	return ioctl(open_read(arg[0]), EXT4_IOC_SETFSUUID, &u);
}

static long add_partition(char *const *arg)
{
	struct blkpg_partition p = { .start = atoll(arg[1]) * 512, .length = atoll(arg[2]) * 512, .pno = 9 };
	struct blkpg_ioctl_arg call = { .op = BLKPG_ADD_PARTITION, .datalen = sizeof(p), .data = &p };

	return ioctl(open_read(arg[0]), BLKPG, &call);
}

static long enable_verity(char *const *arg)
{
	struct fsverity_enable_arg how = { .version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
					   .block_size = 4096 };

	return ioctl(open_read(arg[0]), FS_IOC_ENABLE_VERITY, &how);
}

static long set_flags(char *const *arg)
{
	int flags, fd = open_read(arg[0]);

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		die(arg[0]);
	flags |= FS_NOATIME_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static long move_beside(char *const *arg)
{
	char *to;

	if (asprintf(&to, "%s.moved", arg[0]) < 0)
		die("asprintf");
	return rename(arg[0], to);
}

static const struct {
	const char *name;
	int nr;			/* of arguments it needs */
	long (*make)(char *const *arg);
} calls[] = {
	{ "mount", 3, mount_old }, { "mount-new", 3, mount_new }, { "bind", 2, bind_mount },
	{ "mount-read", 3, mount_read }, { "remount-write", 1, remount_write },
	{ "umount", 1, unmount }, { "set-uuid", 1, set_uuid }, { "add-partition", 3, add_partition },
	{ "enable-verity", 1, enable_verity }, { "set-flags", 1, set_flags },
	{ "rename", 1, move_beside },
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(argv[1], calls[i].name) == 0 && argc - 2 >= calls[i].nr) {
			prctl(PR_SET_NAME, argv[1]);
			puts(calls[i].make(argv + 2) < 0 ? strerrorname_np(errno) : "ok");
			return 0;
		}
	fputs("volume: no such call\n", stderr);
	return 2;
}
