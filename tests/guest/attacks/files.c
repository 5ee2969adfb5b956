// SPDX-License-Identifier: MIT
// files - puts the bytes of FILE into the place of TARGET, by every way to change a file or what its name leads to.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* IORING_OP_URING_CMD128, 6.19 */
#define OP_URING_CMD128 64
#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)
#define EXT4_IOC_SWAP_BOOT _IO('f', 17)

/* As fs/ext4/ext4.h has it. */
struct move_extent {
	uint32_t reserved, donor_fd;
	uint64_t orig_start, donor_start, len, moved_len;
};

static void write_all(int fd, const char *path)
{
	copy_into(path, fd);
	must("close", close(fd));
}

/* ---- by its name ---- */

static void overwrite(char *const args[])
{
	write_all(opened(args[0], O_WRONLY), args[1]);
}

static void open_truncate(char *const args[])
{
	write_all(opened(args[0], O_WRONLY | O_TRUNC), args[1]);
}

/* O_TRUNC cuts a file that is opened for reading, too. */
static void read_truncate(char *const args[])
{
	struct stat st;

	must("fstat", fstat(opened(args[0], O_RDONLY | O_TRUNC), &st));
	if (st.st_size == 0)
		succeeded("the file is empty");
}

static void cut(char *const args[])
{
	must("truncate", truncate(args[0], 0));
	succeeded("the file is empty");
}

static void append(char *const args[])
{
	must("write", write(opened(args[0], O_WRONLY | O_APPEND), "more", 4));
	succeeded("the file is longer");
}

