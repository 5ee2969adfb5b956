// SPDX-License-Identifier: GPL-2.0-only
/*
 * Knows the file systems code may come from, and what their paths are.
 *
 * Beside the root there may be file systems that the policy names by UUID.  A
 * UUID proves nothing: whoever writes a file system chooses it.  It is enough
 * together with what nobody can do on a sealed machine: write to the own disk
 * past its mounted file systems, whatever the partition (kmod/block.c), change
 * its table of partitions (BLKPG) or a mounted file system's UUID (bpf/control.bpf.h),
 * have a superblock read from elsewhere than where it belongs, such as from
 * inside a file, or a journal from another disk (bpf/guard.bpf.h).  So:
 *
 * - it lies on the root's gendisk: another disk, a loop device, a device mapper
 *   does not, whatever UUID is on it;
 * - it is of the root's type: another driver would see another file system in
 *   the same blocks;
 * - it is pinned from its first mount on.  While it was not, root could open
 *   files of it for writing, or have a device write to their pages (direct I/O),
 *   and that would go on.  So the table knows all file systems of the disk from
 *   their first mount to their end, named by the policy or not;
 * - no other one with its UUID is pinned.
 *
 * Where and how often it is mounted, with what flags, and a remount make no
 * difference.  No reference is held: a file system that is unmounted ends, its
 * disk is clean at shutdown, and the hook on its end (security_sb_delete())
 * empties its place before the memory can become another one.
 */
#include "pin.h"

#include <linux/spinlock.h>
#include <linux/string.h>

#include "policy.h"

/* File systems of the own disk mounted at a time; a partition table rarely has more. */
#define AG_PINS	16u

/*
 * An entry is filled before its sb is published and changes, but for pinned,
 * only after that sb has ended: who keeps the sb alive reads without the lock.
 */
struct pin {
	const struct super_block *sb;	/* NULL: free */
	bool pinned;	/* code may come from it */
	bool named;	/* none does, but its paths are known */
	u8 uuid[ATMGUARD_UUID_LEN];
	char path[sizeof_field(struct ag_policy_filesystem, path)];	/* of the root: "" */
};

static struct pin pins[AG_PINS];	/* the first is the root */
/* pin_lock serialises changes to pins; the RCU of the policy nests inside. */
static DEFINE_SPINLOCK(pin_lock);

static struct pin *find(const struct super_block *sb)
{
	for (u32 i = 0; i < AG_PINS; i++)
		if (smp_load_acquire(&pins[i].sb) == sb)
			return &pins[i];
	return NULL;
}

bool ag_pin_is_pinned(const struct super_block *sb)
{
	const struct pin *pin = sb ? find(sb) : NULL;

	return pin && READ_ONCE(pin->pinned);
}

bool ag_pin_is_named(const struct super_block *sb)
{
	const struct pin *pin = sb ? find(sb) : NULL;

	return pin && (READ_ONCE(pin->pinned) || pin->named);
}

bool ag_pin_is_root(const struct dentry *dentry)
{
	const struct super_block *root = smp_load_acquire(&pins[0].sb);

	return root && dentry == root->s_root;
}

int ag_pin_name(struct super_block *sb, const char *path)
{
	struct pin *pin;
	int r = -ENOSPC;

	spin_lock(&pin_lock);
	pin = find(NULL);
	if (pin) {
		memset(pin, 0, sizeof(*pin));
		pin->named = true;
		strscpy(pin->path, path, sizeof(pin->path));
		smp_store_release(&pin->sb, sb);
		r = 0;
	}
	spin_unlock(&pin_lock);
	return r;
}

/* Whether a pinned one stands for the same path, and so has the same UUID. */
static bool is_taken(const char *path)
{
	for (u32 i = 0; i < AG_PINS; i++)
		if (pins[i].sb && pins[i].pinned && strcmp(pins[i].path, path) == 0)
			return true;
	return false;
}

static int fill(struct pin *pin, const struct super_block *sb)
{
	lockdep_assert_held(&pin_lock);
	memset(pin, 0, sizeof(*pin));
	memcpy(pin->uuid, sb->s_uuid.b, sizeof(pin->uuid));
	pin->pinned = sb->s_type == pins[0].sb->s_type &&
		      ag_policy_filesystem(pin->uuid, pin->path);
	if (pin->pinned && is_taken(pin->path))
		return -EEXIST;
	smp_store_release(&pin->sb, sb);
	return 0;
}

int ag_pin_add(const struct super_block *sb, const char **ret_path)
{
	struct pin *pin;
	int r = 0;

	*ret_path = NULL;
	spin_lock(&pin_lock);
	if (!find(sb)) {
		pin = find(NULL);
		r = pin ? fill(pin, sb) : -ENOSPC;
		if (!r && pin->pinned)
			*ret_path = pin->path;
	}
	spin_unlock(&pin_lock);
	return r;
}

void ag_pin_root(const struct super_block *sb)
{
	pins[0].pinned = true;
	smp_store_release(&pins[0].sb, sb);
}

void ag_pin_forget(const struct super_block *sb)
{
	struct pin *pin;

	spin_lock(&pin_lock);
	pin = find(sb);
	if (pin)
		smp_store_release(&pin->sb, NULL);
	spin_unlock(&pin_lock);
}

void ag_pin_clear(void)
{
	spin_lock(&pin_lock);
	for (u32 i = 0; i < AG_PINS; i++)
		smp_store_release(&pins[i].sb, NULL);
	spin_unlock(&pin_lock);
}

void ag_pin_review(void)
{
	char path[sizeof(pins[0].path)];

	spin_lock(&pin_lock);
	for (u32 i = 1; i < AG_PINS; i++)
		if (pins[i].sb && pins[i].pinned &&
		    (!ag_policy_filesystem(pins[i].uuid, path) || strcmp(path, pins[i].path) != 0))
			WRITE_ONCE(pins[i].pinned, false);
	spin_unlock(&pin_lock);
}

char *ag_pin_path(struct dentry *dentry, char *buf, int len)
{
	const struct pin *pin = find(dentry->d_sb);
	char *path = dentry_path_raw(dentry, buf, len);
	size_t prefix_len;

	if (IS_ERR(path) || !ag_pin_is_named(dentry->d_sb) || !pin->path[0])
		return path;
	/* Its root is the path itself, without the slash. */
	if (!path[1])
		path++;
	prefix_len = strlen(pin->path);
	if (path - buf < prefix_len)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(path - prefix_len, pin->path, prefix_len);
}

u32 ag_pin_find_point(struct dentry *dentry)
{
	char buf[sizeof(pins[0].path) + 1];
	char *path;

	if (!ag_pin_is_pinned(dentry->d_sb))
		return 0;
	path = ag_pin_path(dentry, buf, sizeof(buf));
	return IS_ERR(path) ? 0 : ag_policy_filesystem_point(path);
}

bool ag_pin_fits_point(const struct super_block *sb, u32 point)
{
	const struct pin *pin = find(sb);

	return pin && READ_ONCE(pin->pinned) && pin->path[0] &&
	       ag_policy_filesystem_point(pin->path) == point;
}

bool ag_pin_fits(const struct dentry *from, struct dentry *to)
{
	u32 point = ag_pin_find_point(to);

	return point && from == from->d_sb->s_root && ag_pin_fits_point(from->d_sb, point);
}
