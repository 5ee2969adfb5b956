// SPDX-License-Identifier: MIT
// Look-ups in a policy agree with naive twins, and stay within their bound.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts the probes of ag_policy_find(). */
static unsigned int nr_probes;

static int counted_memcmp(const void *a, const void *b, size_t len)
{
	nr_probes++;
	return memcmp(a, b, len);
}

#define memcmp counted_memcmp
#include "core/eval.c"
#undef memcmp

#include "harness.h"

/* ---- entries ---- */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, ATMGUARD_HASH_LEN);
}

/* @nr digests whose first @same bytes are equal, the next is below @spread. */
static __u32 make_entries(struct ag_policy_entry *e, __u32 nr, int same, int spread)
{
	__u32 kept = 0;

	for (__u32 i = 0; i < nr; i++)
		for (int j = 0; j < ATMGUARD_HASH_LEN; j++)
			e[i].digest[j] = j < same ? 0xa5 : j == same ? random() % spread : random();
	/* Every third is one of fs-verity. */
	for (__u32 i = 0; i < nr; i++)
		e[i].types = random() % 3 ? AG_TYPE_PROGRAM : AG_TYPE_PROGRAM | AG_TYPE_VERITY;
	qsort(e, nr, sizeof(*e), compare);
	for (__u32 i = 1; i < nr; i++)
		if (compare(&e[i], &e[kept]) != 0)
			e[++kept] = e[i];
	return nr ? kept + 1 : 0;
}

static const struct ag_policy_entry *naive_find(const struct ag_policy_view *v, const __u8 *digest,
						bool verity)
{
	for (__u32 i = 0; i < v->nr_entries; i++)
		if (memcmp(v->entries[i].digest, digest, ATMGUARD_HASH_LEN) == 0 &&
		    !(v->entries[i].types & AG_TYPE_VERITY) == !verity)
			return &v->entries[i];
	return NULL;
}

static void compare_finds(const struct ag_policy_view *v)
{
	__u8 digest[ATMGUARD_HASH_LEN];

	for (int i = 0; i < 200; i++) {
		for (int j = 0; j < ATMGUARD_HASH_LEN; j++)
			digest[j] = random();
		/* near misses and hits: a listed digest, or one with a bit changed */
		if (v->nr_entries && i % 4)
			memcpy(digest, v->entries[random() % v->nr_entries].digest, sizeof(digest));
		if (i % 4 == 2)
			digest[random() % ATMGUARD_HASH_LEN] ^= 1 << random() % 8;
		ck_assert_ptr_eq(ag_policy_find(v, digest, false), naive_find(v, digest, false));
		ck_assert_ptr_eq(ag_policy_find(v, digest, true), naive_find(v, digest, true));
	}
}

START_TEST(test_find_twin)
{
	struct ag_policy_entry *e = calloc(3000, sizeof(*e));

	srandom(1);
	for (int round = 0; round < 150; round++) {
		struct ag_policy_view v = { .entries = e };
		int same = round % 3 ? 0 : random() % 32, spread = round % 2 ? 256 : 2;

		v.nr_entries = make_entries(e, round < 20 ? round : random() % 3000, same, spread);
		compare_finds(&v);
	}
	free(e);
}
END_TEST

START_TEST(test_find_all)
{
	struct ag_policy_entry *e = calloc(20000, sizeof(*e));
	struct ag_policy_view v = { .entries = e };

	srandom(2);
	v.nr_entries = make_entries(e, 20000, 0, 256);
	for (__u32 i = 0; i < v.nr_entries; i++)
		ck_assert_ptr_eq(ag_policy_find(&v, e[i].digest, e[i].types & AG_TYPE_VERITY), &e[i]);
	free(e);
}
END_TEST

START_TEST(test_find_kind)
{
	struct ag_policy_entry e[2] = { { .types = AG_TYPE_PROGRAM },
					{ .types = AG_TYPE_PROGRAM | AG_TYPE_VERITY } };
	struct ag_policy_view v = { .entries = e, .nr_entries = 2 };

	e[1].digest[0] = 1;
	ck_assert_ptr_eq(ag_policy_find(&v, e[0].digest, false), &e[0]);
	ck_assert_ptr_null(ag_policy_find(&v, e[0].digest, true));
	ck_assert_ptr_eq(ag_policy_find(&v, e[1].digest, true), &e[1]);
	ck_assert_ptr_null(ag_policy_find(&v, e[1].digest, false));
}
END_TEST

