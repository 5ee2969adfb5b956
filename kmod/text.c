// SPDX-License-Identifier: GPL-2.0-only
// Says which files interpreters may read, by where they lie and by which name they are opened.
// X68 is a row of doc/THREATS.md.
#include "text.h"

#include <linux/err.h>
#include <linux/fs_struct.h>
#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "opened.h"
#include "pin.h"
#include "policy.h"
#include "protect.h"
#include "pseudo.h"

/*
 * Whether interpreters read @file whatever it holds: by its path, as with
 * ag_protect_covers(), and by the name it is being opened by.  A link to it
 * could have any name, one under which an interpreter looks for code.
 */
static bool is_readable(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	bool yes = false;
	char *buf, *path;

	if (!ag_pin_is_pinned(dentry->d_sb) || (dentry->d_flags & DCACHE_DISCONNECTED))
		return false;
	buf = (char *)__get_free_page(GFP_KERNEL);
	if (!buf)
		return false;
	path = ag_pin_path(dentry, buf, PAGE_SIZE);
	if (!IS_ERR(path))
		yes = ag_policy_is_readable(path) && ag_opened_by(path);
	free_page((unsigned long)buf);
	return yes;
}

/*
 * The kernel's report on a process begins with a name that whoever started it
 * has chosen, so by a name of the caller's choice it could be a profile (X68).
 * By its own name it is where no interpreter looks for code.
 */
static bool is_report(struct file *file)
{
	char name[AG_PSEUDO_NAME];

	if (ag_pseudo_is_status(file, name))
		return ag_opened_by(name) || ag_opened_by("/proc/self/status");
	return ag_pseudo_is_report(file);
}

bool ag_text_is_trusted(struct file *file)
{
	return is_report(file) || ag_protect_surely_covers(file->f_path.dentry);
}

bool ag_text_may_read_unlisted(struct file *file)
{
	return is_report(file) || is_readable(file);
}

/* Whether @file is seen at its own path: bind mounts of single files or
 * directories, which units may ask for, show it at another. */
static bool is_in_place(struct file *file)
{
	char *buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	char *seen, *own;
	bool same = false;

	if (!buf)
		return false;
	seen = file_path(file, buf, PATH_MAX);
	own = ag_pin_path(file->f_path.dentry, buf + PATH_MAX, PATH_MAX);
	if (!IS_ERR(seen) && !IS_ERR(own))
		same = !strcmp(seen, own);
	kfree(buf);
	return same;
}

bool ag_text_has_fixed_name(struct file *file)
{
	return ag_pin_is_root(current->fs->root.dentry) && ag_opened_by_fixed_name() &&
	       ag_protect_surely_covers(file->f_path.dentry) && is_in_place(file);
}
