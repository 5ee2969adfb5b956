// SPDX-License-Identifier: MIT
// From files to a text: what is listed as what, what is left out, what lint finds; keys and files.
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/compile.h"
#include "policy/doors.h"
#include "policy/elf_file.h"
#include "policy/file.h"
#include "policy/lint.h"
#include "policy/rules.h"
#include "policy/scan.h"
#include "policy/text.h"
#include "harness.h"
#include "policy_tree.h"

/* An ELF file from its parts. */
struct image {
	Elf64_Ehdr h;
	Elf64_Phdr p[4];
	Elf64_Dyn d[3];
	char salt;		/* makes contents differ */
};

static struct image make_image(unsigned int type, char salt)
{
	struct image i = { .salt = salt };

	memcpy(i.h.e_ident, ELFMAG, SELFMAG);
	i.h.e_ident[EI_CLASS] = ELFCLASS64;
	i.h.e_ident[EI_DATA] = ELFDATA2LSB;
	i.h.e_type = type;
	i.h.e_phoff = offsetof(struct image, p);
	i.h.e_phentsize = sizeof(i.p[0]);
	i.h.e_phnum = 4;
	i.p[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X };
	i.p[1] = (Elf64_Phdr){ .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W };
	i.p[2] = (Elf64_Phdr){ .p_type = PT_DYNAMIC, .p_offset = offsetof(struct image, d),
			       .p_filesz = sizeof(i.d) };
	i.p[3].p_type = PT_NULL;
	return i;
}

static void put_image(const char *path, struct image image, mode_t mode)
{
	put(path, &image, sizeof(image), mode);
}

/* ---- ELF ---- */

static void flaw_none(struct image *i) {}
static void flaw_stack_x(struct image *i) { i->p[1].p_flags |= PF_X; }
static void flaw_no_stack(struct image *i) { i->p[1].p_type = PT_NULL; }
static void flaw_rwx(struct image *i) { i->p[0].p_flags |= PF_W; }
static void flaw_textrel(struct image *i) { i->d[0].d_tag = DT_TEXTREL; }
static void flaw_df_textrel(struct image *i) { i->d[0] = (Elf64_Dyn){ .d_tag = DT_FLAGS, .d_un.d_val = DF_TEXTREL }; }
static void flaw_behind_null(struct image *i) { i->d[1].d_tag = DT_TEXTREL; }
static void flaw_phoff(struct image *i) { i->h.e_phoff = (Elf64_Off)-1; }
static void flaw_phoff_end(struct image *i) { i->h.e_phoff = sizeof(*i) - 8; }
static void flaw_phentsize(struct image *i) { i->h.e_phentsize = 32; }
static void flaw_phnum(struct image *i) { i->h.e_phnum = 60000; }
static void flaw_dynamic(struct image *i) { i->p[2].p_filesz = (Elf64_Xword)-1; }
static void flaw_dynamic_offset(struct image *i) { i->p[2].p_offset = (Elf64_Off)-8; }
static void flaw_class(struct image *i) { i->h.e_ident[EI_CLASS] = 7; }
static void flaw_endian(struct image *i) { i->h.e_ident[EI_DATA] = ELFDATA2MSB; }

static const struct {
	const char *sentence;
	void (*change)(struct image *i);
	unsigned int want;
} elf_rows[] = {
	{ "a sound ELF file has no flaw", flaw_none, 0 },
	{ "an executable stack is a flaw", flaw_stack_x, AG_ELF_EXECSTACK },
	{ "a missing stack header is a flaw", flaw_no_stack, AG_ELF_EXECSTACK },
	{ "a writable and executable segment is a flaw", flaw_rwx, AG_ELF_RWX },
	{ "DT_TEXTREL is a flaw", flaw_textrel, AG_ELF_TEXTREL },
	{ "DF_TEXTREL is a flaw", flaw_df_textrel, AG_ELF_TEXTREL },
	{ "tags behind DT_NULL are not looked at", flaw_behind_null, 0 },
	{ "segment headers beyond any file are a flaw", flaw_phoff, AG_ELF_MALFORMED },
	{ "segment headers behind the end are a flaw", flaw_phoff_end, AG_ELF_MALFORMED },
	{ "segment headers of another size are a flaw", flaw_phentsize, AG_ELF_MALFORMED },
	{ "60,000 segments are a flaw", flaw_phnum, AG_ELF_MALFORMED },
	{ "a dynamic section without end is a flaw", flaw_dynamic, AG_ELF_MALFORMED },
	{ "a dynamic section outside the file is a flaw", flaw_dynamic_offset, AG_ELF_MALFORMED },
	{ "an unknown ELF class is a flaw", flaw_class, AG_ELF_MALFORMED },
	{ "a big-endian ELF file is a flaw", flaw_endian, AG_ELF_MALFORMED },
};

