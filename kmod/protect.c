// SPDX-License-Identifier: GPL-2.0-only
// Says what must not be made, changed, moved or removed, by its path.
#include "protect.h"

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/magic.h>

#include "block.h"
#include "pin.h"
#include "policy.h"
#include "pseudo.h"
#include "state.h"

/* Whether @dentry is, lies in, or, with @above, has below it a protected
 * directory; @unknown where nobody can tell: no path, no memory. */
static bool has_protected_path(struct dentry *dentry, bool above, bool unknown)
{
	bool yes = unknown;
	char *buf, *path;

	if (!ag_pin_is_named(dentry->d_sb))
		return false;
	if ((dentry->d_flags & DCACHE_DISCONNECTED) ||
	    (IS_ROOT(dentry) && dentry != dentry->d_sb->s_root))
		return unknown;
	buf = (char *)__get_free_page(GFP_ATOMIC);
	if (!buf)
		return unknown;
	path = ag_pin_path(dentry, buf, PAGE_SIZE);
	if (!IS_ERR(path))
		yes = ag_policy_protects(path) || (above && ag_policy_protects_below(path));
	free_page((unsigned long)buf);
	return yes;
}

static bool protects(struct dentry *dentry, bool above)
{
	if (dentry->d_sb->s_magic == EFIVARFS_MAGIC)
		return !(ag_state_scopes() & ATMGUARD_SCOPE_BOOT);
	/* Mounted for reading it can be remounted, and it stays mounted after a job. */
	if (ag_block_is_boot(dentry->d_sb))
		return !ag_block_may_change_boot();
	return has_protected_path(dentry, above, true);
}

bool ag_protect_covers(struct dentry *dentry)
{
	return protects(dentry, false);
}

bool ag_protect_holds(struct dentry *dentry)
{
	return protects(dentry, true);
}

bool ag_protect_surely_covers(struct dentry *dentry)
{
	return has_protected_path(dentry, false, false);
}

bool ag_protect_forbids_mount(struct dentry *dentry)
{
	return protects(dentry, true) || ag_pseudo_is_process(dentry);
}
