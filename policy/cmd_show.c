// SPDX-License-Identifier: MIT
// atmguard-policy show and explain: a policy in words.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "core/eval.h"
#include "lib/names.h"
#include "text.h"
#include "verity.h"

/* ---- show ---- */

static const char show_help[] =
	"usage: atmguard-policy show [--all] POLICY\n\n"
	"Summarises a policy, text or binary.\n\n"
	"  -a, --all   every entry as well, in the text form\n";

static void show_header(const struct ag_model *m)
{
	printf("policy version  %llu, floor %llu\n", (unsigned long long)m->version,
	       (unsigned long long)m->floor);
	printf("class           %s\n", m->atm_class[0] ? m->atm_class : "any");
	printf("mode            %s\n", m->flags & AG_POLICY_OBSERVE ? "observe" : "enforce");
	if (m->not_before_s) {
		printf("not before      ");
		ag_text_write_time(stdout, m->not_before_s, 0);
		putchar('\n');
	}
	printf("expires         ");
	if (m->not_after_s)
		ag_text_write_time(stdout, m->not_after_s, 86399);
	else
		printf("never");
	putchar('\n');
}

static void show_counts(const struct ag_model *m, const char *title, enum ag_names_kind kind)
{
	printf("%-15s", title);
	for (const struct ag_name *name = ag_names_rows(kind); name->word.en; name++) {
		size_t n = 0;

		for (size_t i = 0; i < m->nr_entries; i++)
			n += (kind == AG_NAMES_FLAG ? m->entries[i].flags : m->entries[i].types) >>
			     name->number & 1;
		printf(" %s %zu", name->word.en, n);
	}
	putchar('\n');
}

/* Who has power is what a reviewer reads first. */
static void show_flagged(const struct ag_model *m)
{
	printf("with flags, and commands\n");
	for (size_t i = 0; i < m->nr_entries; i++)
		if (m->entries[i].flags || m->entries[i].group ||
		    m->entries[i].types == AG_TYPE_COMMAND)
			ag_text_write_entry(stdout, m, &m->entries[i]);
}

static void show(struct ag_model *m, bool all)
{
	struct ag_model *rest = malloc(sizeof(*rest));

	show_header(m);
	printf("entries         %zu\n", m->nr_entries);
	show_counts(m, "types", AG_NAMES_TYPE);
	show_counts(m, "flags", AG_NAMES_FLAG);
	if (rest) {
		*rest = *m;	/* everything but header and entries, as text */
		rest->version = rest->not_before_s = rest->not_after_s = 0;
		rest->floor = 1;
		rest->atm_class[0] = 0;
		rest->seen = rest->flags = rest->nr_entries = 0;
		ag_text_write(stdout, rest);
		free(rest);
	}
	if (!all)
		show_flagged(m);
	for (size_t i = 0; all && i < m->nr_entries; i++)
		ag_text_write_entry(stdout, m, &m->entries[i]);
}

static void show_text_digest(const char *path)
{
	struct ag_policy_view view;
	struct ag_buffer b;

	if (ag_command_load_binary(path, &b, &view))
		return;
	printf("of text         ");
	ag_text_write_digest(stdout, view.header->text_sha256, false);
	putchar('\n');
	free(b.data);
}

int ag_cmd_show(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' }, AG_HELP_OPTION, { 0 }
	};
	bool all = false, is_binary;
	struct ag_model *model;
	int c, code;

	while ((c = getopt_long(argc, argv, "ah", options, NULL)) != -1) {
		if (c != 'a')
			return ag_command_usage(c, show_help);
		all = true;
	}
	if (optind + 1 != argc)
		return ag_command_usage(0, show_help);
	model = ag_model_alloc();
	if (!model)
		return ag_command_fail("out of memory");
	code = ag_command_load_any(model, argv[optind], &is_binary);
	if (code == EXIT_OK) {
		if (is_binary)
			show_text_digest(argv[optind]);
		show(model, all);
	}
	ag_model_free(model);
	return code;
}

/* ---- explain ---- */

