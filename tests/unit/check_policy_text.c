// SPDX-License-Identifier: MIT
// The policy language: what it refuses and why, and that compiling is deterministic.
#include <endian.h>
#include <stdlib.h>

#include "policy/compile.h"
#include "policy/text.h"
#include "harness.h"

#define D0	"sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define D1	"sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DF	"sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define V1	"verity:1111111111111111111111111111111111111111111111111111111111111111"
#define VA	"verity:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define U1	"01234567-89ab-cdef-0123-456789abcdef"
#define U2	"11234567-89AB-CDEF-0123-456789abcdef"
#define HEAD	"policy-version 3\n"

struct compiled {
	struct ag_error error;
	struct ag_policy_view view;
	void *data;
	size_t len;
};

/* Compiles one or two texts as one.  Returns 0 or what the step that failed said. */
static int compile(const char *first, const char *second, struct compiled *c)
{
	struct ag_model *model = malloc(sizeof(*model));
	__u8 sha256[ATMGUARD_HASH_LEN] = { 1, 2, 3 };
	int r;

	memset(c, 0, sizeof(*c));
	ag_model_init(model);
	r = ag_text_parse(model, first, strlen(first), NULL, NULL, &c->error);
	if (!r && second)
		r = ag_text_parse(model, second, strlen(second), NULL, NULL, &c->error);
	if (!r)
		r = ag_compile(model, sha256, &c->data, &c->len, &c->error);
	if (!r)
		ck_assert_int_eq(ag_policy_check(c->data, c->len, &c->view), 0);
	ag_model_exit(model);
	free(model);
	return r;
}

/* ---- what is refused, in which line, and what the message must say ---- */

#define PATH_64 "/234567890123456789012345678901234567890123456789012345678901234"
#define PATH_128 PATH_64 PATH_64

/* SHA-256 of "-c", NUL, "run": what the kernel computes over the two arguments. */
#define RUN "a544d59acca7e2ef9667d1d806ae72f3dd6fe47f39b00cdf1febbc1b037335a0"

