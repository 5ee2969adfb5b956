// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Checks signed objects byte by byte before anything reads them.
#include "check.h"

#include <atmguard/abi.h>

/* ---- bytes and text ---- */

static bool is_zero(const void *data, size_t len)
{
	const __u8 *p = data;

	while (len && !*p)
		p++, len--;
	return !len;
}

/* Length of the text in a field of @size bytes, or -1 unless at least one NUL
 * follows it and nothing but NUL does: hidden bytes would be signed unseen. */
static long text_len(const char *field, size_t size)
{
	const char *end = memchr(field, 0, size);

	if (!end || !is_zero(end, size - (end - field)))
		return -1;
	return end - field;
}

/* Bytes that follow the lead byte @c in UTF-8, -1 if it cannot lead. */
static int utf8_tail(__u8 c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xc2 && c <= 0xdf)
		return 1;
	if (c >= 0xe0 && c <= 0xef)
		return 2;
	return c >= 0xf0 && c <= 0xf4 ? 3 : -1;
}

/* The second byte closes the gaps of RFC 3629: overlong forms, surrogates and
 * above U+10FFFF; and the C1 controls (U+0080..U+009F), which terminals obey. */
static bool utf8_second_ok(__u8 lead, __u8 c)
{
	if ((c & 0xc0) != 0x80)
		return false;
	switch (lead) {
	case 0xc2: return c >= 0xa0;
	case 0xe0: return c >= 0xa0;
	case 0xed: return c <= 0x9f;
	case 0xf0: return c >= 0x90;
	case 0xf4: return c <= 0x8f;
	default:   return true;
	}
}

bool ag_text_is_clean(const char *text, size_t len)
{
	const __u8 *p = (const __u8 *)text, *end = p + len;

	while (p < end) {
		int tail = utf8_tail(*p), i;

		if (tail < 0 || tail >= end - p)
			return false;
		if (*p < 0x20 || *p == 0x7f)
			return false;
		if (tail && !utf8_second_ok(p[0], p[1]))
			return false;
		for (i = 2; i <= tail; i++)
			if ((p[i] & 0xc0) != 0x80)
				return false;
		p += tail + 1;
	}
	return true;
}

static bool is_text(const char *field, size_t size)
{
	long len = text_len(field, size);

	return len >= 0 && ag_text_is_clean(field, len);
}

/* A name: printable ASCII without blanks. */
static bool is_name(const char *field, size_t size)
{
	long len = text_len(field, size), i;

	for (i = 0; i < len; i++)
		if (field[i] <= ' ' || field[i] > '~')
			return false;
	return len > 0;
}

static bool is_name_or_empty(const char *field, size_t size)
{
	return is_zero(field, size) || is_name(field, size);
}

static bool is_digits(const char *field, size_t size)
{
	long len = text_len(field, size), i;

	for (i = 0; i < len; i++)
		if (field[i] < '0' || field[i] > '9')
			return false;
	return len > 0;
}

static int check_size(size_t len)
{
	return len == 0 || len > ATMGUARD_OBJECT_MAX ? -EMSGSIZE : 0;
}

/* @purpose is the field at the start of every object, @want a literal. */
static bool has_purpose(const char *purpose, const char *want)
{
	size_t len = strlen(want);

	return memcmp(purpose, want, len) == 0 &&
	       is_zero(purpose + len, AG_PURPOSE_LEN - len);
}

static bool is_period(__u64 not_before_s, __u64 not_after_s)
{
	return !not_after_s || not_before_s <= not_after_s;
}

/* ---- policy ---- */

static bool are_counts_ok(const struct ag_policy_view *v)
{
	return v->nr_entries <= AG_ENTRIES_MAX && v->nr_nodes <= AG_NODES_MAX &&
	       v->nr_usb <= AG_USB_MAX && v->nr_paths <= AG_PATHS_MAX &&
	       v->nr_reads <= AG_PATHS_MAX && v->nr_filesystems <= AG_FILESYSTEMS_MAX;
}

static void read_header(const struct ag_policy_header *h, struct ag_policy_view *v)
{
	v->header = h;
	v->version = ag_le64(h->version);
	v->floor = ag_le64(h->floor);
	v->not_before_s = ag_le64(h->not_before_s);
	v->not_after_s = ag_le64(h->not_after_s);
	v->flags = ag_le32(h->flags);
	v->nr_entries = ag_le32(h->nr_entries);
	v->nr_nodes = ag_le32(h->nr_nodes);
	v->nr_usb = ag_le32(h->nr_usb);
	v->nr_paths = ag_le32(h->nr_paths);
	v->nr_reads = ag_le32(h->nr_reads);
	v->nr_filesystems = ag_le32(h->nr_filesystems);
}

