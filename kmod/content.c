// SPDX-License-Identifier: GPL-2.0-only
// Finds a file's entry: by the digest fs-verity keeps, or by reading all of it.
#include "content.h"

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