static const struct {
	const char *sentence, *text;
	unsigned int line;
	const char *says;
} refused[] = {
	{ "an unknown statement is refused", HEAD "\nprogramme x\n", 3, "unknown statement 'programme'" },
	{ "a text without a version is refused", "class demo\n", 0, "policy-version" },
	{ "a version stated twice is refused", HEAD "policy-version 4\n", 2, "twice" },
	{ "a version without a value is refused", "policy-version\n", 1, "exactly one value" },
	{ "a version with two values is refused", "policy-version 1 2\n", 1, "exactly one value" },
	{ "version 0 is refused", "policy-version 0\n", 1, "whole number" },
	{ "a negative version is refused", "policy-version -1\n", 1, "whole number" },
	{ "a version with a letter behind it is refused", "policy-version 1a\n", 1, "whole number" },
	{ "a version above 64 bits is refused", "policy-version 99999999999999999999\n", 1, "whole number" },
	{ "a floor above the version is refused", HEAD "floor 4\n", 0, "floor 4 is above" },
	{ "a class of 32 characters is refused", HEAD "class 01234567890123456789012345678901\n", 2, "1 to 31" },
	{ "a class with a blank is refused", HEAD "class \"a b\"\n", 2, "without blanks" },
	{ "an unknown mode is refused", HEAD "mode learn\n", 2, "enforce or observe" },
	{ "a day that does not exist is refused", HEAD "expires 2027-02-30\n", 2, "takes a day" },
	{ "a day with a word behind it is refused", HEAD "expires 2027-02-03x\n", 2, "takes a day" },
	{ "a day without leading zeros is refused", HEAD "expires 2027-2-03\n", 2, "takes a day" },
	{ "a day before 1970 is refused", HEAD "not-before 1960-01-01\n", 2, "takes a day" },
	{ "a policy that ends before it begins is refused",
	  HEAD "not-before 2027-01-02\nexpires 2027-01-01\n", 0, "expires before" },

	{ "an entry without a path is refused", HEAD "program " D1 "\n", 2, "an entry is" },
	{ "an entry with an unknown type is refused", HEAD "program+binary " D1 " /a\n", 2, "unknown statement" },
	{ "an entry with an empty type is refused", HEAD "program+ " D1 " /a\n", 2, "unknown statement" },
	{ "a short digest is refused", HEAD "program sha256:11 /a\n", 2, "64 hexadecimal" },
	{ "a digest with a letter beyond f is refused",
	  HEAD "program sha256:g111111111111111111111111111111111111111111111111111111111111111 /a\n", 2, "64 hexadecimal" },
	{ "a digest that is too long is refused", HEAD "program " D1 "1 /a\n", 2, "64 hexadecimal" },
	{ "another hash is refused", HEAD "program md5:11 /a\n", 2, "64 hexadecimal" },
	{ "a relative path is refused", HEAD "program " D1 " a\n", 2, "begin with a slash" },
	{ "an unknown flag is refused", HEAD "program " D1 " /a setuid\n", 2, "unknown flag 'setuid'" },
	{ "a flag on a library is refused", HEAD "library " D1 " /a jit\n", 2, "programs and scripts only" },
	{ "an owner without a name is refused", HEAD "program " D1 " /a owner\n", 2, "needs the name" },
	{ "an owner in capitals is refused", HEAD "program " D1 " /a owner Teller\n", 2, "lower-case" },
	{ "two owners of an entry are refused", HEAD "program " D1 " /a owner x owner y\n", 2, "two owners" },
	{ "two owners of a content are refused",
	  HEAD "node a char 1:1 owner x\nnode b char 1:2 owner y\nprogram " D1 " /a owner x\nprogram " D1 " /b owner y\n",
	  5, "two owners" },
	{ "an owner of no node is refused", HEAD "program " D1 " /a owner tellr\n", 2, "owns no node" },

	{ "a node with words missing is refused", HEAD "node d char 4:1\n", 2, "a node is" },
	{ "a block device as a node is refused", HEAD "node d block 8:0 owner x\n", 2, "a node is" },
	{ "a node's name of 16 characters is refused", HEAD "node 0123456789abcdef char 4:1 owner x\n", 2, "1 to 15" },
	{ "a node without a minor is refused", HEAD "node d char 4 owner x\n", 2, "MAJOR:MINOR" },
	{ "a node whose minors run backwards is refused", HEAD "node d char 4:3-2 owner x\n", 2, "MAJOR:MINOR" },
	{ "a node with an open range is refused", HEAD "node d char 4:3- owner x\n", 2, "MAJOR:MINOR" },
	{ "a node with a minus is refused", HEAD "node d char -4:3 owner x\n", 2, "MAJOR:MINOR" },
	{ "a node with a major above 4095 is refused", HEAD "node d char 4096:3 owner x\n", 2, "MAJOR:MINOR" },
	{ "a node with a minor above 32 bits is refused", HEAD "node d char 4:4294967297 owner x\n", 2, "MAJOR:MINOR" },
	{ "nodes that overlap are refused, by name",
	  HEAD "node a char 4:1-5 owner x\nnode b char 4:5 owner x\n", 0, "a and b overlap" },

	{ "a USB device without an id is refused", HEAD "usb s\n", 2, "a device is" },
	{ "a USB id of three digits is refused", HEAD "usb s 46f:0001 interface 08:06:50\n", 2, "four hexadecimal" },
	{ "a USB device's name of 16 characters is refused",
	  HEAD "usb 0123456789abcdef 46f4:0001 interface 08:06:50\n", 2, "1 to 15" },
	{ "a USB device without interfaces is refused", HEAD "usb s 46f4:0001\n", 2, "name the interfaces" },
	{ "an interface of one digit is refused",
	  HEAD "usb s 46f4:0001 interface 1:1:1\n", 2, "two hexadecimal" },
	{ "nine interfaces are refused",
	  HEAD "usb s 46f4:0001 interface 01:01:01 01:01:02 01:01:03 01:01:04 01:01:05 01:01:06 01:01:07 01:01:08 01:01:09\n",
	  2, "8 at most" },
	{ "any class is refused", HEAD "usb s 46f4:0001 interface *:*:*\n", 2, "two hexadecimal" },
	{ "an unknown scope is refused", HEAD "usb s 46f4:0001 interface 08:06:50 scope all\n", 2, "unknown scope 'all'" },
	{ "an unknown word about a device is refused", HEAD "usb s 46f4:0001 class 08\n", 2, "expected serial" },
	{ "a key without a value is refused", HEAD "usb s 46f4:0001 interface 08:06:50 scope\n", 2, "scope needs a value" },
	{ "an empty serial number is refused", HEAD "usb s 46f4:0001 serial \"\" interface 08:06:50\n", 2, "serial number" },
	{ "a serial number of 32 bytes is refused",
	  HEAD "usb s 46f4:0001 serial 01234567890123456789012345678901 interface 08:06:50\n", 2, "serial number" },
	{ "a serial number with a control byte is refused",
	  HEAD "usb s 46f4:0001 serial \"a\\x1bb\" interface 08:06:50\n", 2, "serial number" },
	{ "a port of 16 characters is refused",
	  HEAD "usb s 46f4:0001 port 1-2.3.4.5.6.7.8.9 interface 08:06:50\n", 2, "a port is" },

	{ "a protected path with a slash at the end is refused", HEAD "protect /usr/\n", 2, "no '//'" },
	{ "the root as protected path is refused", HEAD "protect /\n", 2, "no '//'" },
	{ "a relative protected path is refused", HEAD "protect usr\n", 2, "begin with a slash" },
	{ "two paths on a protect line are refused", HEAD "protect /usr /etc\n", 2, "one line for each" },
	{ "a protected path of 128 bytes is refused",
	  HEAD "protect " PATH_128 "\n", 2, "127 bytes" },
	{ "a protected path with a control byte is refused", HEAD "protect \"/us\\x09r\"\n", 2, "begin with" },
	{ "a file system with words missing is refused", HEAD "filesystem /data " U1 "\n", 2, "a file system is" },
	{ "a file system by label is refused", HEAD "filesystem /data label data\n", 2, "a file system is" },
	{ "a file system in the place of the root is refused", HEAD "filesystem / uuid " U1 "\n", 2, "no '//'" },
	{ "a file system at a path of 64 bytes is refused",
	  HEAD "filesystem /234567890123456789012345678901234567890123456789012345678901234 uuid " U1 "\n", 2, "63 bytes" },
	{ "a UUID without its dashes is refused", HEAD "filesystem /data uuid 0123456789abcdef0123456789abcdef\n", 2, "as blkid" },
	{ "a short UUID is refused", HEAD "filesystem /data uuid 01234567-89ab\n", 2, "as blkid" },
	{ "a UUID with a digit behind it is refused", HEAD "filesystem /data uuid " U1 "0\n", 2, "as blkid" },
	{ "a UUID of FAT is refused", HEAD "filesystem /data uuid 0123-4567\n", 2, "as blkid" },
	{ "the nil UUID is refused", HEAD "filesystem /data uuid 00000000-0000-0000-0000-000000000000\n", 2, "as blkid" },
	{ "a UUID named twice is refused", HEAD "filesystem /a uuid " U1 "\nfilesystem /b uuid " U1 "\n", 3, "named before" },
	{ "a path of two file systems is refused", HEAD "filesystem /a uuid " U1 "\nfilesystem /a uuid " U2 "\n", 3, "named before" },
	{ "a digest both of a content and of fs-verity is refused",
	  HEAD "program " D1 " /a\nprogram " V1 " /b\n", 3, "same digest" },
	{ "a plain path with a slash at the end is refused", HEAD "reads /etc/\n", 2, "no '//'" },
	{ "two plain paths on a line are refused", HEAD "reads /etc/passwd /etc/group\n", 2, "one line for each" },
	{ "a plain path of 128 bytes is refused",
	  HEAD "reads " PATH_128 "\n", 2, "127 bytes" },
	{ "a command of two words is refused", HEAD "command run parts\n", 2, "exactly one text" },
	{ "a command without a text is refused", HEAD "command\n", 2, "exactly one text" },
	{ "a command that a shell would take for an option is refused", HEAD "command \"-x\"\n", 2, "begin with '-'" },
	{ "so is one with a plus", HEAD "command +x\n", 2, "begin with '+'" },
	{ "a command is no type of files", HEAD "script+command " D1 " /a\n", 2, "unknown statement" },
	{ "a file with the content of a command is refused",
	  HEAD "command run\nscript sha256:" RUN " /a\n", 2, "content of a command" },
	{ "an override without a reason is refused", HEAD "allow-door /usr/bin/gdb\n", 2, "the reason" },
	{ "an override with an empty reason is refused", HEAD "allow-flaw /usr/bin/gdb \"\"\n", 2, "the reason" },

	{ "a quote that is not closed is refused", HEAD "class \"demo\n", 2, "not closed" },
	{ "a word behind a quote is refused", HEAD "class \"demo\"x\n", 2, "a blank must follow" },
	{ "a quote inside a word is refused", HEAD "class de\"mo\n", 2, "double quotes" },
	{ "a backslash outside quotes is refused", HEAD "class de\\mo\n", 2, "double quotes" },
	{ "an unknown escape is refused", HEAD "class \"\\n\"\n", 2, "unknown escape" },
	{ "a cut escape is refused", HEAD "class \"\\\n", 2, "ends inside" },
	{ "a short escape is refused", HEAD "class \"\\x1\"\n", 2, "two hexadecimal" },
	{ "an escape that is not hexadecimal is refused", HEAD "class \"\\xgg\"\n", 2, "hexadecimal" },
	{ "a NUL byte is refused", HEAD "class \"\\x00\"\n", 2, "NUL" },
	{ "a line that ends in a carriage return is refused", HEAD "class demo\r\n", 2, "Unix line ends" },
	{ "a control character is refused", HEAD "class de\x1bmo\n", 2, "control characters" },
	{ "a byte that is not UTF-8 is refused, also in a comment", HEAD "# \xff\n", 2, "not UTF-8" },
	{ "a 65th word is refused", HEAD
	  "program " D1 " /a jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit"
	  " jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit jit"
	  " jit jit jit jit jit jit jit jit jit jit jit jit jit jit\n", 2, "too many words" },
};

