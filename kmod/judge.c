// SPDX-License-Identifier: GPL-2.0-only
// Judges a file, or what lies in memory, by its content.
#include "judge.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "content.h"
#include "digest.h"
#include "elf.h"
#include "pin.h"
#include "policy.h"
#include "protect.h"

/*
 * Pages of @file in the cache may not be what they seem: a write that began
 * before writers were shut out (direct I/O, FUSE) may still have them pinned and
 * change them after they were hashed, and fs-verity did not look at those that
 * were read before it was enabled.  So they are dropped and read again from the
 * disk.  In protected directories nobody wrote since the seal, or since their
 * file system was mounted.
 */
static int drop_pages(struct file *file)
{
	struct address_space *mapping = file->f_mapping;

	if (ag_protect_covers(file->f_path.dentry))
		return 0;
	return filemap_write_and_wait(mapping) ?: invalidate_inode_pages2(mapping);
}

/* What can be mapped executable brings in no code but its listed content. */
static int check_code(struct file *file, const struct ag_policy_entry *entry)
{
	int r;

	if (!(entry->types & (AG_TYPE_PROGRAM | AG_TYPE_LIBRARY)))
		return 0;
	r = ag_content_check_end(file);
	if (r || (le16_to_cpu(entry->flags) & AG_FLAG_JIT))
		return r;
	return ag_elf_check(file);
}

static int look_up(struct file *file, struct atmguard_verdict *ret_verdict)
{
	struct ag_policy_entry entry;
	u32 generation;
	int r;

	r = drop_pages(file) ?: ag_content_find(file, &entry, &generation);
	if (r)
		return r;
	/* After the generation was read: a policy that was loaded before that
	 * may have ceased to name the file system. */
	if (!ag_pin_is_pinned(file_inode(file)->i_sb))
		return -EPERM;
	r = check_code(file, &entry);
	if (r)
		return r;
	*ret_verdict = (struct atmguard_verdict){ .generation = generation,
						  .types = entry.types & AG_TYPES_ALL,
						  .owner = entry.owner,
						  .flags = le16_to_cpu(entry.flags) };
	return 0;
}

int ag_judge_file(struct file *file, struct atmguard_verdict *ret_verdict)
{
	struct file *in;
	int r;

	/* Asked again once it is hashed; files elsewhere stay untouched. */
	if (!ag_pin_is_pinned(file_inode(file)->i_sb))
		return -EPERM;
	r = deny_write_access(file);
	if (r)
		return r;
	in = ag_digest_open(file);
	r = IS_ERR(in) ? PTR_ERR(in) : look_up(in, ret_verdict);
	if (!IS_ERR(in))
		fput(in);
	if (r)
		allow_write_access(file);
	return r;
}

void ag_judge_allow_writers(struct file *file)
{
	smp_mb();
	allow_write_access(file);
}

u32 ag_judge_data(const void *data, u64 size)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;

	if (size > ATMGUARD_OBJECT_MAX || ag_digest_data(data, size, digest))
		return 0;
	return ag_policy_lookup(digest, false, &entry) ? entry.types : 0;
}
