// SPDX-License-Identifier: GPL-2.0-only
// Tells the kernel's switches from its reports.
#include "pseudo.h"

#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/magic.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sprintf.h>
#include <linux/string.h>

/* Not in linux/magic.h: fs/configfs/mount.c. */
#define CONFIGFS_MAGIC	0x62656570

/* Longest path looked at in procfs; a longer one is nothing named here. */
#define AG_PROC_PATH	128

/* A process's own files begin with its number; self and thread-self are links. */
static bool is_of_process(const char *path)
{
	return isdigit(path[1]);
}

static const char *proc_path(const struct file *file, char buf[AG_PROC_PATH])
{
	const char *path = dentry_path_raw(file->f_path.dentry, buf, AG_PROC_PATH);

	return IS_ERR(path) ? NULL : path;
}

bool ag_pseudo_is_process(struct dentry *dentry)
{
	char buf[AG_PROC_PATH];
	const char *path;

	if (dentry->d_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	path = dentry_path_raw(dentry, buf, sizeof(buf));
	return IS_ERR(path) || is_of_process(path);
}

bool ag_pseudo_is_control(const struct file *file)
{
	char buf[AG_PROC_PATH];
	const char *path;

	switch (file_inode(file)->i_sb->s_magic) {
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case EFIVARFS_MAGIC:
	case BINFMTFS_MAGIC:
	case CONFIGFS_MAGIC:
	case CGROUP_SUPER_MAGIC:	/* version 1: release_agent */
		return true;
	case PROC_SUPER_MAGIC:
		path = proc_path(file, buf);
		return !path || !is_of_process(path);
	default:
		return false;
	}
}

/* What the kernel gave the first process to start with. */
static bool is_first_environment(const struct file *file, const char *path)
{
	return !strcmp(path, "/1/environ") && proc_pid_ns(file_inode(file)->i_sb) == &init_pid_ns;
}

bool ag_pseudo_is_report(const struct file *file)
{
	static const char * const reports[] = {
		"/cmdline", "/cpuinfo", "/devices", "/diskstats", "/filesystems", "/interrupts", "/loadavg",
		"/meminfo", "/misc", "/modules", "/partitions", "/stat", "/swaps",
		"/sys/kernel/cap_last_cap", "/sys/kernel/osrelease", "/uptime", "/version", "/vmstat",
	};
	char buf[AG_PROC_PATH];
	const char *path;

	/* Of a module; other files there show names and settings that root gave. */
	if (file_inode(file)->i_sb->s_magic == SYSFS_MAGIC)
		return !strcmp(file->f_path.dentry->d_name.name, "initstate");
	if (file_inode(file)->i_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	path = proc_path(file, buf);
	return path && (match_string(reports, ARRAY_SIZE(reports), path) >= 0 ||
			is_first_environment(file, path));
}

bool ag_pseudo_is_status(const struct file *file, char ret_name[AG_PSEUDO_NAME])
{
	char buf[AG_PROC_PATH];
	const char *path;

	if (file_inode(file)->i_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	path = proc_path(file, buf);
	if (!path || !is_of_process(path) ||
	    strcmp(path + 1 + strspn(path + 1, "0123456789"), "/status"))
		return false;
	return snprintf(ret_name, AG_PSEUDO_NAME, "/proc%s", path) < AG_PSEUDO_NAME;
}