static const char explain_help[] =
	"usage: atmguard-policy explain --policy POLICY FILE|sha256:DIGEST|verity:DIGEST|PATH\n\n"
	"Says what a policy, text or binary, allows one content: that of FILE, or the\n"
	"one with this digest.  A PATH that is no file here is looked up in the text.\n"
	"Exit status 1: not listed.\n\n"
	"  -p, --policy FILE   the policy\n";

/* What the bits of an entry mean, a line each. */
static void explain_bits(enum ag_names_kind kind, __u32 bits)
{
	for (const struct ag_name *name = ag_names_rows(kind); name->word.en; name++)
		if (bits & (1u << name->number))
			printf("  %s: %s\n", name->word.en, name->meaning.en);
}

static void explain_entry(const struct ag_model *m, const struct ag_model_entry *e)
{
	ag_text_write_entry(stdout, m, e);
	explain_bits(AG_NAMES_TYPE, e->types);
	explain_bits(AG_NAMES_DIGEST, e->types);
	explain_bits(AG_NAMES_FLAG, e->flags);
	for (unsigned int i = 0; e->path && i < m->nr_filesystems; i++)
		if (ag_path_is_at_or_below(e->path, m->filesystems[i].path))
			printf("  lies on the file system that is named for %s\n", m->filesystems[i].path);
	for (unsigned int i = 0; e->group && i < m->nr_nodes; i++)
		if (m->nodes[i].owner == e->group)
			printf("  owner: may open %s\n", m->nodes[i].name);
}

struct content {
	__u8 digest[ATMGUARD_HASH_LEN];
	bool verity;
};

static bool is_content(const struct ag_model_entry *e, const struct content *c)
{
	return memcmp(e->digest, c->digest, sizeof(e->digest)) == 0 &&
	       c->verity == !!(e->types & AG_TYPE_VERITY);
}

/* By digest if @content, else by path. */
static int explain_all(const struct ag_model *m, const struct content *content, const char *path)
{
	int code = EXIT_FAILED;

	for (size_t i = 0; i < m->nr_entries; i++) {
		const struct ag_model_entry *e = &m->entries[i];

		if (content ? !is_content(e, content) : !e->path || strcmp(e->path, path) != 0)
			continue;
		explain_entry(m, e);
		code = EXIT_OK;
	}
	return code;
}

/* As it is, and as it would be with fs-verity. */
static int explain_file(const struct ag_model *m, const char *path)
{
	struct content plain = { .verity = false }, verity = { .verity = true };
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;
	int r = fd < 0 ? -errno : ag_file_digest(fd, plain.digest, NULL);

	if (!r)
		r = ag_verity_digest(fd, verity.digest);
	if (fd >= 0)
		close(fd);
	if (r)
		return ag_command_fail("%s: %s", path, strerror(-r));
	code = explain_all(m, &plain, path);
	return explain_all(m, &verity, path) == EXIT_OK ? EXIT_OK : code;
}

static int explain(const struct ag_model *m, const char *what)
{
	struct content content;
	struct stat st;
	int code;

	if (ag_text_digest(what, content.digest, &content.verity) == 0) {
		code = explain_all(m, &content, what);
	} else if (stat(what, &st) == 0 && S_ISREG(st.st_mode)) {
		code = explain_file(m, what);
	} else {
		code = explain_all(m, NULL, what);
	}
	if (code)
		printf("%s: not listed, so it is refused\n", what);
	return code;
}

int ag_cmd_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' }, AG_HELP_OPTION, { 0 }
	};
	const char *policy = NULL;
	struct ag_model *model;
	bool is_binary;
	int c, code;

	while ((c = getopt_long(argc, argv, "p:h", options, NULL)) != -1) {
		if (c != 'p')
			return ag_command_usage(c, explain_help);
		policy = optarg;
	}
	if (!policy || optind + 1 != argc)
		return ag_command_usage(0, explain_help);
	model = ag_model_alloc();
	if (!model)
		return ag_command_fail("out of memory");
	code = ag_command_load_any(model, policy, &is_binary);
	if (code == EXIT_OK)
		code = explain(model, argv[optind]);
	ag_model_free(model);
	return code;
}
