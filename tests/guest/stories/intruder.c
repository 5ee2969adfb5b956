// SPDX-License-Identifier: MIT
/*
 * intruder - a listed program that was taken over, with root's rights, and makes one system call
 *
 * usage: intruder mount SOURCE TARGET TYPE [OPTIONS]    by mount(2), as util-linux before 2.39
 *        intruder mount-new SOURCE TARGET TYPE          by fsopen(2) and move_mount(2), as later ones
 *        intruder bind SOURCE TARGET
 *        intruder umount TARGET
 *        intruder remount-write TARGET
 *        intruder set-uuid DIRECTORY                    the UUID of tests/machine/partition.py, of a mounted ext4
 *        intruder add-partition DISK START LENGTH       sectors of 512 bytes
 *        intruder enable-verity FILE                    SHA-256, blocks of 4096 bytes, no salt
 *        intruder set-flags FILE                        FS_NOATIME_FL
 *        intruder rename FILE                           to another name beside it
 *        intruder open-read|open-write|create|truncate|chmod|unlink FILE
 *        intruder anon-rwx                              memory to write code to and run it
 *        intruder read-implies-exec                     whether the personality has it then
 *        intruder remove-guard                          the module, by force
 *
 * Runs under the name of the call, so that the record says which it was.
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
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* fs/ext4/ext4.h; the C library's headers have neither. */
struct fsuuid {
	__u32 len, flags;
	__u8 uuid[16];
};
#define EXT4_IOC_SETFSUUID	_IOC(_IOC_WRITE, 'f', 44, 8)

static void die(const char *what)
{
	fprintf(stderr, "intruder: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int open_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

/* ---- file systems ---- */

static long mount_old(char *const *arg)
{
	return mount(arg[0], arg[1], arg[2], 0, arg[3]);
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

static long remount_for_writing(char *const *arg)
{
	return mount(NULL, arg[0], NULL, MS_REMOUNT, NULL);
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

/* ---- files ---- */

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

static long call_open_read(char *const *arg)
{
	return open(arg[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static long call_open_write(char *const *arg)
{
	return open(arg[0], O_WRONLY | O_CLOEXEC);
}

static long call_create(char *const *arg)
{
	return open(arg[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static long call_truncate(char *const *arg)
{
	return truncate(arg[0], 0);
}

static long call_chmod(char *const *arg)
{
	return chmod(arg[0], 04755);
}

static long call_unlink(char *const *arg)
{
	return unlink(arg[0]);
}

/* ---- memory and the kernel ---- */

static long anon_rwx(char *const *unused)
{
	const void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? -1 : 0;
}

/* The call itself succeeds; what counts is whether the bit is there afterwards. */
static long read_implies_exec(char *const *unused)
{
	if (personality(READ_IMPLIES_EXEC) < 0)
		return -1;
	if (personality(0xffffffff) & READ_IMPLIES_EXEC)
		return 0;
	errno = EPERM;
	return -1;
}

/* By force: without the guard's doing the count of users would not matter. */
static long remove_guard(char *const *unused)
{
	return syscall(SYS_delete_module, "atmguard", O_NONBLOCK | O_TRUNC);
}

static const struct {
	const char *name;
	int nr;			/* of arguments it needs */
	long (*make)(char *const *arg);
} calls[] = {
	{ "mount", 3, mount_old }, { "mount-new", 3, mount_new }, { "bind", 2, bind_mount },
	{ "umount", 1, unmount }, { "remount-write", 1, remount_for_writing },
	{ "set-uuid", 1, set_uuid }, { "add-partition", 3, add_partition },
	{ "enable-verity", 1, enable_verity }, { "set-flags", 1, set_flags },
	{ "rename", 1, move_beside },
	{ "open-read", 1, call_open_read }, { "open-write", 1, call_open_write },
	{ "create", 1, call_create }, { "truncate", 1, call_truncate },
	{ "chmod", 1, call_chmod }, { "unlink", 1, call_unlink },
	{ "anon-rwx", 0, anon_rwx }, { "read-implies-exec", 0, read_implies_exec },
	{ "remove-guard", 0, remove_guard },
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(argv[1], calls[i].name) == 0 && argc - 2 >= calls[i].nr) {
			prctl(PR_SET_NAME, argv[1]);
			puts(calls[i].make(argv + 2) < 0 ? strerrorname_np(errno) : "ok");
			return 0;
		}
	fputs("intruder: no such call\n", stderr);
	return 2;
}