START_TEST(test_find_filesystem)
{
	struct ag_policy_filesystem f[2] = { { .uuid = { 1 } }, { .uuid = { [15] = 1 } } };
	struct ag_policy_view v = { .filesystems = f, .nr_filesystems = 2 };
	__u8 other[ATMGUARD_UUID_LEN] = { 1, [15] = 1 };

	ck_assert_ptr_eq(ag_policy_find_filesystem(&v, f[0].uuid), &f[0]);
	ck_assert_ptr_eq(ag_policy_find_filesystem(&v, f[1].uuid), &f[1]);
	ck_assert_ptr_null(ag_policy_find_filesystem(&v, other));
}
END_TEST

START_TEST(test_find_fast)
{
	struct ag_policy_entry *e = calloc(100000, sizeof(*e));
	struct ag_policy_view v = { .entries = e };

	srandom(3);
	v.nr_entries = make_entries(e, 100000, 0, 256);
	nr_probes = 0;
	for (__u32 i = 0; i < v.nr_entries; i++)
		ag_policy_find(&v, e[i].digest, e[i].types & AG_TYPE_VERITY);
	printf("        %.2f probes on average in %u entries\n", (double)nr_probes / v.nr_entries, v.nr_entries);
	ck_assert_uint_le(nr_probes / v.nr_entries, 8);
	free(e);
}
END_TEST

/* log2(65536) = 16: the bound in eval.h. */
#define CLUSTERED	65536u
#define CLUSTERED_BOUND	(2 * 16 + 6)

START_TEST(test_find_bound)
{
	struct ag_policy_entry *e = calloc(CLUSTERED, sizeof(*e));
	struct ag_policy_view v = { .entries = e };
	unsigned int worst = 0;

	srandom(4);
	for (int same = 0; same < 28; same += 4) {
		v.nr_entries = make_entries(e, CLUSTERED, same, same % 8 ? 1 : 256);
		for (__u32 i = 0; i < v.nr_entries; i++) {
			nr_probes = 0;
			ck_assert_ptr_eq(ag_policy_find(&v, e[i].digest, e[i].types & AG_TYPE_VERITY), &e[i]);
			worst = nr_probes > worst ? nr_probes : worst;
		}
	}
	printf("        %u probes at most in %u clustered entries\n", worst, CLUSTERED);
	ck_assert_uint_le(worst, CLUSTERED_BOUND);
	free(e);
}
END_TEST

/* ---- nodes ---- */

static const struct ag_policy_node nodes[] = {
	{ .major = 4, .minor_first = 65, .minor_last = 67, .owner = 3, .name = "dispenser" },
	{ .major = 4, .minor_first = 70, .minor_last = 70, .owner = 9, .name = "reader" },
};

static const struct {
	const char *sentence;
	__u32 major, minor;
	__u8 owner;
} node_rows[] = {
	{ "the first minor of a range has the owner", 4, 65, 3 },
	{ "the last minor of a range has the owner", 4, 67, 3 },
	{ "the minor before a range is anybody's", 4, 64, 0 },
	{ "the minor behind a range is anybody's", 4, 68, 0 },
	{ "the second node has its own owner", 4, 70, 9 },
	{ "the same minor of another major is anybody's", 5, 65, 0 },
};

START_TEST(test_node_row)
{
	struct ag_policy_view v = { .nodes = nodes, .nr_nodes = 2 };

	ck_assert_uint_eq(ag_policy_node_owner(&v, node_rows[_i].major, node_rows[_i].minor),
			  node_rows[_i].owner);
}
END_TEST

/* ---- paths ---- */

static const struct {
	const char *sentence, *path;
	bool is_protected;
} path_rows[] = {
	{ "a protected directory is protected itself", "/usr", true },
	{ "what lies in it is protected", "/usr/bin", true },
	{ "what lies deep in it is protected", "/usr/lib/x/y/z", true },
	{ "a longer name is not", "/usrlocal", false },
	{ "a shorter name is not", "/us", false },
	{ "the root is not", "/", false },
	{ "the directory above a protected one is not", "/etc", false },
	{ "a neighbour of a protected file is not", "/etc/ld.so.cache2", false },
	{ "a protected file is", "/etc/ld.so.cache", true },
	{ "another tree is not", "/var/lib/usr", false },
	{ "an empty path is not", "", false },
};

START_TEST(test_path_row)
{
	static const struct ag_policy_path paths[] = { { "/usr" }, { "/etc/ld.so.cache" } };
	struct ag_policy_view v = { .paths = paths, .nr_paths = 2 };

	ck_assert(ag_policy_path_protected(&v, path_rows[_i].path) == path_rows[_i].is_protected);
}
END_TEST

