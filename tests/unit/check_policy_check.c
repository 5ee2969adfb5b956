// SPDX-License-Identifier: MIT
// Every way in which a signed object can be malformed is refused; the right ones are taken.
#include <endian.h>
#include <stdlib.h>

#include "core/check.h"
#include "harness.h"

/* ---- one right object of each kind ---- */

struct policy {
	struct ag_policy_header h;
	struct ag_policy_entry e[3];
	struct ag_policy_node n[2];
	struct ag_policy_usb u[2];
	struct ag_policy_path p[2];
	struct ag_policy_path r[2];
	struct ag_policy_filesystem f[2];
};
#define POLICY_LEN	(offsetof(struct policy, f) + sizeof(((struct policy *)0)->f))

static void make_policy(struct policy *o)
{
	memset(o, 0, sizeof(*o));
	strcpy(o->h.purpose, AG_PURPOSE_POLICY);
	o->h.version = htole64(3);
	o->h.floor = htole64(2);
	o->h.not_before_s = htole64(1000);
	o->h.not_after_s = htole64(2000);
	strcpy(o->h.atm_class, "demo");
	o->h.nr_entries = htole32(3);
	o->h.nr_nodes = o->h.nr_usb = o->h.nr_paths = o->h.nr_reads = htole32(2);
	o->h.nr_filesystems = htole32(2);
	for (int i = 0; i < 3; i++) {
		o->e[i].digest[31] = 10 * (i + 1);
		o->e[i].types = AG_TYPE_PROGRAM;
		o->e[i].flags = htole16(AG_FLAG_JIT);
	}
	for (int i = 0; i < 2; i++) {
		o->n[i].major = htole32(4);
		o->n[i].minor_first = htole32(10 * i);
		o->n[i].minor_last = htole32(10 * i + 9);
		o->n[i].owner = 1 + i;
		strcpy(o->n[i].name, "dispenser");
		o->u[i].vendor = htole16(0x46f4);
		o->u[i].product = htole16(1);
		o->u[i].nr_interfaces = 1 + 7 * i;
		o->u[i].interface[0].base_class = 8;
		strcpy(o->u[i].serial, "SERVICE 1");
		strcpy(o->u[i].port, "1-2.1");
		strcpy(o->u[i].name, "stick");
	}
	strcpy(o->p[0].path, "/usr");
	strcpy(o->p[1].path, "/etc/ld.so.conf.d");
	strcpy(o->r[0].path, "/etc/passwd");
	strcpy(o->r[1].path, "/usr/lib/locale");
	o->f[0].uuid[0] = o->f[1].uuid[15] = 1;
	strcpy(o->f[0].path, "/opt/atm");
	strcpy(o->f[1].path, "/data");
}

static void make_identity(struct ag_identity *o)
{
	memset(o, 0, sizeof(*o));
	strcpy(o->purpose, AG_PURPOSE_IDENTITY);
	o->version = htole64(1);
	strcpy(o->atm, "00012345");
	strcpy(o->atm_class, "demo");
	o->boot_uuid[15] = 1;
}

static void make_grant(struct ag_grant *o)
{
	memset(o, 0, sizeof(*o));
	strcpy(o->purpose, AG_PURPOSE_GRANT);
	strcpy(o->atm, "00012345");
	strcpy(o->employee, "100234");
	o->job = htole64(17);
	o->scopes = htole32(ATMGUARD_SCOPE_TOOLS);
	o->duration_s = htole32(3600);
}

static void make_receipt(struct ag_receipt *o)
{
	memset(o, 0, sizeof(*o));
	strcpy(o->purpose, AG_PURPOSE_RECEIPT);
	strcpy(o->atm, "00012345");
}

/* ---- rows: bytes put at an offset of a right object, and the verdict ---- */

struct row {
	const char *sentence;
	size_t offset;
	const char *bytes;
	size_t nr;
	int want;
};

#define PUT(type, field, bytes)	offsetof(struct type, field), bytes, sizeof(bytes) - 1
/* The two low bytes of a number that the headers make, as a text for PUT. */
#define LE16(number)	((const char[]){ (char)((number) & 0xff), (char)((number) >> 8), 0 })
/* A text field: the bytes and the NUL behind them. */
#define TEXT(type, field, text)	offsetof(struct type, field), text, sizeof(text)