START_TEST(test_elf_row)
{
	struct image i = make_image(ET_DYN, 0);
	struct ag_elf elf;
	int fd;

	make_root();
	elf_rows[_i].change(&i);
	put_image("/x", i, 0755);
	fd = open(below("/x"), O_RDONLY);
	ck_assert_int_eq(ag_elf_read(fd, &elf), 0);
	ck_assert_uint_eq(elf.flaws, elf_rows[_i].want);
	close(fd);
	remove_root();
}
END_TEST

START_TEST(test_elf_not)
{
	struct ag_elf elf;
	int fd;

	make_root();
	put_text("/short", "\177EL", 0644);
	put_text("/other", "0123456789abcdef0123456789abcdef", 0644);
	fd = open(below("/short"), O_RDONLY);
	ck_assert_int_eq(ag_elf_read(fd, &elf), -ENOEXEC);
	close(fd);
	fd = open(below("/other"), O_RDONLY);
	ck_assert_int_eq(ag_elf_read(fd, &elf), -ENOEXEC);
	close(fd);
	remove_root();
}
END_TEST

/* ---- patterns ---- */

static const struct {
	const char *sentence, *pattern, *path;
	bool want;
} match_rows[] = {
	{ "a pattern without wildcards covers its path", "/usr/bin/dash", "/usr/bin/dash", true },
	{ "a pattern does not cover what lies below", "/usr/bin", "/usr/bin/dash", false },
	{ "a star covers a name", "/usr/bin/*", "/usr/bin/dash", true },
	{ "a star stops at a slash", "/usr/*", "/usr/bin/dash", false },
	{ "two stars at the end cover everything below", "/usr/**", "/usr/bin/dash", true },
	{ "two stars at the end cover the directory itself", "/usr/**", "/usr", true },
	{ "two stars at the end do not cover a longer name", "/usr/**", "/usrlocal/x", false },
	{ "wildcards and two stars go together", "/usr/lib/python3*/**", "/usr/lib/python3.11/os.py", true },
};

START_TEST(test_match_row)
{
	ck_assert(ag_rules_match(match_rows[_i].pattern, match_rows[_i].path) == match_rows[_i].want);
}
END_TEST

/* ---- doors ---- */

static const struct {
	const char *sentence, *path;
	bool is_door, is_interpreter;
} door_rows[] = {
	{ "gdb is a door", "/usr/bin/gdb", true, false },
	{ "gdb-12 is a door", "/usr/bin/gdb-12", true, false },
	{ "dd is a door wherever it lies", "/opt/x/dd", true, false },
	{ "busybox.static is a door", "/bin/busybox.static", true, false },
	{ "setarch is a door", "/usr/bin/setarch", true, false },
	{ "json_pp is a door", "/usr/bin/json_pp", true, false },
	{ "cpan is a door under each of its names", "/usr/bin/cpan5.36-x86_64-linux-gnu", true, false },
	{ "a module that writes to physical memory is a door", "/lib/modules/x/ramoops.ko.xz", true, false },
	{ "ddate is no door", "/usr/bin/ddate", false, false },
	{ "ls is no door", "/usr/bin/ls", false, false },
	{ "a directory named gdb makes no door", "/usr/share/gdb/x", false, false },
	{ "dash is an interpreter", "/usr/bin/dash", false, true },
	{ "python3.11 is an interpreter", "/usr/bin/python3.11", false, true },
	{ "perlbug is no interpreter", "/usr/bin/perlbug", false, false },
};

START_TEST(test_door_row)
{
	ck_assert((ag_doors_find(door_rows[_i].path) != NULL) == door_rows[_i].is_door);
	ck_assert(ag_doors_is_interpreter(door_rows[_i].path) == door_rows[_i].is_interpreter);
}
END_TEST

/* ---- scanning ---- */

struct left {
	char text[2048];
};

static void note_left_out(void *arg, enum ag_scan_left_out why, const char *path, const char *reason)
{
	struct left *l = arg;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%d %s\n", why, path);
}

