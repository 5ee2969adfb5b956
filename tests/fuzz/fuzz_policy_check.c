// SPDX-License-Identifier: MIT
// Any bytes as signed objects; what passes the check must be safe to ask.
#include <stdint.h>
#include <stdlib.h>

#include "core/eval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void ask_entries(const struct ag_policy_view *v)
{
	__u8 digest[ATMGUARD_HASH_LEN];

	for (__u32 i = 0; i < v->nr_entries; i++) {
		bool verity = v->entries[i].types & AG_TYPE_VERITY;

		memcpy(digest, v->entries[i].digest, sizeof(digest));
		if (ag_policy_find(v, digest, verity) != &v->entries[i] || ag_policy_find(v, digest, !verity))
			abort();
		digest[i % ATMGUARD_HASH_LEN] ^= 1;
		if (ag_policy_find(v, digest, verity) == &v->entries[i])
			abort();
	}
}

static void ask_rest(const struct ag_policy_view *v)
{
	struct ag_usb_device dev = { .serial = "x", .port = "1-1", .nr_interfaces = 2 };
	__u32 rule;

	for (__u32 i = 0; i < v->nr_paths; i++)
		if (!ag_policy_path_protected(v, v->paths[i].path))
			abort();
	for (__u32 i = 0; i < v->nr_reads; i++)
		if (!ag_policy_path_readable(v, v->reads[i].path))
			abort();
	for (__u32 i = 0; i < v->nr_filesystems; i++)
		if (ag_policy_find_filesystem(v, v->filesystems[i].uuid) != &v->filesystems[i])
			abort();
	for (__u32 i = 0; i < v->nr_nodes; i++)
		if (ag_policy_node_owner(v, ag_le32(v->nodes[i].major),
					 ag_le32(v->nodes[i].minor_last)) != v->nodes[i].owner)
			abort();
	for (__u32 i = 0; i < v->nr_usb; i++) {
		dev.vendor = ag_le16(v->usb[i].vendor);
		dev.product = ag_le16(v->usb[i].product);
		dev.interface[0].base_class = v->usb[i].interface[0].base_class;
		ag_policy_usb_verdict(v, &dev, 1, &rule);
		if (rule != AG_USB_RULE_NONE && rule >= v->nr_usb)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ag_policy_view view;

	if (ag_policy_check(data, len, &view) == 0) {
		ask_entries(&view);
		ask_rest(&view);
	}
	ag_identity_check(data, len);
	ag_grant_check(data, len);
	ag_receipt_check(data, len);
	return 0;
}