#define PATH_64	"/234567890123456789012345678901234567890123456789012345678901234"

static const struct row policy_rows[] = {
	{ "a right policy is taken", PUT(policy, h, ""), 0 },
	{ "a policy of another purpose is refused", TEXT(policy, h.purpose, AG_PURPOSE_GRANT), -EPROTO },
	{ "a policy with bytes behind its purpose is refused", PUT(policy, h.purpose[23], "x"), -EPROTO },
	{ "a policy with a longer purpose is refused", TEXT(policy, h.purpose, "atmguard-policy-12"), -EPROTO },
	{ "policy version 0 is refused", PUT(policy, h.version, "\0"), -EPROTO },
	{ "a floor above the version is refused", PUT(policy, h.floor, "\4"), -EPROTO },
	{ "a floor equal to the version is taken", PUT(policy, h.floor, "\3"), 0 },
	{ "a floor above the version in its highest byte is refused", PUT(policy, h.floor, "\0\0\0\0\0\0\0\x80"), -EPROTO },
	{ "a policy that ends before it begins is refused", PUT(policy, h.not_after_s, "\1\0"), -EPROTO },
	{ "a policy that never ends is taken", PUT(policy, h.not_after_s, "\0\0"), 0 },
	{ "a policy for any class is taken", PUT(policy, h.atm_class, "\0\0\0\0"), 0 },
	{ "a class without a NUL behind it is refused", PUT(policy, h.atm_class, "0123456789012345678901234567890A"), -EPROTO },
	{ "a class of 31 characters is taken", PUT(policy, h.atm_class, "0123456789012345678901234567890"), 0 },
	{ "a class with bytes behind its NUL is refused", PUT(policy, h.atm_class[6], "x"), -EPROTO },
	{ "a class that begins with NUL but holds bytes is refused", PUT(policy, h.atm_class, "\0x"), -EPROTO },
	{ "a class with a blank is refused", TEXT(policy, h.atm_class, "de mo"), -EPROTO },
	{ "a class that is not ASCII is refused", TEXT(policy, h.atm_class, "d\xc3\xa9mo"), -EPROTO },
	{ "a policy that says observe is taken", PUT(policy, h.flags, "\1"), 0 },
	{ "an unknown flag of a policy is refused", PUT(policy, h.flags, "\2"), -EPROTO },
	{ "the highest unknown flag of a policy is refused", PUT(policy, h.flags, "\0\0\0\x80"), -EPROTO },
	{ "a reserved field of a policy that is not zero is refused", PUT(policy, h.reserved, "\0\0\0\1"), -EPROTO },
	{ "one file system fewer than there is room for is refused", PUT(policy, h.nr_filesystems, "\1"), -EPROTO },
	{ "one file system more than there is room for is refused", PUT(policy, h.nr_filesystems, "\3"), -EPROTO },
	{ "more file systems than the bound are refused", PUT(policy, h.nr_filesystems, "\x09"), -EPROTO },
	{ "so many file systems that 32 bits wrap to the same size are refused", PUT(policy, h.nr_filesystems, "\2\0\0\x10"), -EPROTO },
	{ "one entry more than there is room for is refused", PUT(policy, h.nr_entries, "\4"), -EPROTO },
	{ "one entry fewer than there is room for is refused", PUT(policy, h.nr_entries, "\2"), -EPROTO },
	{ "more entries than the bound are refused", PUT(policy, h.nr_entries, "\x61\xe3\x16\0"), -EPROTO },
	{ "so many entries that 32 bits wrap are refused", PUT(policy, h.nr_entries, "\xff\xff\xff\xff"), -EPROTO },
	{ "more nodes than the bound are refused", PUT(policy, h.nr_nodes, "\x41"), -EPROTO },
	{ "so many nodes that 32 bits wrap to the same size are refused", PUT(policy, h.nr_nodes, "\2\0\0\x08"), -EPROTO },
	{ "more USB rules than the bound are refused", PUT(policy, h.nr_usb, "\1\1"), -EPROTO },
	{ "more paths than the bound are refused", PUT(policy, h.nr_paths, "\x41"), -EPROTO },
	{ "so many paths that 32 bits wrap to the same size are refused", PUT(policy, h.nr_paths, "\2\0\0\x04"), -EPROTO },
	{ "more plain paths than the bound are refused", PUT(policy, h.nr_reads, "\x41"), -EPROTO },
	{ "so many plain paths that 32 bits wrap to the same size are refused", PUT(policy, h.nr_reads, "\2\0\0\x04"), -EPROTO },

	{ "an entry without a type is refused", PUT(policy, e[1].types, "\0"), -EPROTO },
	{ "an entry known by fs-verity is taken", PUT(policy, e[1].types, "\x81"), 0 },
	{ "an entry known by fs-verity without a use is refused", PUT(policy, e[1].types, "\x80"), -EPROTO },
	{ "an entry of all types is taken", PUT(policy, e[1].types, "\xff"), 0 },
	{ "an entry with an unknown flag is refused", PUT(policy, e[1].flags, LE16(AG_FLAGS_ALL + 1)), -EPROTO },
	{ "an entry with the highest unknown flag is refused", PUT(policy, e[2].flags, "\0\x80"), -EPROTO },
	{ "an entry with all flags is taken", PUT(policy, e[1].flags, LE16(AG_FLAGS_ALL)), 0 },
	{ "an entry with an owner is taken", PUT(policy, e[1].owner, "\xff"), 0 },
	{ "entries out of order are refused", PUT(policy, e[1].digest, "\1"), -EPROTO },
	{ "a digest listed twice is refused", PUT(policy, e[1].digest[31], "\x1e"), -EPROTO },
	{ "digests are compared as unsigned bytes", PUT(policy, e[2].digest[0], "\x80"), 0 },

	{ "a node without an owner is refused", PUT(policy, n[0].owner, "\0"), -EPROTO },
	{ "a node's reserved bytes that are not zero are refused", PUT(policy, n[0].reserved[2], "\1"), -EPROTO },
	{ "a node whose minors run backwards is refused", PUT(policy, n[0].minor_first, "\x0a"), -EPROTO },
	{ "a node with a single minor is taken", PUT(policy, n[0].minor_first, "\x09"), 0 },
	{ "nodes that share a minor are refused", PUT(policy, n[0].minor_last, "\x0a"), -EPROTO },
	{ "a node inside another is refused", PUT(policy, n[1].minor_first, "\5\0\0\0\6"), -EPROTO },
	{ "a node around another is refused", PUT(policy, n[1].minor_first, "\0\0\0\0\x63"), -EPROTO },
	{ "nodes with the same minors of two majors are taken", PUT(policy, n[1].major, "\5\0\0\0\0\0\0\0\x09"), 0 },
	{ "a node before another of the same major is taken", PUT(policy, n[0].minor_first, "\x20\0\0\0\x21"), 0 },
	{ "a major above 4095 is refused", PUT(policy, n[0].major, "\0\x10"), -EPROTO },
	{ "a minor above 1048575 is refused", PUT(policy, n[1].minor_last, "\0\0\x10"), -EPROTO },
	{ "a node without a name is refused", PUT(policy, n[0].name, "\0\0\0\0\0\0\0\0\0"), -EPROTO },
	{ "a node's name without a NUL is refused", PUT(policy, n[0].name, "0123456789abcdef"), -EPROTO },
	{ "a node's name with a control character is refused", PUT(policy, n[0].name, "\x1b"), -EPROTO },

	{ "a USB rule with an unknown scope is refused", PUT(policy, u[0].scopes, LE16(ATMGUARD_SCOPES_ALL + 1)), -EPROTO },
	{ "a USB rule with all scopes is taken", PUT(policy, u[0].scopes, "\xff"), 0 },
	{ "a USB rule's reserved bytes that are not zero are refused", PUT(policy, u[0].reserved[6], "\1"), -EPROTO },
	{ "a USB rule without interfaces is refused", PUT(policy, u[0].nr_interfaces, "\0"), -EPROTO },
	{ "a USB rule with nine interfaces is refused", PUT(policy, u[0].nr_interfaces, "\x09"), -EPROTO },
	{ "a USB rule with 255 interfaces is refused", PUT(policy, u[0].nr_interfaces, "\xff"), -EPROTO },
	{ "an unused interface that is not zero is refused", PUT(policy, u[0].interface[1], "\1"), -EPROTO },
	{ "the last unused byte of the interfaces is looked at", PUT(policy, u[0].interface[7].any, "\1"), -EPROTO },
	{ "an unknown bit of an interface is refused", PUT(policy, u[0].interface[0].any, "\4"), -EPROTO },
	{ "any subclass and any protocol are taken", PUT(policy, u[0].interface[0].any, "\3"), 0 },
	{ "any subclass beside a subclass is refused", PUT(policy, u[0].interface[0], "\x08\6\0\1"), -EPROTO },
	{ "any protocol beside a protocol is refused", PUT(policy, u[0].interface[0], "\x08\0\x50\2"), -EPROTO },
	{ "a serial number in UTF-8 is taken", TEXT(policy, u[0].serial, "\xe4\xbf\x9d\xe5\xae\x88-1"), 0 },
	{ "no serial number is taken", PUT(policy, u[0].serial, "\0\0\0\0\0\0\0\0\0"), 0 },
	{ "a serial number without a NUL is refused", PUT(policy, u[0].serial, "0123456789abcdef0123456789abcdef"), -EPROTO },
	{ "a serial number with bytes behind its NUL is refused", PUT(policy, u[0].serial[31], "x"), -EPROTO },
	{ "a serial number with a newline is refused", PUT(policy, u[0].serial, "A\nB"), -EPROTO },
	{ "a serial number with DEL is refused", PUT(policy, u[0].serial, "\x7f"), -EPROTO },
	{ "a serial number with a C1 control is refused", PUT(policy, u[0].serial, "\xc2\x9b"), -EPROTO },
	{ "a serial number with a lone continuation byte is refused", PUT(policy, u[0].serial, "\x80"), -EPROTO },
	{ "a serial number with an overlong form of two bytes is refused", PUT(policy, u[0].serial, "\xc0\xaf"), -EPROTO },
	{ "a serial number with an overlong form of three bytes is refused", PUT(policy, u[0].serial, "\xe0\x80\xaf"), -EPROTO },
	{ "a serial number with an overlong form of four bytes is refused", PUT(policy, u[0].serial, "\xf0\x80\x80\xaf"), -EPROTO },
	{ "a serial number with a surrogate is refused", PUT(policy, u[0].serial, "\xed\xa0\x80"), -EPROTO },
	{ "a serial number above U+10FFFF is refused", PUT(policy, u[0].serial, "\xf4\x90\x80\x80"), -EPROTO },
	{ "a serial number with byte 0xF5 is refused", PUT(policy, u[0].serial, "\xf5\x80\x80\x80"), -EPROTO },
	{ "a serial number with a bad second byte is refused", PUT(policy, u[0].serial, "\xc3(("), -EPROTO },
	{ "a serial number with a bad third byte is refused", PUT(policy, u[0].serial, "\xe3\x81("), -EPROTO },
	{ "a serial number cut inside a character is refused", TEXT(policy, u[0].serial, "SERVICE\xe3\x81"), -EPROTO },
	{ "the highest character is taken", PUT(policy, u[0].serial, "\xf4\x8f\xbf\xbf"), 0 },
	{ "any port is taken", PUT(policy, u[0].port, "\0\0\0\0\0"), 0 },
	{ "a port with a blank is refused", PUT(policy, u[0].port, "1 "), -EPROTO },
	{ "a USB rule without a name is refused", PUT(policy, u[0].name, "\0\0\0\0\0"), -EPROTO },

	{ "an empty path is refused", PUT(policy, p[0].path, "\0\0\0\0"), -EPROTO },
	{ "a relative path is refused", TEXT(policy, p[0].path, "usr"), -EPROTO },
	{ "the root directory as a path is refused", PUT(policy, p[0].path, "/\0\0\0"), -EPROTO },
	{ "a path with a slash at its end is refused", TEXT(policy, p[0].path, "/usr/"), -EPROTO },
	{ "a path with two slashes is refused", TEXT(policy, p[0].path, "/usr//lib"), -EPROTO },
	{ "a path with a component . is refused", TEXT(policy, p[0].path, "/usr/./lib"), -EPROTO },
	{ "a path with a component .. is refused", TEXT(policy, p[0].path, "/usr/../etc"), -EPROTO },
	{ "a path that ends in .. is refused", TEXT(policy, p[0].path, "/usr/.."), -EPROTO },
	{ "a path that ends in . is refused", TEXT(policy, p[0].path, "/usr/."), -EPROTO },
	{ "a path with components that begin with dots is taken", TEXT(policy, p[0].path, "/.a/..b/..."), 0 },
	{ "a path with a control character is refused", TEXT(policy, p[0].path, "/us\tr"), -EPROTO },
	{ "a path with bytes behind its NUL is refused", PUT(policy, p[0].path[127], "x"), -EPROTO },
	{ "a path of 127 bytes is taken", PUT(policy, p[0].path, PATH_64
	  "/23456789012345678901234567890123456789012345678901234567890123"), 0 },
	{ "a path without a NUL is refused", PUT(policy, p[0].path, PATH_64 PATH_64), -EPROTO },
	{ "a path listed twice is refused", TEXT(policy, p[0].path, "/etc/ld.so.conf.d"), -EPROTO },
	{ "a file system without a UUID is refused", PUT(policy, f[0].uuid, "\0"), -EPROTO },
	{ "two file systems of one UUID are refused", PUT(policy, f[0].uuid, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), -EPROTO },
	{ "two file systems of one path are refused", TEXT(policy, f[1].path, "/opt/atm"), -EPROTO },
	{ "a file system below another is taken", TEXT(policy, f[1].path, "/opt/atm/data"), 0 },
	{ "a file system without a path is refused", PUT(policy, f[1].path, "\0\0\0\0\0"), -EPROTO },
	{ "a file system in the place of the root is refused", PUT(policy, f[1].path, "/\0\0\0\0"), -EPROTO },
	{ "a file system at a relative path is refused", TEXT(policy, f[1].path, "data"), -EPROTO },
	{ "a file system at a path with .. is refused", TEXT(policy, f[1].path, "/opt/../usr"), -EPROTO },
	{ "a file system at a path with a control character is refused", TEXT(policy, f[1].path, "/da\tta"), -EPROTO },
	{ "a file system with bytes behind its path is refused", PUT(policy, f[1].path[63], "x"), -EPROTO },
	{ "a file system at a path without a NUL is refused", PUT(policy, f[0].path,
	  "/234567890123456789012345678901234567890123456789012345678901234"), -EPROTO },

	{ "a path below another is taken", TEXT(policy, p[1].path, "/usr/local\0\0\0\0\0\0"), 0 },

	{ "a plain path that is relative is refused", TEXT(policy, r[0].path, "etc"), -EPROTO },
	{ "a plain path with a component .. is refused", TEXT(policy, r[1].path, "/usr/../etc"), -EPROTO },
	{ "a plain path with bytes behind its NUL is refused", PUT(policy, r[1].path[127], "x"), -EPROTO },
	{ "a plain path listed twice is refused", TEXT(policy, r[0].path, "/usr/lib/locale"), -EPROTO },
	{ "a plain path that is protected as well is taken", TEXT(policy, r[1].path, "/usr\0\0\0\0\0\0\0\0\0\0\0"), 0 },
};