START_TEST(test_refused_row)
{
	struct compiled c;

	ck_assert_int_eq(compile(refused[_i].text, NULL, &c), -EINVAL);
	ck_assert_ptr_nonnull(strstr(c.error.text, refused[_i].says));
	ck_assert_uint_eq(c.error.line, refused[_i].line);
}
END_TEST

/* ---- what is taken ---- */

static const char full_text[] =
	"# the whole language\n"
	"policy-version 3\nfloor 2\nclass demo\nnot-before 2026-01-01\n"
	"expires 2027-12-31\nmode observe\n"
	"program " D1 " /usr/bin/dash interpreter inline # trailing\n"
	"program+library " DF " \"/opt/a b\\\"\\\\\\x01\" jit owner teller\n"
	"data " D0 " /usr/lib/\xe4\xbf\x9d.py\n"
	"node dispenser char 4:65-67 owner teller\n"
	"node reader char 4:70 owner card\n"
	"usb stick 46f4:0001 serial \"S 1\" port 1-2.1 interface 08:06:50 08:06:62 scope storage-read storage-write\n"
	"usb pad 1111:ABcd interface ff:*:* interface 03:01:*\n"
	"command \"cd / && \\\"run\\\"\\x0a\"\ncommand \"\"\n"
	"protect /usr\nprotect /opt\nprotect /usr\nreads /etc/passwd\nreads /etc/group\nreads /etc/passwd\n"
	"filesystem /opt/b uuid " U2 "\nfilesystem /opt/a uuid " U1 "\n"
	"program+library " VA " /opt/big jit owner teller\n"
	"allow-door /usr/bin/gdb \"the field test needs it\"\n";