/* Scans the tree by @rules_text and returns the entries' text. */
static char *scan_text(const char *rules_text, struct left *left)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_scan_report report = { note_left_out, NULL, left };
	struct ag_error error;
	struct ag_rules rules;
	char *text = NULL;
	size_t len;
	FILE *out;

	memset(left, 0, sizeof(*left));
	ag_model_init(m);
	ag_rules_init(&rules, m);
	ck_assert_int_eq(ag_rules_parse(&rules, rules_text, strlen(rules_text), &error), 0);
	ck_assert_int_eq(ag_scan_tree(&rules, root, "", &report, &error), 0);
	ck_assert_int_eq(ag_compile_merge(m, &error), 0);
	ag_model_sort_by_path(m);
	out = open_memstream(&text, &len);
	for (size_t i = 0; i < m->nr_entries; i++)
		ag_text_write_entry(out, m, &m->entries[i]);
	fclose(out);
	ag_rules_free(&rules);
	ag_model_exit(m);
	free(m);
	return text;
}

static char *scan_whole(const char *rules_text)
{
	struct left left;
	char *entries = scan_text(rules_text, &left), *text = NULL;

	ck_assert_int_ge(asprintf(&text, "policy-version 1\nclass c\nexpires 2030-01-01\nprotect /usr\n%s",
				  entries), 0);
	free(entries);
	return text;
}

/* The same without digests. */
static char *scan(const char *rules_text, struct left *left)
{
	char *text = scan_text(rules_text, left), *from, *to;

	for (from = to = text; *from;) {
		if (strncmp(from, "sha256:", 7) == 0)
			from += 7 + 64 + 1;
		else if (strncmp(from, "verity:", 7) == 0)
			from += 7 + 64;	/* leaves two blanks */
		else
			*to++ = *from++;
	}
	*to = 0;
	return text;
}

static void make_tree(void)
{
	struct image pie = make_image(ET_DYN, 'p'), flawed = make_image(ET_DYN, 'f');

	pie.d[0] = (Elf64_Dyn){ .d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE };
	flawed.p[1].p_flags |= PF_X;
	make_root();
	put_image("/usr/bin/pie", pie, 0755);
	put_image("/usr/bin/static", make_image(ET_EXEC, 's'), 0755);
	put_image("/usr/bin/not-executable", make_image(ET_EXEC, 'n'), 0644);
	put_image("/usr/lib/libx.so.1", make_image(ET_DYN, 'l'), 0755);
	put_image("/usr/lib/plugin", make_image(ET_DYN, 'q'), 0644);
	put_image("/usr/lib/x.o", make_image(ET_REL, 'r'), 0644);
	put_image("/usr/bin/flawed", flawed, 0755);
	put_image("/usr/bin/gdb", make_image(ET_EXEC, 'g'), 0755);
	put_image("/usr/bin/harmless", make_image(ET_EXEC, 'g'), 0755);	/* the same content */
	put_text("/usr/bin/script", "#!/bin/sh\n", 0755);
	put_text("/usr/lib/mod.py", "x = 1\n", 0644);
	put_text("/usr/lib/tool.py", "#!/usr/bin/python3\n", 0644);
	put_text("/usr/lib/modules/x/a.ko", "module", 0644);
	put_text("/usr/lib/modules/x/b.ko.xz", "module2", 0644);
	put_text("/usr/lib/firmware/c.bin", "firmware", 0644);
	put_text("/etc/default/foo", "A=1\n", 0644);
	put_text("/etc/passwd", "root\n", 0644);
	put_text("/usr/share/doc/x/example.sh", "#!/bin/sh -e\n", 0755);
	put_text("/proc/self/run.sh", "#!/bin/sh -x\n", 0755);
	ck_assert_int_eq(symlink("script", below("/usr/bin/link")), 0);
	ck_assert_int_eq(link(below("/usr/bin/pie"), below("/usr/bin/another-name")), 0);
	ck_assert_int_eq(mkfifo(below("/usr/bin/fifo"), 0755), 0);
}