static const struct row identity_rows[] = {
	{ "a right identity is taken", PUT(ag_identity, purpose, ""), 0 },
	{ "an identity of another purpose is refused", TEXT(ag_identity, purpose, AG_PURPOSE_RECEIPT), -EPROTO },
	{ "identity version 0 is refused", PUT(ag_identity, version, "\0"), -EPROTO },
	{ "an identity that ends before it begins is refused", PUT(ag_identity, not_before_s, "\2\0\0\0\0\0\0\0\1"), -EPROTO },
	{ "an identity without an ATM number is refused", PUT(ag_identity, atm, "\0\0\0\0\0\0\0\0"), -EPROTO },
	{ "an ATM number with a letter is refused", PUT(ag_identity, atm, "A"), -EPROTO },
	{ "an ATM number of 15 digits is taken", PUT(ag_identity, atm, "123456789012345"), 0 },
	{ "an ATM number without a NUL is refused", PUT(ag_identity, atm, "1234567890123456"), -EPROTO },
	{ "an ATM number with bytes behind its NUL is refused", PUT(ag_identity, atm[15], "1"), -EPROTO },
	{ "an identity without a class is taken", PUT(ag_identity, atm_class, "\0\0\0\0"), 0 },
	{ "an identity's class with a control character is refused", PUT(ag_identity, atm_class, "\n"), -EPROTO },
	{ "the nil UUID as boot medium is refused", PUT(ag_identity, boot_uuid[15], "\0"), -EPROTO },
};

