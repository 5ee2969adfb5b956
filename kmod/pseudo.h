/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are no files: the kernel's switches and its reports. */
#ifndef AG_PSEUDO_H
#define AG_PSEUDO_H

#include <linux/fs.h>

/* Whether @dentry is in procfs and belongs to one process. */
bool ag_pseudo_is_process(struct dentry *dentry);

/* Whether writing to @file switches something in the kernel: sysfs, /proc/sys,
 * debugfs, boot variables, binary formats; not the files of a process. */
bool ag_pseudo_is_control(const struct file *file);

/* Whether @file is a report of the kernel that nobody can put text of his own
 * into, so that an interpreter may read it although it is not listed. */
bool ag_pseudo_is_report(const struct file *file);

/* Longest name of a report on a process, with its NUL. */
#define AG_PSEUDO_NAME	32

/* Whether @file is /proc/PID/status, and by which name: a report as well, but for
 * the name in it, which the process has chosen. */
bool ag_pseudo_is_status(const struct file *file, char ret_name[AG_PSEUDO_NAME]);

#endif
