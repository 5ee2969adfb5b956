// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Questions to a checked policy: pure look-ups.
#include "eval.h"

/* ---- entries ---- */

/* Guesses before falling back to doubling steps.  SHA-256 digests are uniform,
 * so each guess from the last probe leaves about the square root of the
 * distance: 10^6 entries are 500, 20, 4, 1 away. */
#define GUESSES_MAX	4u

static __u32 digest_prefix(const __u8 *digest)
{
	return (__u32)digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
}

/* A window [lo, hi) of entries that may still hold the digest. */
struct window {
	__u32 lo, hi;
	__u32 step;		/* of the doubling phase */
	bool right;		/* the last probe was too small */
};

/* Where to look next if digests are uniform: as many entries from @from as the
 * prefixes are apart, in a list of @nr.  Without a division, which 64-bit
 * values do not have in every kernel. */
static __s64 guess(__u32 from, __u32 prefix_from, __u32 prefix, __u32 nr)
{
	__s64 apart = (__s64)prefix - prefix_from;

	return from + ((apart * nr) >> 32);
}

static __u32 clamp_to(const struct window *w, __s64 at)
{
	if (at < w->lo)
		return w->lo;
	return at >= w->hi ? w->hi - 1 : (__u32)at;
}

/* Doubling steps away from the last probe, never beyond the middle, so that
 * digests chosen to defeat the guess cost two binary searches at most. */
static __u32 next_step(struct window *w)
{
	__u32 half = (w->hi - w->lo) / 2, step = w->step < half ? w->step : half;

	w->step *= 2;
	return w->right ? w->lo + step : w->hi - 1 - step;
}

const struct ag_policy_entry *ag_policy_find(const struct ag_policy_view *view,
					     const __u8 digest[ATMGUARD_HASH_LEN], bool verity)
{
	struct window w = { .hi = view->nr_entries, .step = 1 };
	__u32 prefix = digest_prefix(digest), seen = 0, at = 0, probes = 0;

	while (w.lo < w.hi) {
		const struct ag_policy_entry *e;
		int cmp;

		at = probes++ < GUESSES_MAX
		     ? clamp_to(&w, guess(at, seen, prefix, view->nr_entries))
		     : next_step(&w);
		e = &view->entries[at];
		cmp = memcmp(e->digest, digest, ATMGUARD_HASH_LEN);
		if (cmp == 0)
			return verity == !!(e->types & AG_TYPE_VERITY) ? e : NULL;
		w.right = cmp < 0;
		if (w.right)
			w.lo = at + 1;
		else
			w.hi = at;
		seen = digest_prefix(e->digest);
	}
	return NULL;
}

/* ---- nodes, file systems and paths ---- */

const struct ag_policy_filesystem *
ag_policy_find_filesystem(const struct ag_policy_view *view, const __u8 uuid[ATMGUARD_UUID_LEN])
{
	__u32 i;

	for (i = 0; i < view->nr_filesystems; i++)
		if (memcmp(view->filesystems[i].uuid, uuid, ATMGUARD_UUID_LEN) == 0)
			return &view->filesystems[i];
	return NULL;
}

__u8 ag_policy_node_owner(const struct ag_policy_view *view, __u32 major, __u32 minor)
{
	const struct ag_policy_node *n = view->nodes;
	__u32 i;

	for (i = 0; i < view->nr_nodes; i++, n++)
		if (ag_le32(n->major) == major && ag_le32(n->minor_first) <= minor &&
		    minor <= ag_le32(n->minor_last))
			return n->owner;
	return 0;
}

bool ag_path_is_at_or_below(const char *path, const char *dir)
{
	while (*dir && *path == *dir)
		path++, dir++;
	return !*dir && (!*path || *path == '/');
}

bool ag_policy_path_protected(const struct ag_policy_view *view, const char *path)
{
	__u32 i;

	for (i = 0; i < view->nr_paths; i++)
		if (ag_path_is_at_or_below(path, view->paths[i].path))
			return true;
	return false;
}

bool ag_policy_path_readable(const struct ag_policy_view *view, const char *path)
{
	__u32 i;

	for (i = 0; i < view->nr_reads; i++)
		if (strcmp(path, view->reads[i].path) == 0)
			return true;
	return false;
}

/* ---- USB ---- */

#define USB_CLASS_OF_HUBS	9u

static bool is_hub(const struct ag_usb_device *dev)
{
	__u32 i;

	for (i = 0; i < dev->nr_interfaces; i++)
		if (dev->interface[i].base_class != USB_CLASS_OF_HUBS)
			return false;
	return true;
}

static bool does_interface_fit(const struct ag_usb_interface *want, const struct ag_usb_triple *is)
{
	return want->base_class == is->base_class &&
	       ((want->any & AG_USB_ANY_SUBCLASS) || want->subclass == is->subclass) &&
	       ((want->any & AG_USB_ANY_PROTOCOL) || want->protocol == is->protocol);
}

static bool is_interface_listed(const struct ag_policy_usb *rule, const struct ag_usb_triple *is)
{
	__u32 i;

	for (i = 0; i < rule->nr_interfaces; i++)
		if (does_interface_fit(&rule->interface[i], is))
			return true;
	return false;
}

/* Whether a rule's text is empty or equals @is. */
static bool does_text_fit(const char *want, const char *is)
{
	return !*want || (is && strcmp(want, is) == 0);
}

static bool does_rule_fit(const struct ag_policy_usb *rule, const struct ag_usb_device *dev)
{
	__u32 i;

	if (ag_le16(rule->vendor) != dev->vendor || ag_le16(rule->product) != dev->product ||
	    !does_text_fit(rule->serial, dev->serial) || !does_text_fit(rule->port, dev->port))
		return false;
	for (i = 0; i < dev->nr_interfaces; i++)
		if (!is_interface_listed(rule, &dev->interface[i]))
			return false;
	return true;
}

int ag_policy_usb_verdict(const struct ag_policy_view *view, const struct ag_usb_device *dev,
			  __u32 open_scopes, __u32 *ret_rule)
{
	__u32 i, scopes;

	*ret_rule = AG_USB_RULE_NONE;
	/* A device that shows nothing could show anything later. */
	if (dev->nr_interfaces == 0 || dev->nr_interfaces > AG_USB_DEVICE_INTERFACES)
		return -EPERM;
	if (is_hub(dev))
		return 0;
	for (i = 0; i < view->nr_usb; i++) {
		if (!does_rule_fit(&view->usb[i], dev))
			continue;
		scopes = ag_le32(view->usb[i].scopes);
		if (!scopes || (scopes & open_scopes)) {
			*ret_rule = i;
			return 0;
		}
		if (*ret_rule == AG_USB_RULE_NONE)
			*ret_rule = i;
	}
	return *ret_rule == AG_USB_RULE_NONE ? -EPERM : -EACCES;
}
