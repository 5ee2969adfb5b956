// SPDX-License-Identifier: GPL-2.0-only
// Finds a file's entry, by fs-verity's digest or by reading all of it, and looks behind its end.
#include "content.h"

#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/string.h>

#include "digest.h"
#include "policy.h"
#include "state.h"

int ag_content_find(struct file *file, struct ag_policy_entry *ret_entry, u32 *ret_generation)
{
	u8 digest[ATMGUARD_HASH_LEN];
	int r;

	*ret_generation = ag_state_generation();
	if (!ag_digest_verity(file, digest) && ag_policy_lookup(digest, true, ret_entry))
		return 0;
	r = ag_digest_file(file, digest);
	if (r)
		return r;
	*ret_generation = ag_state_generation();
	return ag_policy_lookup(digest, false, ret_entry) ? 0 : -EPERM;
}

int ag_content_check_end(struct file *file)
{
	loff_t size = i_size_read(file_inode(file));
	size_t used = offset_in_page(size);
	struct folio *folio;
	const u8 *end;
	bool clean;

	if (!used)
		return 0;
	folio = read_mapping_folio(file->f_mapping, size >> PAGE_SHIFT, file);
	if (IS_ERR(folio))
		return PTR_ERR(folio);
	end = kmap_local_folio(folio, offset_in_folio(folio, size));
	clean = !memchr_inv(end, 0, PAGE_SIZE - used);
	kunmap_local(end);
	folio_put(folio);
	return clean ? 0 : -ENOEXEC;
}