START_TEST(test_readable)
{
	static const struct ag_policy_path paths[] = { { "/usr" } }, reads[] = { { "/etc/passwd" }, { "/var/lib/a" } };
	struct ag_policy_view v = { .paths = paths, .nr_paths = 1, .reads = reads, .nr_reads = 2 };

	ck_assert(ag_policy_path_readable(&v, "/etc/passwd"));
	ck_assert(ag_policy_path_readable(&v, "/var/lib/a"));
	ck_assert(!ag_policy_path_readable(&v, "/var/lib/a/.profile"));
	ck_assert(!ag_policy_path_readable(&v, "/etc/passwd-"));
	ck_assert(!ag_policy_path_readable(&v, "/usr/bin"));
	ck_assert(!ag_policy_path_readable(&v, "/var/lib"));
	ck_assert(!ag_policy_path_protected(&v, "/etc/passwd"));
}
END_TEST

/* The twin: removes component after component from the end and compares. */
static bool naive_protected(const struct ag_policy_view *v, const char *path)
{
	char copy[256];

	strcpy(copy, path);
	while (*copy) {
		for (__u32 i = 0; i < v->nr_paths; i++)
			if (strcmp(copy, v->paths[i].path) == 0)
				return true;
		*strrchr(copy, '/') = 0;
	}
	return false;
}

static void make_path(char *path)
{
	static const char *const parts[] = { "a", "b", "ab", "a.b", "ba" };

	*path = 0;
	for (int i = 1 + random() % 4; i > 0; i--)
		sprintf(path + strlen(path), "/%s", parts[random() % 5]);
}

START_TEST(test_path_twin)
{
	struct ag_policy_path paths[8];
	struct ag_policy_view v = { .paths = paths, .nr_paths = 8 };
	int hits = 0;
	char path[256];

	srandom(5);
	for (int round = 0; round < 20000; round++) {
		if (round % 50 == 0)
			for (int i = 0; i < 8; i++)
				make_path(paths[i].path);
		make_path(path);
		ck_assert(ag_policy_path_protected(&v, path) == naive_protected(&v, path));
		hits += naive_protected(&v, path);
	}
	ck_assert_int_gt(hits, 1000);
	ck_assert_int_lt(hits, 19000);
}
END_TEST

/* ---- USB ---- */

static const struct ag_policy_usb rules[] = {
	{ .vendor = 0x46f4, .product = 1, .scopes = ATMGUARD_SCOPE_STORAGE_READ | ATMGUARD_SCOPE_STORAGE_WRITE,
	  .nr_interfaces = 1, .interface = { { 8, 6, 0x50, 0 } }, .serial = "S-1", .name = "stick" },
	{ .vendor = 0x0627, .product = 1, .scopes = ATMGUARD_SCOPE_KEYBOARD,
	  .nr_interfaces = 2, .interface = { { 3, 1, 1, 0 }, { 3, 0, 0, 0 } }, .name = "keyboard" },
	{ .vendor = 0x1111, .product = 2, .scopes = 0, .nr_interfaces = 1,
	  .interface = { { 0xff, 0, 0, 3 } }, .port = "1-2", .name = "pinpad" },
	{ .vendor = 0x0627, .product = 1, .scopes = ATMGUARD_SCOPE_TOOLS,
	  .nr_interfaces = 1, .interface = { { 3, 1, 1, 0 } }, .name = "keyboard2" },
	{ .vendor = 0x2222, .product = 1, .scopes = 0, .nr_interfaces = 1,
	  .interface = { { 7, 1, 0, 2 } }, .name = "printer" },
};