START_TEST(test_full)
{
	const struct ag_policy_usb *u;
	struct compiled c;

	ck_assert_int_eq(compile(full_text, NULL, &c), 0);
	ck_assert_uint_eq(c.view.version, 3);
	ck_assert_uint_eq(c.view.floor, 2);
	ck_assert_uint_eq(c.view.not_before_s, 1767225600);
	ck_assert_uint_eq(c.view.not_after_s, 1830297599);
	ck_assert_uint_eq(c.view.flags, AG_POLICY_OBSERVE);
	ck_assert_str_eq(c.view.header->atm_class, "demo");
	ck_assert_uint_eq(c.view.header->text_sha256[2], 3);
	ck_assert_uint_eq(c.view.nr_entries, 6);
	ck_assert_uint_eq(c.view.entries[0].types, AG_TYPE_DATA);
	ck_assert_uint_eq(c.view.entries[1].types, AG_TYPE_PROGRAM);
	ck_assert_uint_eq(le16toh(c.view.entries[1].flags), AG_FLAG_INTERPRETER | AG_FLAG_INLINE);
	ck_assert_uint_eq(c.view.entries[1].owner, 0);
	ck_assert_uint_eq(c.view.entries[3].types, AG_TYPE_PROGRAM | AG_TYPE_LIBRARY | AG_TYPE_VERITY);
	/* "card" before "teller" */
	ck_assert_uint_eq(c.view.entries[5].owner, 2);
	ck_assert_uint_eq(c.view.nr_filesystems, 2);
	ck_assert_str_eq(c.view.filesystems[0].path, "/opt/a");
	ck_assert_uint_eq(c.view.filesystems[0].uuid[1], 0x23);
	ck_assert_uint_eq(c.view.filesystems[1].uuid[5], 0xab);
	ck_assert_uint_eq(c.view.nr_nodes, 2);
	ck_assert_uint_eq(c.view.nodes[0].owner, 2);
	ck_assert_uint_eq(c.view.nodes[1].owner, 1);
	ck_assert_uint_eq(le32toh(c.view.nodes[0].minor_last), 67);
	ck_assert_uint_eq(c.view.nr_paths, 2);
	ck_assert_str_eq(c.view.paths[0].path, "/opt");
	ck_assert_uint_eq(c.view.nr_reads, 2);
	ck_assert_str_eq(c.view.reads[0].path, "/etc/group");
	u = c.view.usb;
	ck_assert_uint_eq(c.view.nr_usb, 2);
	ck_assert_uint_eq(u[0].nr_interfaces, 2);
	ck_assert_uint_eq(u[0].interface[1].protocol, 0x62);
	ck_assert_str_eq(u[0].serial, "S 1");
	ck_assert_str_eq(u[0].port, "1-2.1");
	ck_assert_uint_eq(le32toh(u[0].scopes), ATMGUARD_SCOPE_STORAGE_READ | ATMGUARD_SCOPE_STORAGE_WRITE);
	ck_assert_uint_eq(le16toh(u[1].product), 0xabcd);
	ck_assert_uint_eq(u[1].interface[0].any, 3);
	ck_assert_uint_eq(u[1].interface[1].any, 2);
	free(c.data);
}
END_TEST