static void punch(char *const args[])
{
	must("fallocate", fallocate(opened(args[0], O_RDWR), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	succeeded("there is a hole in it");
}

static void create(char *const args[])
{
	write_all(opened(args[0], O_WRONLY | O_CREAT | O_EXCL), args[1]);
}

static void rename_over(char *const args[])
{
	must("rename", rename(args[1], args[0]));
}

static void exchange(char *const args[])
{
	must("renameat2", renameat2(AT_FDCWD, args[1], AT_FDCWD, args[0], RENAME_EXCHANGE));
}

static void move_away(char *const args[])
{
	char path[PAGE];

	snprintf(path, sizeof(path), "/var/tmp/moved-%s", strrchr(args[0], '/') + 1);
	must("rename", rename(args[0], path));
	succeeded("it is gone");
}

static void remove_name(char *const args[])
{
	must("unlink", unlink(args[0]));
	succeeded("it is gone");
}

static void remove_dir(char *const args[])
{
	must("rmdir", rmdir(args[0]));
	succeeded("it is gone");
}

static void make_dir(char *const args[])
{
	must("mkdir", mkdir(args[0], 0755));
	succeeded("it is there");
}

static void make_link(char *const args[])
{
	must("symlink", symlink(args[1], args[0]));
	succeeded("it is there");
}

/* A second name, where anything may be done. */
static void second_name(char *const args[])
{
	unlink("/var/tmp/second");
	must("link", link(args[0], "/var/tmp/second"));
	write_all(opened("/var/tmp/second", O_WRONLY | O_TRUNC), args[1]);
}

static void link_nameless(char *const args[])
{
	int fd = (int)must("O_TMPFILE", open("/var/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0755));

	copy_into(args[1], fd);
	must("linkat", linkat(fd, "", AT_FDCWD, args[0], AT_EMPTY_PATH));
}

/* ---- past its name ---- */

static void by_handle(char *const args[])
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, root = opened("/", O_RDONLY | O_DIRECTORY);

	must("name_to_handle_at", name_to_handle_at(AT_FDCWD, args[0], &u.handle, &mount_id, 0));
	write_all((int)must("open_by_handle_at", open_by_handle_at(root, &u.handle, O_WRONLY | O_TRUNC)), args[1]);
}

static void by_proc_root(char *const args[])
{
	char path[PAGE];

	snprintf(path, sizeof(path), "/proc/1/root%s", args[0]);
	write_all(opened(path, O_WRONLY | O_TRUNC), args[1]);
}

/* Opened for reading, opened again through its descriptor. */
static void reopen(char *const args[])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", opened(args[0], O_RDONLY));
	write_all(opened(path, O_WRONLY | O_TRUNC), args[1]);
}

static void chroot_write(char *const args[])
{
	char *name = strrchr(args[0], '/');
	size_t len;
	char *data = read_bytes(args[1], &len);
	char path[PAGE];

	snprintf(path, sizeof(path), "/%s", name + 1);
	*name = 0;
	must("chroot", chroot(args[0]));
	must("write", write(opened(path, O_WRONLY | O_TRUNC), data, len));
}

static void bind_write(char *const args[])
{
	char *name = strrchr(args[0], '/');
	char path[PAGE];

	snprintf(path, sizeof(path), "/var/tmp/bound/%s", name + 1);
	*name = 0;
	mkdir("/var/tmp/bound", 0755);
	must("mount", mount(args[0], "/var/tmp/bound", NULL, MS_BIND, NULL));
	write_all(opened(path, O_WRONLY | O_TRUNC), args[1]);
}

/* ---- mode, owner, attributes ---- */

static void set_user_id(char *const args[])
{
	must("chmod", chmod(args[0], 04755));
	succeeded("it is set-user-ID");
}

static void other_owner(char *const args[])
{
	must("chown", chown(args[0], 1000, 1000));
	succeeded("it is another's");
}

static void capability(char *const args[])
{
	/* Version 2, effective, all capabilities of the first word. */
	static const uint32_t caps[5] = { 0x02000001, 0xffffffff, 0, 0, 0 };

	must("setxattr", setxattr(args[0], "security.capability", caps, sizeof(caps), 0));
	succeeded("it has capabilities");
}

/* An access list that lets user 1000 write; its format is linux/posix_acl_xattr.h. */
static void access_list(char *const args[])
{
	struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} acl = { 2, { { 0x01, 7, ~0u }, { 0x02, 7, 1000 }, { 0x04, 5, ~0u }, { 0x10, 7, ~0u }, { 0x20, 5, ~0u } } };

	must("setxattr", setxattr(args[0], "system.posix_acl_access", &acl, sizeof(acl), 0));
	succeeded("another may write it");
}

static void remove_attribute(char *const args[])
{
	must("removexattr", removexattr(args[0], "user.mark"));
	succeeded("its attribute is gone");
}

static void immutable(char *const args[])
{
	int flags, fd = opened(args[0], O_RDONLY);

	must("FS_IOC_GETFLAGS", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags |= FS_IMMUTABLE_FL;
	must("FS_IOC_SETFLAGS", ioctl(fd, FS_IOC_SETFLAGS, &flags));
	flags &= ~FS_IMMUTABLE_FL;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
	succeeded("nobody could have replaced it");
}

static void project(char *const args[])
{
	struct fsxattr attr;
	int fd = opened(args[0], O_RDONLY);

	must("FS_IOC_FSGETXATTR", ioctl(fd, FS_IOC_FSGETXATTR, &attr));
	attr.fsx_xflags |= FS_XFLAG_IMMUTABLE;
	must("FS_IOC_FSSETXATTR", ioctl(fd, FS_IOC_FSSETXATTR, &attr));
	attr.fsx_xflags &= ~(uint32_t)FS_XFLAG_IMMUTABLE;
	ioctl(fd, FS_IOC_FSSETXATTR, &attr);
	succeeded("nobody could have replaced it");
}

/* ---- ext4's own ---- */

static void move_extent(char *const args[])
{
	int to = opened(args[0], O_RDWR), donor = opened(args[1], O_RDWR);
	struct move_extent move = { .donor_fd = (uint32_t)donor, .len = 1 };

	must("fsync", fsync(donor));
	must("EXT4_IOC_MOVE_EXT", ioctl(to, EXT4_IOC_MOVE_EXT, &move));
	succeeded("its first block is another's");
}

static void swap_boot(char *const args[])
{
	int donor = opened(args[1], O_RDWR);

	must("fsync", fsync(donor));
	must("EXT4_IOC_SWAP_BOOT", ioctl(donor, EXT4_IOC_SWAP_BOOT));
	must("EXT4_IOC_SWAP_BOOT", ioctl(opened(args[0], O_RDWR), EXT4_IOC_SWAP_BOOT));
}

/* ---- below the file system ---- */

/* Where on the disk a file begins. */
static uint64_t place_of(const char *path)
{
	union {
		struct fiemap map;
		char bytes[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} u = { .map = { .fm_length = ~0ull, .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 1 } };

	must("FIEMAP", ioctl(opened(path, O_RDONLY), FS_IOC_FIEMAP, &u.map));
	return u.map.fm_extents[0].fe_physical;
}

static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "3", 1) != 1)
		refused("drop_caches", errno);
	close(fd);
}

static void write_disk(const char *node, uint64_t place, const char *path)
{
	size_t len;
	char *data = read_bytes(path, &len);
	int fd = opened(node, O_WRONLY);

	must("pwrite", pwrite(fd, data, len, (off_t)place));
	must("fsync", fsync(fd));
	close(fd);
	sync();
	drop_caches();
}