static const struct row grant_rows[] = {
	{ "a right grant is taken", PUT(ag_grant, purpose, ""), 0 },
	{ "a grant of another purpose is refused", TEXT(ag_grant, purpose, AG_PURPOSE_RECEIPT), -EPROTO },
	{ "a grant's ATM number with a letter is refused", PUT(ag_grant, atm, "x"), -EPROTO },
	{ "a grant without an employee is refused", PUT(ag_grant, employee, "\0\0\0\0\0\0"), -EPROTO },
	{ "an employee number with a letter is refused", PUT(ag_grant, employee, ":"), -EPROTO },
	{ "job 0 is refused", PUT(ag_grant, job, "\0"), -EPROTO },
	{ "a grant without scopes is refused", PUT(ag_grant, scopes, "\0"), -EPROTO },
	{ "a grant with an unknown scope is refused", PUT(ag_grant, scopes, LE16(ATMGUARD_SCOPES_ALL + 2)), -EPROTO },
	{ "a grant of all scopes is taken", PUT(ag_grant, scopes, LE16(ATMGUARD_SCOPES_ALL)), 0 },
	{ "a grant for no time is refused", PUT(ag_grant, duration_s, "\0\0"), -EPROTO },
	{ "a grant for twelve hours is taken", PUT(ag_grant, duration_s, "\xc0\xa8"), 0 },
	{ "a grant for a second more is refused", PUT(ag_grant, duration_s, "\xc1\xa8"), -EPROTO },
	{ "a grant for 136 years is refused", PUT(ag_grant, duration_s, "\xff\xff\xff\xff"), -EPROTO },
};