static void assert_same(const char *a1, const char *a2, const char *b1, const char *b2)
{
	struct compiled a, b;

	ck_assert_int_eq(compile(a1, a2, &a), 0);
	ck_assert_int_eq(compile(b1, b2, &b), 0);
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.data, b.data, a.len);
	free(a.data);
	free(b.data);
}

START_TEST(test_deterministic)
{
	assert_same(full_text, NULL, full_text, NULL);
}
END_TEST

START_TEST(test_order)
{
	assert_same(HEAD "node a char 1:1 owner x\nnode b char 1:2 owner y\nprotect /a\nprotect /b\n"
		    "filesystem /a uuid " U1 "\nfilesystem /b uuid " U2 "\n"
		    "program " D1 " /a owner x\nprogram " D0 " /b owner y\n", NULL,
		    "protect /b\nprogram " D0 " /b owner y\nprogram " D1 " /a owner x\nprotect /a\n"
		    "filesystem /b uuid " U2 "\nfilesystem /a uuid " U1 "\n"
		    "node b char 1:2 owner y\nnode a char 1:1 owner x\n" HEAD, NULL);
}
END_TEST

START_TEST(test_two_texts)
{
	assert_same(HEAD "program " D1 " /a\n", "program " D0 " /b", HEAD "program " D1 " /a\nprogram " D0 " /b\n", NULL);
}
END_TEST

