// SPDX-License-Identifier: GPL-2.0-only
// Admits file systems of the machine's own disk, at the seal and when they are mounted.
#include "admit.h"

#include <linux/blkdev.h>

#include "audit.h"
#include "pin.h"
#include "state.h"

int ag_admit(struct super_block *sb)
{
	const char *path;
	int r = ag_pin_add(sb, &path);

	/* The mount that is under way keeps the entry, and path with it. */
	if (path)
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_MOUNT,
						   .job = ag_state_job(), .detail = path });
	return r;
}

struct mounted {
	const struct super_block *root;
	int error;
};

static void admit_mounted(struct super_block *sb, void *arg)
{
	struct mounted *m = arg;

	if (sb != m->root && sb->s_bdev && sb->s_bdev->bd_disk == m->root->s_bdev->bd_disk &&
	    !m->error)
		m->error = ag_admit(sb);
}

int ag_admit_root(struct super_block *sb)
{
	struct mounted m = { .root = sb };

	ag_pin_root(sb);
	if (sb->s_bdev)
		iterate_supers_type(sb->s_type, admit_mounted, &m);
	return m.error;
}