static const struct {
	const char *sentence;
	struct ag_usb_device dev;
	__u32 scopes;
	int want;
	__u32 rule;
} usb_rows[] = {
	{ "a listed stick is allowed under its scope",
	  { 0x46f4, 1, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPE_STORAGE_READ, 0, 0 },
	{ "a listed stick is allowed under any one of its scopes",
	  { 0x46f4, 1, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPE_STORAGE_WRITE, 0, 0 },
	{ "a listed stick is not allowed while no scope is open",
	  { 0x46f4, 1, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, 0, -EACCES, 0 },
	{ "a listed stick is not allowed under another scope",
	  { 0x46f4, 1, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPE_KEYBOARD, -EACCES, 0 },
	{ "a stick with another serial number is unknown",
	  { 0x46f4, 1, "S-2", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a stick with a longer serial number is unknown",
	  { 0x46f4, 1, "S-11", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a stick without a serial number is unknown",
	  { 0x46f4, 1, NULL, "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a device of another vendor is unknown",
	  { 0x46f5, 1, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "another product is unknown",
	  { 0x46f4, 2, "S-1", "1-1", 1, { { 8, 6, 0x50 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a stick that also shows a keyboard is unknown",
	  { 0x46f4, 1, "S-1", "1-1", 2, { { 8, 6, 0x50 }, { 3, 1, 1 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a stick that shows its interface in two altsettings is allowed",
	  { 0x46f4, 1, "S-1", "1-1", 2, { { 8, 6, 0x50 }, { 8, 6, 0x50 } } }, ATMGUARD_SCOPE_STORAGE_READ, 0, 0 },
	{ "a stick with another protocol (UAS) is unknown unless listed",
	  { 0x46f4, 1, "S-1", "1-1", 2, { { 8, 6, 0x50 }, { 8, 6, 0x62 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a device that shows fewer interfaces than its rule is allowed",
	  { 0x0627, 1, NULL, "1-1", 1, { { 3, 1, 1 } } }, ATMGUARD_SCOPE_KEYBOARD, 0, 1 },
	{ "a second rule that fits may open it",
	  { 0x0627, 1, NULL, "1-1", 1, { { 3, 1, 1 } } }, ATMGUARD_SCOPE_TOOLS, 0, 3 },
	{ "of two closed rules the first is named",
	  { 0x0627, 1, NULL, "1-1", 1, { { 3, 1, 1 } } }, ATMGUARD_SCOPE_BOOT, -EACCES, 1 },
	{ "a device without scopes is allowed at its port while locked",
	  { 0x1111, 2, "x", "1-2", 1, { { 0xff, 5, 6 } } }, 0, 0, 2 },
	{ "the same device at another port is unknown",
	  { 0x1111, 2, "x", "1-2.1", 1, { { 0xff, 5, 6 } } }, 0, -EPERM, AG_USB_RULE_NONE },
	{ "the same device at no port is unknown",
	  { 0x1111, 2, "x", NULL, 1, { { 0xff, 5, 6 } } }, 0, -EPERM, AG_USB_RULE_NONE },
	{ "any protocol does not mean any subclass",
	  { 0x2222, 1, NULL, "1-1", 1, { { 7, 2, 1 } } }, 0, -EPERM, AG_USB_RULE_NONE },
	{ "any protocol means any protocol",
	  { 0x2222, 1, NULL, "1-1", 1, { { 7, 1, 0x99 } } }, 0, 0, 4 },
	{ "a hub is allowed while locked",
	  { 0x9999, 1, NULL, "1-1", 2, { { 9, 0, 1 }, { 9, 0, 2 } } }, 0, 0, AG_USB_RULE_NONE },
	{ "a hub that also shows a disk is unknown",
	  { 0x9999, 1, NULL, "1-1", 2, { { 9, 0, 1 }, { 8, 6, 0x50 } } }, 0, -EPERM, AG_USB_RULE_NONE },
	{ "a device that shows no interface is unknown",
	  { 0x46f4, 1, "S-1", "1-1", 0, { { 0 } } }, ATMGUARD_SCOPES_ALL, -EPERM, AG_USB_RULE_NONE },
	{ "a device with more interfaces than are looked at is unknown, even a hub",
	  { 0x9999, 1, NULL, "1-1", AG_USB_DEVICE_INTERFACES + 1, { { 9, 0, 0 } } }, 0, -EPERM, AG_USB_RULE_NONE },
};

START_TEST(test_usb_row)
{
	struct ag_policy_view v = { .usb = rules, .nr_usb = sizeof(rules) / sizeof(rules[0]) };
	__u32 rule = 77;

	ck_assert_int_eq(ag_policy_usb_verdict(&v, &usb_rows[_i].dev, usb_rows[_i].scopes, &rule),
			 usb_rows[_i].want);
	ck_assert_uint_eq(rule, usb_rows[_i].rule);
}
END_TEST

#define ADD_ROWS(suite, rows, test)						\
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)		\
		harness_add_row(suite, rows[i].sentence, test, i)

int main(void)
{
	Suite *s = suite_create("check_policy_eval");

	harness_add(s, "find agrees with a linear search, uniform and clustered", test_find_twin);
	harness_add(s, "find finds every entry", test_find_all);
	harness_add(s, "a digest of one kind is not found as the other", test_find_kind);
	harness_add(s, "a file system is found by its UUID", test_find_filesystem);
	harness_add(s, "find takes a handful of probes where digests are uniform", test_find_fast);
	harness_add(s, "find stays within its bound where digests are chosen", test_find_bound);
	harness_add(s, "a plain path is that file, and nothing below it", test_readable);
	harness_add(s, "path_protected agrees with a comparison of components", test_path_twin);
	ADD_ROWS(s, node_rows, test_node_row);
	ADD_ROWS(s, path_rows, test_path_row);
	ADD_ROWS(s, usb_rows, test_usb_row);
	return harness_run(s, "check_policy_eval");
}
