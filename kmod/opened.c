// SPDX-License-Identifier: GPL-2.0-only
// Tells by which name the present system call opens a file.
#include "opened.h"

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/unistd.h>

#include "policy.h"

/* The name that the present system call opens, and the directory it is relative to; NULL: none. */
static const char __user *opened_name(int *ret_dir)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (!user_64bit_mode(regs))
		return NULL;
	switch (regs->orig_ax) {
	case __NR_open:
		*ret_dir = AT_FDCWD;
		return (const char __user *)regs->di;
	case __NR_openat:
	case __NR_openat2:
		*ret_dir = regs->di;
		return (const char __user *)regs->si;
	default:
		return NULL;
	}
}

bool ag_opened_by(const char *path)
{
	size_t size = strlen(path) + 1;
	const char __user *from;
	char *name;
	bool same;
	int dir;

	from = opened_name(&dir);
	if (!from)
		return false;
	name = kmalloc(size, GFP_KERNEL);
	same = name && strncpy_from_user(name, from, size) == size - 1 && !strcmp(name, path);
	kfree(name);
	return same;
}

/* The directory @fd, or the working directory, by d_path() into @buf. */
static const char *directory_path(int fd, char *buf)
{
	const char *path = ERR_PTR(-EBADF);
	struct file *file;
	struct path pwd;

	if (fd == AT_FDCWD) {
		get_fs_pwd(current->fs, &pwd);
		path = d_path(&pwd, buf, PATH_MAX);
		path_put(&pwd);
		return path;
	}
	file = fget_raw(fd);
	if (file) {
		path = file_path(file, buf, PATH_MAX);
		fput(file);
	}
	return path;
}

/* Appends the components of @name, which may lie further on in the same buffer,
 * to @path, a buffer of PATH_MAX with @len bytes in it.  No "..": it means
 * another directory where a link stands before it. */
static ssize_t append_name(char *path, size_t len, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, "/");

		if (n == 2 && !strncmp(name, "..", n))
			return -ELOOP;
		if (n && !(n == 1 && name[0] == '.')) {
			if (len + n + 2 > PATH_MAX)
				return -ENAMETOOLONG;
			path[len++] = '/';
			memmove(path + len, name, n);
			len += n;
		}
		name += n;
		name += *name == '/';
	}
	path[len] = '\0';
	return len;
}

/* The name being opened, absolute, into @path; @name has PATH_MAX bytes as well.
 * Read once: another thread could make a relative name of an absolute one. */
static int opened_path(char *path, char *name)
{
	const char __user *from;
	const char *base;
	ssize_t len = 0;
	long n;
	int dir;

	from = opened_name(&dir);
	if (!from)
		return -EINVAL;
	n = strncpy_from_user(name, from, PATH_MAX);
	if (n < 0 || n >= PATH_MAX)
		return n < 0 ? n : -ENAMETOOLONG;
	if (name[0] != '/') {
		/* It lies at the end of the buffer whose beginning it moves to. */
		base = directory_path(dir, path);
		if (IS_ERR(base))
			return PTR_ERR(base);
		/* A directory that cannot be reached has a path that begins otherwise. */
		len = base[0] == '/' ? append_name(path, 0, base) : -ENOENT;
		if (len < 0)
			return len;
	}
	len = append_name(path, len, name);
	return len < 0 ? len : 0;
}

bool ag_opened_by_fixed_name(void)
{
	char *path = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	bool steady;

	steady = path && !opened_path(path, path + PATH_MAX) &&
		 (ag_policy_protects(path) || ag_policy_is_readable(path));
	kfree(path);
	return steady;
}