START_TEST(test_twice_over_texts)
{
	struct compiled c;

	ck_assert_int_eq(compile(HEAD, "class x\n" HEAD, &c), -EINVAL);
	ck_assert_uint_eq(c.error.line, 2);
}
END_TEST

START_TEST(test_merge)
{
	assert_same(HEAD "program " D1 " /a jit\nlibrary " D1 " /b\nprogram " D1 " /c inline\n", NULL,
		    HEAD "program+library " D1 " /a inline jit\n", NULL);
}
END_TEST

START_TEST(test_empty)
{
	struct compiled c;

	ck_assert_int_eq(compile("\n  # nothing\n\t\n" HEAD, NULL, &c), 0);
	ck_assert_uint_eq(c.len, sizeof(struct ag_policy_header));
	free(c.data);
}
END_TEST

START_TEST(test_defaults)
{
	struct compiled c;

	ck_assert_int_eq(compile("policy-version 7", NULL, &c), 0);
	ck_assert_uint_eq(c.view.version, 7);
	ck_assert_uint_eq(c.view.floor, 1);
	ck_assert_uint_eq(c.view.not_after_s, 0);
	ck_assert_uint_eq(c.view.flags, 0);
	ck_assert_uint_eq(c.view.header->atm_class[0], 0);
	free(c.data);
}
END_TEST

START_TEST(test_times)
{
	struct compiled c;

	ck_assert_int_eq(compile(HEAD "not-before 2026-01-01T00:00:01Z\nexpires 2026-01-01T12:00:00Z", NULL, &c), 0);
	ck_assert_uint_eq(c.view.not_before_s, 1767225601);
	ck_assert_uint_eq(c.view.not_after_s, 1767225600 + 43200);
	free(c.data);
}
END_TEST

START_TEST(test_serial_like_key)
{
	struct compiled c;

	ck_assert_int_eq(compile(HEAD "usb s 46f4:0001 serial scope interface 08:06:50", NULL, &c), 0);
	ck_assert_str_eq(c.view.usb[0].serial, "scope");
	ck_assert_uint_eq(c.view.usb[0].scopes, 0);
	free(c.data);
}
END_TEST

START_TEST(test_line_too_long)
{
	char *text = malloc(AG_LINE_MAX + 64);
	struct compiled c;

	strcpy(text, HEAD "# ");
	memset(text + strlen(text), 'x', AG_LINE_MAX - 1);
	text[strlen(HEAD) + AG_LINE_MAX + 1] = 0;
	ck_assert_int_eq(compile(text, NULL, &c), -EINVAL);
	ck_assert_ptr_nonnull(strstr(c.error.text, "too long"));
	text[strlen(HEAD) + AG_LINE_MAX] = 0;
	ck_assert_int_eq(compile(text, NULL, &c), 0);
	free(c.data);
	free(text);
}
END_TEST