static const struct row receipt_rows[] = {
	{ "a right receipt is taken", PUT(ag_receipt, purpose, ""), 0 },
	{ "a receipt of another purpose is refused", TEXT(ag_receipt, purpose, AG_PURPOSE_POLICY), -EPROTO },
	{ "a receipt's ATM number with a blank is refused", PUT(ag_receipt, atm, " "), -EPROTO },
};

START_TEST(test_policy_row)
{
	const struct row *row = &policy_rows[_i];
	struct ag_policy_view view;
	struct policy o;

	make_policy(&o);
	memcpy((char *)&o + row->offset, row->bytes, row->nr);
	ck_assert_int_eq(ag_policy_check(&o, POLICY_LEN, &view), row->want);
}
END_TEST

#define OBJECT_TEST(object)							\
START_TEST(test_##object##_row)							\
{										\
	const struct row *row = &object##_rows[_i];				\
	struct ag_##object o;							\
										\
	make_##object(&o);							\
	memcpy((char *)&o + row->offset, row->bytes, row->nr);			\
	ck_assert_int_eq(ag_##object##_check(&o, sizeof(o)), row->want);	\
}										\
END_TEST									\
										\
START_TEST(test_##object##_sizes)						\
{										\
	struct ag_##object *o = malloc(sizeof(*o) + 1);				\
										\
	make_##object(o);							\
	((char *)o)[sizeof(*o)] = 0;						\
	ck_assert_int_eq(ag_##object##_check(o, 0), -EMSGSIZE);			\
	ck_assert_int_eq(ag_##object##_check(o, sizeof(*o) - 1), -EPROTO);	\
	ck_assert_int_eq(ag_##object##_check(o, sizeof(*o) + 1), -EPROTO);	\
	ck_assert_int_eq(ag_##object##_check(o, ATMGUARD_OBJECT_MAX + 1), -EMSGSIZE); \
	free(o);								\
}										\
END_TEST

OBJECT_TEST(identity)
OBJECT_TEST(grant)
OBJECT_TEST(receipt)

/* ---- sizes and the view ---- */

START_TEST(test_policy_cut)
{
	struct ag_policy_view view;
	struct policy o;

	make_policy(&o);
	for (size_t len = 1; len < POLICY_LEN; len++) {
		void *copy = malloc(len);	/* its end is guarded by the allocator's checkers */

		memcpy(copy, &o, len);
		ck_assert_int_eq(ag_policy_check(copy, len, &view), -EPROTO);
		free(copy);
	}
}
END_TEST

START_TEST(test_policy_behind)
{
	struct ag_policy_view view;
	char *longer = calloc(1, POLICY_LEN + 1);
	struct policy o;

	make_policy(&o);
	memcpy(longer, &o, POLICY_LEN);
	ck_assert_int_eq(ag_policy_check(longer, POLICY_LEN + 1, &view), -EPROTO);
	free(longer);
}
END_TEST

START_TEST(test_policy_sizes)
{
	struct ag_policy_view view;
	struct policy o;

	make_policy(&o);
	ck_assert_int_eq(ag_policy_check(&o, 0, &view), -EMSGSIZE);
	ck_assert_int_eq(ag_policy_check(&o, (size_t)ATMGUARD_OBJECT_MAX + 1, &view), -EMSGSIZE);
	ck_assert_int_eq(ag_policy_check(&o, (size_t)-1, &view), -EMSGSIZE);
}
END_TEST

START_TEST(test_policy_empty)
{
	struct ag_policy_view view;
	struct policy o;

	make_policy(&o);
	o.h.nr_entries = o.h.nr_nodes = o.h.nr_usb = o.h.nr_paths = o.h.nr_reads = 0;
	o.h.nr_filesystems = 0;
	ck_assert_int_eq(ag_policy_check(&o, sizeof(o.h), &view), 0);
	ck_assert_uint_eq(view.nr_entries, 0);
}
END_TEST

START_TEST(test_policy_view)
{
	struct ag_policy_view view;
	struct policy o;

	make_policy(&o);
	ck_assert_int_eq(ag_policy_check(&o, POLICY_LEN, &view), 0);
	ck_assert_ptr_eq(view.header, &o.h);
	ck_assert_ptr_eq(view.entries, o.e);
	ck_assert_ptr_eq(view.nodes, o.n);
	ck_assert_ptr_eq(view.usb, o.u);
	ck_assert_ptr_eq(view.paths, o.p);
	ck_assert_ptr_eq(view.reads, o.r);
	ck_assert_ptr_eq(view.filesystems, o.f);
	ck_assert_uint_eq(view.version, 3);
	ck_assert_uint_eq(view.floor, 2);
	ck_assert_uint_eq(view.not_before_s, 1000);
	ck_assert_uint_eq(view.not_after_s, 2000);
	ck_assert_uint_eq(view.flags, 0);
	ck_assert_uint_eq(view.nr_entries, 3);
	ck_assert_uint_eq(view.nr_nodes, 2);
	ck_assert_uint_eq(view.nr_usb, 2);
	ck_assert_uint_eq(view.nr_paths, 2);
	ck_assert_uint_eq(view.nr_reads, 2);
	ck_assert_uint_eq(view.nr_filesystems, 2);
}
END_TEST

START_TEST(test_policy_untouched)
{
	struct ag_policy_view view = { .version = 77 };
	struct policy o;

	make_policy(&o);
	o.p[1].path[0] = 'x';
	ck_assert_int_eq(ag_policy_check(&o, POLICY_LEN, &view), -EPROTO);
	ck_assert_uint_eq(view.version, 77);
}
END_TEST

#define ADD_ROWS(suite, rows, test)						\
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)		\
		harness_add_row(suite, rows[i].sentence, test, i)

int main(void)
{
	Suite *s = suite_create("check_policy_check");

	ADD_ROWS(s, policy_rows, test_policy_row);
	ADD_ROWS(s, identity_rows, test_identity_row);
	ADD_ROWS(s, grant_rows, test_grant_row);
	ADD_ROWS(s, receipt_rows, test_receipt_row);
	harness_add(s, "an identity of another size is refused", test_identity_sizes);
	harness_add(s, "a grant of another size is refused", test_grant_sizes);
	harness_add(s, "a receipt of another size is refused", test_receipt_sizes);
	harness_add(s, "a policy cut at any byte is refused", test_policy_cut);
	harness_add(s, "a policy with a byte behind it is refused", test_policy_behind);
	harness_add(s, "an empty policy and one above the bound are refused as such", test_policy_sizes);
	harness_add(s, "a policy that lists nothing is taken", test_policy_empty);
	harness_add(s, "the view shows the sections and numbers of the policy", test_policy_view);
	harness_add(s, "the view is not written when a policy is refused", test_policy_untouched);
	return harness_run(s, "check_policy_check");
}