START_TEST(test_scan)
{
	struct left left;
	char *text;

	make_tree();
	text = scan("skip /usr/share/doc\ndata /etc/default/* /usr/lib/*\n"
		    "flags /usr/bin/pie jit owner x\nflags /usr/lib/** jit\nnode n char 1:1 owner x\n", &left);
	ck_assert_str_eq(text,
		"data /etc/default/foo\n"
		"program+library /usr/bin/another-name jit owner x\n"
		"script /usr/bin/script\n"
		"program /usr/bin/static\n"
		"firmware /usr/lib/firmware/c.bin\n"
		"library /usr/lib/libx.so.1\n"
		"data /usr/lib/mod.py\n"
		"module /usr/lib/modules/x/a.ko\n"
		"module /usr/lib/modules/x/b.ko.xz\n"
		"library /usr/lib/plugin\n"
		"script /usr/lib/tool.py jit\n"
		"data /usr/lib/x.o\n");
	ck_assert_ptr_nonnull(strstr(left.text, "0 /usr/bin/gdb\n"));
	ck_assert_ptr_nonnull(strstr(left.text, "0 /usr/bin/harmless\n"));
	ck_assert_ptr_nonnull(strstr(left.text, "1 /usr/bin/flawed\n"));
	free(text);
	remove_root();
}
END_TEST

START_TEST(test_scan_scripts)
{
	struct left left;
	char *text;

	make_tree();
	text = scan("scripts /usr/bin/*\nskip /etc /usr/share /usr/lib/modules /usr/lib/firmware\n"
		    "type /usr/lib/mod.py script\n", &left);
	ck_assert_str_eq(text,
		"program+library /usr/bin/another-name\n"
		"script /usr/bin/script\n"
		"program /usr/bin/static\n"
		"library /usr/lib/libx.so.1\n"
		"script /usr/lib/mod.py maintenance\n"
		"library /usr/lib/plugin\n"
		"script /usr/lib/tool.py maintenance\n");
	free(text);
	remove_root();
}
END_TEST

START_TEST(test_scan_overrides)
{
	struct left left;
	char *text;

	make_tree();
	text = scan("allow-door /usr/bin/gdb \"x\"\nallow-flaw /usr/bin/flawed \"x\"\n"
		    "type /usr/bin/not-executable program\nskip /usr/lib /etc /usr/share\n", &left);
	ck_assert_str_eq(text,
		"program+library /usr/bin/another-name\n"
		"program+library /usr/bin/flawed\n"
		"program /usr/bin/gdb\n"
		"program /usr/bin/not-executable\n"
		"script /usr/bin/script\n"
		"program /usr/bin/static\n");
	ck_assert_str_eq(left.text, "");
	free(text);
	remove_root();
}
END_TEST

START_TEST(test_rules_refused)
{
	static const char *const texts[] = {
		"flags /usr/bin/dash\n", "flags dash interpreter\n", "flags /x setuid\n", "skip\n",
		"skip usr\n", "scripts\n", "scripts usr\n", "verity\n", "verity big\n", "verity all /x\n", "data\n", "type /x\n", "type /x binary\n", "extra /x\n", "extra /x y\n",
		"extra /x /y/\n", "what /x\n", "program /x\n",
	};
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_error error;
	struct ag_rules rules;

	ag_model_init(m);
	ag_rules_init(&rules, m);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_int_eq(ag_rules_parse(&rules, texts[i], strlen(texts[i]), &error), -EINVAL);
		ck_assert_uint_eq(error.line, 1);
	}
	ag_rules_free(&rules);
	ag_model_exit(m);
	free(m);
}
END_TEST

START_TEST(test_scan_verity)
{
	struct left left;
	char *text;

	make_tree();
	text = scan("verity /usr/bin/static /usr/bin/harmless /usr/lib/*\n"
		    "flags /usr/bin/static jit\nskip /etc /usr/share /usr/lib/modules /usr/lib/firmware\n", &left);
	/* Nor is "harmless", the content of a door, listed by its other digest. */
	ck_assert_str_eq(text,
		"program+library /usr/bin/another-name\n"
		"script /usr/bin/script\n"
		"program /usr/bin/static jit\n"
		"program  /usr/bin/static jit\n"
		"library /usr/lib/libx.so.1\n"
		"library  /usr/lib/libx.so.1\n"
		"data /usr/lib/mod.py\n"
		"data  /usr/lib/mod.py\n"
		"library /usr/lib/plugin\n"
		"library  /usr/lib/plugin\n"
		"script /usr/lib/tool.py\n"
		"script  /usr/lib/tool.py\n");
	free(text);
	text = scan("verity all\nskip /etc /usr/share /usr/lib\n", &left);
	ck_assert_str_eq(text,
		"program+library /usr/bin/another-name\n"
		"program+library  /usr/bin/another-name\n"
		"script /usr/bin/script\n"
		"script  /usr/bin/script\n"
		"program /usr/bin/static\n"
		"program  /usr/bin/static\n");
	free(text);
	remove_root();
}
END_TEST