static bool is_header_ok(const struct ag_policy_view *v)
{
	const struct ag_policy_header *h = v->header;

	return has_purpose(h->purpose, AG_PURPOSE_POLICY) &&
	       v->version >= 1 && v->floor <= v->version &&
	       is_period(v->not_before_s, v->not_after_s) &&
	       is_name_or_empty(h->atm_class, sizeof(h->atm_class)) &&
	       !(v->flags & ~AG_POLICY_FLAGS_ALL) && h->reserved == 0 && are_counts_ok(v);
}

/* Lays the sections out one after the other.  The counts are bounded, so the
 * sum stays below 2^32 and cannot wrap even where size_t has 32 bits. */
static bool place_sections(const __u8 *data, size_t len, struct ag_policy_view *v)
{
	size_t at = sizeof(struct ag_policy_header);

	v->entries = (const void *)(data + at);
	at += v->nr_entries * sizeof(*v->entries);
	v->nodes = (const void *)(data + at);
	at += v->nr_nodes * sizeof(*v->nodes);
	v->usb = (const void *)(data + at);
	at += v->nr_usb * sizeof(*v->usb);
	v->paths = (const void *)(data + at);
	at += v->nr_paths * sizeof(*v->paths);
	v->reads = (const void *)(data + at);
	at += v->nr_reads * sizeof(*v->reads);
	v->filesystems = (const void *)(data + at);
	at += v->nr_filesystems * sizeof(*v->filesystems);
	return at == len;
}

static bool are_entries_ok(const struct ag_policy_view *v)
{
	const struct ag_policy_entry *e = v->entries;
	__u32 i;

	for (i = 0; i < v->nr_entries; i++, e++) {
		if (!(e->types & AG_TYPES_ALL) || (e->types & ~(AG_TYPES_ALL | AG_TYPE_VERITY)))
			return false;
		if (ag_le16(e->flags) & ~AG_FLAGS_ALL)
			return false;
		/* Ascending makes the look-up right, strictly makes it unambiguous. */
		if (i && memcmp(e[-1].digest, e->digest, sizeof(e->digest)) >= 0)
			return false;
	}
	return true;
}

static bool is_node_ok(const struct ag_policy_node *n)
{
	return n->owner && is_zero(n->reserved, sizeof(n->reserved)) &&
	       ag_le32(n->major) <= AG_MAJOR_MAX &&
	       ag_le32(n->minor_first) <= ag_le32(n->minor_last) &&
	       ag_le32(n->minor_last) <= AG_MINOR_MAX &&
	       is_name(n->name, sizeof(n->name));
}

static bool do_nodes_overlap(const struct ag_policy_node *a, const struct ag_policy_node *b)
{
	return a->major == b->major &&
	       ag_le32(a->minor_first) <= ag_le32(b->minor_last) &&
	       ag_le32(b->minor_first) <= ag_le32(a->minor_last);
}

static bool are_nodes_ok(const struct ag_policy_view *v)
{
	__u32 i, j;

	for (i = 0; i < v->nr_nodes; i++) {
		if (!is_node_ok(&v->nodes[i]))
			return false;
		for (j = 0; j < i; j++)
			if (do_nodes_overlap(&v->nodes[i], &v->nodes[j]))
				return false;
	}
	return true;
}

/* A value that is not looked at must be zero: one meaning, one encoding. */
static bool is_interface_ok(const struct ag_usb_interface *f)
{
	return !(f->any & ~AG_USB_ANY_ALL) && !((f->any & AG_USB_ANY_SUBCLASS) && f->subclass) &&
	       !((f->any & AG_USB_ANY_PROTOCOL) && f->protocol);
}

static bool are_interfaces_ok(const struct ag_policy_usb *u)
{
	__u32 i;

	if (u->nr_interfaces < 1 || u->nr_interfaces > AG_USB_INTERFACES)
		return false;
	for (i = 0; i < u->nr_interfaces; i++)
		if (!is_interface_ok(&u->interface[i]))
			return false;
	return is_zero(&u->interface[i], (AG_USB_INTERFACES - i) * sizeof(u->interface[0]));
}

static bool are_usb_ok(const struct ag_policy_view *v)
{
	const struct ag_policy_usb *u = v->usb;
	__u32 i;

	for (i = 0; i < v->nr_usb; i++, u++) {
		if ((ag_le32(u->scopes) & ~ATMGUARD_SCOPES_ALL) ||
		    !is_zero(u->reserved, sizeof(u->reserved)) ||
		    !are_interfaces_ok(u))
			return false;
		if (!is_text(u->serial, sizeof(u->serial)) ||
		    !is_name_or_empty(u->port, sizeof(u->port)) ||
		    !is_name(u->name, sizeof(u->name)))
			return false;
	}
	return true;
}