/* Fills a bound by repeating a line with a number in it. */
static void assert_bound(const char *format, unsigned int bound)
{
	char *text = malloc(32 + (bound + 1) * 128), *at = text;
	struct compiled c;

	at += sprintf(at, HEAD);
	for (unsigned int i = 0; i <= bound; i++) {
		if (i == bound) {
			ck_assert_int_eq(compile(text, NULL, &c), 0);
			free(c.data);
		}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		at += sprintf(at, format, i, i);
#pragma GCC diagnostic pop
	}
	ck_assert_int_eq(compile(text, NULL, &c), -EINVAL);
	ck_assert_ptr_nonnull(strstr(c.error.text, "too many"));
	ck_assert_uint_eq(c.error.line, bound + 2);
	free(text);
}

START_TEST(test_bound_nodes)
{
	assert_bound("node n%u char 4:%u owner x\n", AG_NODES_MAX);
}
END_TEST

START_TEST(test_bound_usb)
{
	assert_bound("usb u%u 0000:%04x interface 08:06:50\n", AG_USB_MAX);
}
END_TEST

START_TEST(test_bound_paths)
{
	assert_bound("protect /p%u\n", AG_PATHS_MAX);
}
END_TEST

START_TEST(test_bound_filesystems)
{
	assert_bound("filesystem /d%u uuid 01234567-89ab-cdef-0123-4567%08x\n", AG_FILESYSTEMS_MAX);
}
END_TEST

START_TEST(test_bound_reads)
{
	assert_bound("reads /p%u\n", AG_PATHS_MAX);
}
END_TEST

START_TEST(test_long_command)
{
	static const char head[] = HEAD "command ";
	const size_t longest = AG_COMMAND_MAX - sizeof(AG_COMMAND_OPTION) - 1;
	char *text = malloc(sizeof(head) + longest + 2);
	struct compiled c;

	strcpy(text, head);
	memset(text + sizeof(head) - 1, 'x', longest + 1);
	strcpy(text + sizeof(head) - 1 + longest, "\n");
	ck_assert_int_eq(compile(text, NULL, &c), 0);
	free(c.data);
	strcpy(text + sizeof(head) - 1 + longest, "x\n");
	ck_assert_int_eq(compile(text, NULL, &c), -EINVAL);
	free(text);
}
END_TEST

START_TEST(test_command)
{
	char hex[2 * ATMGUARD_HASH_LEN + 1];
	struct compiled c;

	ck_assert_int_eq(compile(HEAD "command run\ncommand \"run\"\n", NULL, &c), 0);
	ck_assert_uint_eq(c.view.nr_entries, 1);
	ck_assert_uint_eq(c.view.entries[0].types, AG_TYPE_COMMAND);
	for (int i = 0; i < ATMGUARD_HASH_LEN; i++)
		sprintf(hex + 2 * i, "%02x", c.view.entries[0].digest[i]);
	ck_assert_str_eq(hex, RUN);
	free(c.data);
}
END_TEST

START_TEST(test_bound_groups)
{
	struct ag_model *m = malloc(sizeof(*m));
	__u8 group;
	char name[8];

	ag_model_init(m);
	for (unsigned int i = 0; i < AG_GROUPS_MAX; i++) {
		sprintf(name, "g%u", i);
		ck_assert_int_eq(ag_model_group(m, name, &group), 0);
		ck_assert_uint_eq(group, i + 1);
	}
	ck_assert_int_eq(ag_model_group(m, "one-more", &group), -E2BIG);
	ck_assert_int_eq(ag_model_group(m, "g7", &group), 0);
	ck_assert_uint_eq(group, 8);
	free(m);
}
END_TEST

/* ---- writing ---- */