static void raw_disk(char *const args[])
{
	write_disk("/dev/vda", place_of(args[0]), args[1]);
}

static void own_node(char *const args[])
{
	struct stat st;

	must("stat", stat("/dev/vda", &st));
	unlink("/var/tmp/disk");
	must("mknod", mknod("/var/tmp/disk", S_IFBLK | 0600, st.st_rdev));
	write_disk("/var/tmp/disk", place_of(args[0]), args[1]);
}

/* The same through a mapping of the disk. */
static void mapped_disk(char *const args[])
{
	uint64_t place = place_of(args[0]);
	size_t len;
	char *data = read_bytes(args[1], &len), *map;
	int fd = opened("/dev/vda", O_RDWR);

	map = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)place));
	memcpy(map, data, len);
	must("msync", msync(map, len, MS_SYNC));
	drop_caches();
}

/* ---- while it is in use ---- */

/* Maps TARGET executable with somebody holding it open for writing, then writes and runs. */
static void write_behind(char *const args[])
{
	int fd = opened(args[0], O_RDWR);
	char *code = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));

	must("pwrite", pwrite(fd, attack_code, sizeof(attack_code), 0));
	run_code(code);
}

/* The writable mapping outlives its descriptor. */
static void shared_before(char *const args[])
{
	int fd = opened(args[0], O_RDWR);
	char *write = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)), *run;

	close(fd);
	fd = opened(args[0], O_RDONLY);
	run = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	put_code(write);
	run_code(run);
}

/* A library in use: its mapping sees what is written to the file. */
static void write_library(char *const args[])
{
	int fd = opened(args[0], O_RDONLY);
	char *code = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));

	fd = opened(args[0], O_RDWR);
	must("pwrite", pwrite(fd, attack_code, sizeof(attack_code), 0));
	run_code(code);
}

/* Its page is lost before it is written back: what cleared the end of the file never comes to the disk. */
static void lose_page(void *page)
{
	pid_t pid = (pid_t)must("fork", fork());

	/* The kernel ends who maps a page that fails. */
	if (pid == 0)
		_exit(madvise(page, PAGE, MADV_HWPOISON) < 0 ? errno : 0);
	must("waitpid", waitpid(pid, NULL, 0));
}

/*
 * COPY gets the content of LIBRARY, and code behind its end, in what is left of
 * its last page: written past the page cache as part of a longer file.
 */
static void behind_end(char *const args[])
{
	size_t len, whole;
	char *data = read_bytes(args[1], &len), *padded, *page;
	int fd = (int)must("open", open(args[0], O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0755));

	whole = (len + PAGE - 1) / PAGE * PAGE;
	if (whole - len < sizeof(attack_code))
		refused("no room behind the end", ENOSPC);
	padded = must_map("mmap", mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memcpy(padded, data, len);
	memcpy(padded + whole - sizeof(attack_code), attack_code, sizeof(attack_code));
	must("write", write(fd, padded, whole));
	must("truncate", ftruncate(fd, (off_t)len));
	page = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(whole - PAGE)));
	if (page[PAGE - 1] != 0)
		refused("the end was not cleared", EIO);
	lose_page(page);
	munmap(page, PAGE);
	close(fd);
	fd = opened(args[0], O_RDONLY);
	page = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, (off_t)(whole - PAGE)));
	run_code(page + PAGE - sizeof(attack_code));
}

/* Written by way of a pipe, without a write(2). */
static void splice_in(char *const args[])
{
	int ends[2], from = opened(args[1], O_RDONLY), to = opened(args[0], O_WRONLY | O_TRUNC);
	ssize_t n;

	must("pipe", pipe(ends));
	while ((n = splice(from, NULL, ends[1], NULL, 65536, 0)) > 0)
		must("splice", splice(ends[0], NULL, to, NULL, (size_t)n, 0));
	must("splice", n);
}

static void copy_range(char *const args[])
{
	int from = opened(args[1], O_RDONLY), to = opened(args[0], O_WRONLY | O_TRUNC);
	ssize_t n;

	while ((n = must("copy_file_range", copy_file_range(from, NULL, to, NULL, 1 << 20, 0))) > 0)
		;
}

/* ---- io_uring ---- */