/* Whether a component of @len bytes is neither empty nor "." nor "..". */
static bool is_component(const char *name, size_t len)
{
	if (len == 0 || (len == 1 && name[0] == '.'))
		return false;
	return !(len == 2 && name[0] == '.' && name[1] == '.');
}

bool ag_path_is_normal(const char *path)
{
	const char *start;

	if (*path != '/')
		return false;
	while (*path) {
		start = ++path;		/* behind the slash */
		while (*path && *path != '/')
			path++;
		if (!is_component(start, path - start))
			return false;
	}
	return true;
}

static bool is_path(const char *field, size_t size)
{
	return is_text(field, size) && ag_path_is_normal(field);
}

static bool are_paths_ok(const struct ag_policy_path *paths, __u32 nr)
{
	__u32 i, j;

	for (i = 0; i < nr; i++) {
		const char *path = paths[i].path;

		if (!is_path(path, sizeof(paths[i].path)))
			return false;
		for (j = 0; j < i; j++)
			if (!memcmp(path, paths[j].path, sizeof(paths[j].path)))
				return false;
	}
	return true;
}

static bool are_filesystems_ok(const struct ag_policy_view *v)
{
	const struct ag_policy_filesystem *f = v->filesystems;
	__u32 i, j;

	for (i = 0; i < v->nr_filesystems; i++) {
		/* One without a UUID shows the nil UUID: any such one would do. */
		if (is_zero(f[i].uuid, sizeof(f[i].uuid)) || !is_path(f[i].path, sizeof(f[i].path)))
			return false;
		for (j = 0; j < i; j++)
			if (!memcmp(f[i].uuid, f[j].uuid, sizeof(f[i].uuid)) ||
			    !memcmp(f[i].path, f[j].path, sizeof(f[i].path)))
				return false;
	}
	return true;
}

int ag_policy_check(const void *data, size_t len, struct ag_policy_view *ret_view)
{
	struct ag_policy_view v;
	int r = check_size(len);

	if (r)
		return r;
	if (len < sizeof(struct ag_policy_header))
		return -EPROTO;
	read_header(data, &v);
	if (!is_header_ok(&v) || !place_sections(data, len, &v))
		return -EPROTO;
	if (!are_entries_ok(&v) || !are_nodes_ok(&v) || !are_usb_ok(&v))
		return -EPROTO;
	if (!are_paths_ok(v.paths, v.nr_paths) || !are_paths_ok(v.reads, v.nr_reads) ||
	    !are_filesystems_ok(&v))
		return -EPROTO;
	*ret_view = v;
	return 0;
}

/* ---- identity, grant, receipt ---- */

int ag_identity_check(const void *data, size_t len)
{
	const struct ag_identity *o = data;
	int r = check_size(len);

	if (r)
		return r;
	if (len != sizeof(*o) || !has_purpose(o->purpose, AG_PURPOSE_IDENTITY))
		return -EPROTO;
	if (!o->version || !is_period(ag_le64(o->not_before_s), ag_le64(o->not_after_s)))
		return -EPROTO;
	if (!is_digits(o->atm, sizeof(o->atm)) ||
	    !is_name_or_empty(o->atm_class, sizeof(o->atm_class)))
		return -EPROTO;
	/* A file system without a UUID shows the nil UUID: any such disk would do. */
	return is_zero(o->boot_uuid, sizeof(o->boot_uuid)) ? -EPROTO : 0;
}

int ag_grant_check(const void *data, size_t len)
{
	const struct ag_grant *o = data;
	int r = check_size(len);

	if (r)
		return r;
	if (len != sizeof(*o) || !has_purpose(o->purpose, AG_PURPOSE_GRANT))
		return -EPROTO;
	if (!is_digits(o->atm, sizeof(o->atm)) ||
	    !is_digits(o->employee, sizeof(o->employee)) || !o->job)
		return -EPROTO;
	if (!o->scopes || (ag_le32(o->scopes) & ~ATMGUARD_SCOPES_ALL))
		return -EPROTO;
	if (!o->duration_s || ag_le32(o->duration_s) > AG_GRANT_DURATION_MAX_S)
		return -EPROTO;
	return 0;
}

int ag_receipt_check(const void *data, size_t len)
{
	const struct ag_receipt *o = data;
	int r = check_size(len);

	if (r)
		return r;
	if (len != sizeof(*o) || !has_purpose(o->purpose, AG_PURPOSE_RECEIPT) ||
	    !is_digits(o->atm, sizeof(o->atm)))
		return -EPROTO;
	return 0;
}