START_TEST(test_scan_no_root)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_scan_report report = { 0 };
	struct ag_error error;
	struct ag_rules rules;

	ag_model_init(m);
	ag_rules_init(&rules, m);
	ck_assert_int_eq(ag_scan_tree(&rules, "/nonexistent", "", &report, &error), -ENOENT);
	ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent"));
	free(m);
}
END_TEST

/* ---- lint ---- */

#define D1	"sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define FILESYSTEM	"filesystem /opt/atm uuid 01234567-89ab-cdef-0123-456789abcdef\n"
#define GOOD	"policy-version 1\nclass c\nexpires 2030-01-01\nprotect /usr\n"

static const struct {
	const char *sentence, *text;
	enum ag_lint_level level;
	const char *says;	/* NULL: nothing is found */
} lint_rows[] = {
	{ "nothing is found in a good policy", GOOD "program " D1 " /usr/bin/ls\n", 0, NULL },
	{ "a listed door is an error", GOOD "program " D1 " /usr/bin/dd\n", AG_LINT_ERROR, "raw disks" },
	{ "a door that is allowed by name is not", GOOD "allow-door /usr/bin/dd \"x\"\nprogram " D1 " /usr/bin/dd\n", 0, NULL },
	{ "a library named like a door is none", GOOD "library " D1 " /usr/lib/gdb\n", 0, NULL },
	{ "an interpreter without its flag is an error", GOOD "program " D1 " /usr/bin/bash\n", AG_LINT_ERROR, "flag interpreter" },
	{ "an interpreter with its flag is not", GOOD "program " D1 " /usr/bin/bash interpreter\n", 0, NULL },
	{ "a loader listed as a program is an error", GOOD "program " D1 " /usr/lib/ld-linux-x86-64.so.2\n", AG_LINT_ERROR, "as library" },
	{ "a loader listed as a library is not", GOOD "library " D1 " /usr/lib/ld-linux-x86-64.so.2\n", 0, NULL },
	{ "a listed file that is not protected is a warning", GOOD "program " D1 " /opt/x\n", AG_LINT_WARNING, "protected" },
	{ "a named file system without protection is a warning", GOOD FILESYSTEM, AG_LINT_WARNING, "filesystem /opt/atm: nothing" },
	{ "one below a protected path is not", GOOD FILESYSTEM "protect /opt\n", 0, NULL },
	{ "nor one with a protected directory on it", GOOD FILESYSTEM "protect /opt/atm/bin\n", 0, NULL },
	{ "one beside a protected path is", GOOD FILESYSTEM "protect /opt/atmosphere\n", AG_LINT_WARNING, "filesystem /opt/atm: nothing" },
	{ "a policy without expiry is a warning", "policy-version 1\nclass c\nprotect /usr\n", AG_LINT_WARNING, "expires" },
	{ "a policy without class is a warning", "policy-version 1\nexpires 2030-01-01\nprotect /usr\n", AG_LINT_WARNING, "class" },
	{ "a policy that protects nothing is a warning", "policy-version 1\nexpires 2030-01-01\nclass c\n", AG_LINT_WARNING, "protect" },
	{ "a policy that observes is a warning", GOOD "mode observe\n", AG_LINT_WARNING, "observe" },
	{ "a plain path is a warning", GOOD "reads /etc/passwd\n", AG_LINT_WARNING, "nobody signed" },
	{ "a listed file at a plain path is an error", GOOD "reads /usr/x.pm\ndata " D1 " /usr/x.pm\ncommand x\n", AG_LINT_ERROR, "take it changed" },
	{ "a command is neither protected nor a file", GOOD "command \"run-parts /etc/cron.daily\"\n", 0, NULL },
	{ "a node nobody may open is a warning", GOOD "node d char 4:1 owner x\n", AG_LINT_WARNING, "node d" },
	{ "a keyboard that is always allowed is a warning", GOOD "usb k 1111:0001 interface 03:01:01\n", AG_LINT_WARNING, "keyboard" },
	{ "a keyboard at one port is not", GOOD "usb k 1111:0001 port 1-1 interface 03:01:01\n", 0, NULL },
	{ "an override that allows nothing is a warning", GOOD "allow-door /usr/bin/dd \"x\"\n", AG_LINT_WARNING, "allows nothing" },
};

static void note_finding(void *arg, enum ag_lint_level level, unsigned int line, const char *text)
{
	struct left *l = arg;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%d %s\n", level, text);
}

