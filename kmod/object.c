// SPDX-License-Identifier: GPL-2.0-only
// Verifies signed objects against the anchors compiled into the module.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "object.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/verification.h>

#include "anchor_data.h"
#include "audit.h"
#include "state.h"

/* One keyring for each anchor set; a receipt comes from whoever grants. */
enum { SET_POLICY, SET_IDENTITY, SET_GRANT, NR_SETS };

static struct key *sets[NR_SETS];

static const struct {
	const char *name;
	const struct ag_anchor *anchors;
	size_t nr;
} set_data[NR_SETS] = {
	[SET_POLICY]	= { ".atmguard_policy", ag_anchors_policy,
			    ARRAY_SIZE(ag_anchors_policy) },
	[SET_IDENTITY]	= { ".atmguard_identity", ag_anchors_identity,
			    ARRAY_SIZE(ag_anchors_identity) },
	[SET_GRANT]	= { ".atmguard_grant", ag_anchors_grant,
			    ARRAY_SIZE(ag_anchors_grant) },
};

static const struct {
	int set;
	size_t size;	/* 0: any up to ATMGUARD_OBJECT_MAX */
	const char *name;
} purposes[] = {
	[AG_POLICY]	= { SET_POLICY, 0, "policy" },
	[AG_IDENTITY]	= { SET_IDENTITY, sizeof(struct ag_identity), "identity" },
	[AG_GRANT]	= { SET_GRANT, sizeof(struct ag_grant), "grant" },
	[AG_RECEIPT]	= { SET_GRANT, sizeof(struct ag_receipt), "receipt" },
};

/* No VIEW, LINK, SETATTR for anyone: root cannot add to or see these rings
 * although it may learn their serial numbers. */
static int fill_set(int set)
{
	struct key *ring, *old = NULL;

	ring = keyring_alloc(set_data[set].name, GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
			     KEY_POS_SEARCH | KEY_POS_WRITE, KEY_ALLOC_NOT_IN_QUOTA, NULL, old);
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	for (size_t i = 0; i < set_data[set].nr; i++) {
		const struct ag_anchor *a = &set_data[set].anchors[i];
		key_ref_t key = key_create_or_update(make_key_ref(ring, true), "asymmetric", NULL,
						     a->der, a->len, KEY_POS_SEARCH,
						     KEY_ALLOC_NOT_IN_QUOTA |
						     KEY_ALLOC_BYPASS_RESTRICTION);
		if (IS_ERR(key)) {
			pr_err("anchor %zu of %s: %ld\n", i, set_data[set].name, PTR_ERR(key));
			key_put(ring);
			return PTR_ERR(key);
		}
		key_ref_put(key);
	}
	sets[set] = ring;
	return 0;
}

int ag_object_init(void)
{
	for (int i = 0; i < NR_SETS; i++) {
		int r = fill_set(i);

		if (r)
			return r;
	}
	return 0;
}

static int copy_in(u64 uptr, u32 len, void **ret_data)
{
	void *data = kvmalloc(len, GFP_KERNEL_ACCOUNT);

	if (!data)
		return -ENOMEM;
	if (copy_from_user(data, u64_to_user_ptr(uptr), len)) {
		kvfree(data);
		return -EFAULT;
	}
	*ret_data = data;
	return 0;
}

/* Map what the kernel's PKCS#7 code answers to the four errors of the ABI. */
static int verify(int set, const void *data, size_t len, const void *sig, size_t sig_len)
{
	int r = verify_pkcs7_signature(data, len, sig, sig_len, sets[set],
				       VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);

	switch (r) {
	case 0:
	case -ENOKEY:
	case -ENOMEM:
	case -EKEYREJECTED:
		return r;
	case -ENOPKG:	/* an algorithm we do not take */
		return -EKEYREJECTED;
	default:
		return -EBADMSG;
	}
}

static bool is_size_right(enum ag_purpose purpose, const struct atmguard_blob *blob)
{
	size_t size = purposes[purpose].size;

	if (blob->data_len == 0 || blob->sig_len == 0 || blob->sig_len > ATMGUARD_SIG_MAX)
		return false;
	return size ? blob->data_len == size : blob->data_len <= ATMGUARD_OBJECT_MAX;
}

int ag_object_get(enum ag_purpose purpose, const struct atmguard_blob *blob,
		  void **ret_data, size_t *ret_len)
{
	void *data, *sig;
	int r;

	if (!is_size_right(purpose, blob))
		return -EMSGSIZE;
	r = copy_in(blob->sig, blob->sig_len, &sig);
	if (r)
		return r;
	r = copy_in(blob->data, blob->data_len, &data);
	if (r)
		goto free_sig;
	r = verify(purposes[purpose].set, data, blob->data_len, sig, blob->sig_len);
	if (r) {
		kvfree(data);
		goto free_sig;
	}
	*ret_data = data;
	*ret_len = blob->data_len;
free_sig:
	kvfree(sig);
	return r;
}

int ag_object_refused(enum ag_purpose purpose, int error)
{
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_REFUSED, .code = purpose,
					   .error = error, .job = ag_state_job(),
					   .detail = purposes[purpose].name });
	return error;
}