/* One request, handed to the kernel's thread where @async; its result. */
static long uring(struct io_uring_sqe request)
{
	struct io_uring_params params = { .flags = request.opcode == OP_URING_CMD128 ? IORING_SETUP_SQE128 : 0 };
	int ring = (int)must("io_uring_setup", syscall(SYS_io_uring_setup, 2, &params));
	size_t len = params.sq_off.array + params.sq_entries * sizeof(uint32_t) +
		     params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	char *rings = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING));
	struct io_uring_sqe *sqes = must_map("mmap", mmap(NULL, params.sq_entries * sizeof(*sqes),
				PROT_READ | PROT_WRITE, MAP_SHARED, ring, (off_t)IORING_OFF_SQES));
	uint32_t *tail = (uint32_t *)(void *)(rings + params.sq_off.tail);

	sqes[0] = request;
	((uint32_t *)(void *)(rings + params.sq_off.array))[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	must("io_uring_enter", syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
	return ((struct io_uring_cqe *)(void *)(rings + params.cq_off.cqes))[0].res;
}

static long uring_must(const char *what, struct io_uring_sqe request)
{
	long r = uring(request);

	if (r < 0)
		refused(what, (int)-r);
	return r;
}

static struct io_uring_sqe open_request(const char *path, uint8_t flags)
{
	return (struct io_uring_sqe){ .opcode = IORING_OP_OPENAT, .flags = flags, .fd = AT_FDCWD,
				      .addr = (uintptr_t)path, .open_flags = O_WRONLY | O_TRUNC };
}

static void uring_open(char *const args[])
{
	write_all((int)uring_must("IORING_OP_OPENAT", open_request(args[0], 0)), args[1]);
}

static void uring_async(char *const args[])
{
	write_all((int)uring_must("IORING_OP_OPENAT", open_request(args[0], IOSQE_ASYNC)), args[1]);
}

static void uring_rename(char *const args[])
{
	uring_must("IORING_OP_RENAMEAT", (struct io_uring_sqe){ .opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD,
		   .addr = (uintptr_t)args[1], .len = (uint32_t)AT_FDCWD, .addr2 = (uintptr_t)args[0] });
}

static void uring_unlink(char *const args[])
{
	uring_must("IORING_OP_UNLINKAT", (struct io_uring_sqe){ .opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		   .addr = (uintptr_t)args[0] });
	succeeded("it is gone");
}

static void uring_setxattr(char *const args[])
{
	static const char name[] = "user.mark";

	uring_must("IORING_OP_SETXATTR", (struct io_uring_sqe){ .opcode = IORING_OP_SETXATTR,
		   .addr = (uintptr_t)name, .addr2 = (uintptr_t)"x", .len = 1, .addr3 = (uintptr_t)args[0] });
	succeeded("it has an attribute");
}

/* A command to a driver, past ioctl; the null device takes any. */
static void drive(uint8_t opcode, const char *node)
{
	uring_must("IORING_OP_URING_CMD", (struct io_uring_sqe){ .opcode = opcode, .fd = opened(node, O_RDWR) });
	succeeded("the driver took the command");
}

static void uring_command(char *const args[])
{
	drive(IORING_OP_URING_CMD, args[0]);
}

static void uring_command_128(char *const args[])
{
	drive(OP_URING_CMD128, args[0]);
}

static const struct attack attacks[] = {
	{ "overwrite", overwrite }, { "open-truncate", open_truncate }, { "read-truncate", read_truncate },
	{ "truncate", cut }, { "append", append }, { "punch", punch }, { "create", create },
	{ "rename-over", rename_over }, { "exchange", exchange }, { "move-away", move_away },
	{ "remove", remove_name }, { "rmdir", remove_dir }, { "mkdir", make_dir }, { "symlink", make_link },
	{ "second-name", second_name }, { "link-nameless", link_nameless }, { "by-handle", by_handle },
	{ "by-proc-root", by_proc_root }, { "reopen", reopen }, { "chroot-write", chroot_write },
	{ "bind-write", bind_write }, { "set-user-id", set_user_id }, { "other-owner", other_owner },
	{ "capability", capability }, { "access-list", access_list }, { "remove-xattr", remove_attribute },
	{ "immutable", immutable }, { "project", project }, { "move-extent", move_extent },
	{ "swap-boot", swap_boot }, { "raw-disk", raw_disk }, { "own-node", own_node },
	{ "mapped-disk", mapped_disk }, { "write-behind", write_behind }, { "shared-before", shared_before },
	{ "write-library", write_library }, { "behind-end", behind_end }, { "splice-in", splice_in }, { "copy-range", copy_range },
	{ "uring-open", uring_open }, { "uring-async", uring_async }, { "uring-rename", uring_rename },
	{ "uring-unlink", uring_unlink }, { "uring-setxattr", uring_setxattr }, { "uring-command", uring_command },
	{ "uring-command128", uring_command_128 },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