static unsigned int lint(const char *text, const char *tree, struct left *found)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct ag_lint_report report = { note_finding, found };
	struct ag_error error;
	unsigned int errors;

	memset(found, 0, sizeof(*found));
	ag_model_init(m);
	ck_assert_int_eq(ag_text_parse(m, text, strlen(text), NULL, NULL, &error), 0);
	errors = ag_lint(m, tree, &report);
	ag_model_exit(m);
	free(m);
	return errors;
}

START_TEST(test_lint_row)
{
	struct left found;
	unsigned int errors = lint(lint_rows[_i].text, NULL, &found);

	if (!lint_rows[_i].says) {
		ck_assert_str_eq(found.text, "");
		return;
	}
	ck_assert_ptr_nonnull(strstr(found.text, lint_rows[_i].says));
	ck_assert_ptr_null(strchr(found.text, '\n')[1] ? found.text : NULL);	/* nothing else */
	ck_assert_uint_eq(errors, lint_rows[_i].level == AG_LINT_ERROR);
}
END_TEST

START_TEST(test_lint_tree)
{
	struct left found;

	make_tree();
	ck_assert_uint_eq(lint(GOOD "program " D1 " /usr/bin/static\nprogram " D1 " /usr/bin/none\n", root, &found), 1);
	ck_assert_ptr_nonnull(strstr(found.text, "1 /usr/bin/static: the tree holds another content"));
	ck_assert_ptr_nonnull(strstr(found.text, "0 /usr/bin/none: not in the tree"));
	remove_root();
}
END_TEST

START_TEST(test_lint_verity)
{
	struct left found;
	char *text;

	make_tree();
	text = scan_whole("verity all\nskip /etc /usr/share /usr/lib\n");
	ck_assert_uint_eq(lint(text, root, &found), 0);
	put_image("/usr/bin/static", make_image(ET_EXEC, 't'), 0755);
	/* Both digests are another's now. */
	ck_assert_uint_eq(lint(text, root, &found), 2);
	free(text);
	remove_root();
}
END_TEST

START_TEST(test_lint_flaw)
{
	struct ag_model *m = malloc(sizeof(*m));
	struct left found = { 0 };
	struct ag_lint_report report = { note_finding, &found };
	struct ag_model_entry e = { .types = AG_TYPE_PROGRAM, .path = (char *)"/usr/bin/flawed" };
	int fd;

	make_tree();
	ag_model_init(m);
	fd = open(below(e.path), O_RDONLY);
	ck_assert_int_eq(ag_file_digest(fd, e.digest, NULL), 0);
	close(fd);
	ck_assert_int_eq(ag_model_add_entry(m, &e), 0);
	ck_assert_uint_eq(ag_lint(m, root, &report), 1);
	ck_assert_ptr_nonnull(strstr(found.text, "executable stack"));
	ck_assert_int_eq(ag_model_add_override(m, AG_OVERRIDE_FLAW, e.path, "x"), 0);
	ck_assert_uint_eq(ag_lint(m, root, &report), 0);
	ag_model_exit(m);
	free(m);
	remove_root();
}
END_TEST

#define ADD_ROWS(suite, rows, test)						\
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)		\
		harness_add_row(suite, rows[i].sentence, test, i)

int main(void)
{
	Suite *s = suite_create("check_policy_tool");

	ADD_ROWS(s, elf_rows, test_elf_row);
	harness_add(s, "what does not begin like ELF is not ELF", test_elf_not);
	ADD_ROWS(s, match_rows, test_match_row);
	ADD_ROWS(s, door_rows, test_door_row);
	harness_add(s, "a tree is listed by what its files are, without doors, flaws and what is skipped", test_scan);
	harness_add(s, "where the rules name scripts, all others are for maintenance", test_scan_scripts);
	harness_add(s, "what the rules allow by name or type is listed", test_scan_overrides);
	harness_add(s, "what the rules say is listed by its fs-verity digest as well", test_scan_verity);
	harness_add(s, "rules that are not right are refused", test_rules_refused);
	harness_add(s, "a tree that is not there is an error", test_scan_no_root);
	ADD_ROWS(s, lint_rows, test_lint_row);
	harness_add(s, "lint finds a text that is older than its tree", test_lint_tree);
	harness_add(s, "lint looks at both digests of a file", test_lint_verity);
	harness_add(s, "lint finds a flawed file unless it is allowed by name", test_lint_flaw);
	return harness_run(s, "check_policy_tool");
}