static char *write_text(const char *text)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_error error;
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	ag_model_init(m);
	ck_assert_int_eq(ag_text_parse(m, text, strlen(text), NULL, NULL, &error), 0);
	ag_text_write(f, m);
	fclose(f);
	ag_model_exit(m);
	free(m);
	return out;
}

START_TEST(test_round_trip)
{
	char *once = write_text(full_text), *twice = write_text(once);

	ck_assert_str_eq(once, twice);
	assert_same(full_text, NULL, once, NULL);
	ck_assert_ptr_nonnull(strstr(once, "allow-door /usr/bin/gdb \"the field test needs it\""));
	free(once);
	free(twice);
}
END_TEST

START_TEST(test_round_trip_words)
{
	struct ag_words *words = malloc(sizeof(*words));
	const char *why;

	srandom(6);
	for (int round = 0; round < 20000; round++) {
		char word[17] = "", *line = NULL;
		size_t len;
		FILE *f = open_memstream(&line, &len);

		for (int i = random() % 16; i >= 0; i--)
			word[i] = 1 + random() % (round % 2 ? 255 : 126);
		ag_words_write(f, word);
		fclose(f);
		ck_assert_int_eq(ag_words_split(line, len, words, &why), 0);
		ck_assert_uint_eq(words->nr, 1);
		ck_assert_str_eq(words->word[0], word);
		free(line);
	}
	free(words);
}
END_TEST

START_TEST(test_from_view)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_error error;
	struct compiled c;
	__u8 sha256[ATMGUARD_HASH_LEN] = { 1, 2, 3 };
	void *data;
	size_t len;

	ck_assert_int_eq(compile(full_text, NULL, &c), 0);
	ag_model_init(m);
	ck_assert_int_eq(ag_model_from_view(m, &c.view), 0);
	ck_assert_int_eq(ag_compile(m, sha256, &data, &len, &error), 0);
	ck_assert_uint_eq(len, c.len);
	ck_assert_mem_eq(data, c.data, len);
	ag_model_exit(m);
	free(m);
	free(data);
	free(c.data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check_policy_text");

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		harness_add_row(s, refused[i].sentence, test_refused_row, i);
	harness_add(s, "every statement arrives in the binary", test_full);
	harness_add(s, "the same text gives the same bytes", test_deterministic);
	harness_add(s, "the order of lines does not matter, owner numbers included", test_order);
	harness_add(s, "two texts are read as one", test_two_texts);
	harness_add(s, "a statement stated once in each of two texts is refused", test_twice_over_texts);
	harness_add(s, "a content listed several times has all its types and flags", test_merge);
	harness_add(s, "comments and blank lines say nothing", test_empty);
	harness_add(s, "what is not stated has its default", test_defaults);
	harness_add(s, "a time of day is taken to the second", test_times);
	harness_add(s, "a serial number may look like a key", test_serial_like_key);
	harness_add(s, "a line above the bound is refused, one at the bound is taken", test_line_too_long);
	harness_add(s, "64 nodes are taken, 65 refused", test_bound_nodes);
	harness_add(s, "256 USB devices are taken, 257 refused", test_bound_usb);
	harness_add(s, "a command of the greatest length is taken, a longer one refused", test_long_command);
	harness_add(s, "a command is known by its option and its text", test_command);
	harness_add(s, "64 plain paths are taken, 65 refused", test_bound_reads);
	harness_add(s, "64 protected paths are taken, 65 refused", test_bound_paths);
	harness_add(s, "8 file systems are taken, 9 refused", test_bound_filesystems);
	harness_add(s, "255 owner groups are taken, 256 refused", test_bound_groups);
	harness_add(s, "a text that was written reads as it was", test_round_trip);
	harness_add(s, "any word that was written reads as it was", test_round_trip_words);
	harness_add(s, "a binary read back compiles to the same binary", test_from_view);
	return harness_run(s, "check_policy_text");
}
