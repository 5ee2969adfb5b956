// SPDX-License-Identifier: MIT
// atmguard-policy build: from a root file system and rules to a text.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "compile.h"
#include "output.h"
#include "scan.h"
#include "text.h"

static const char build_help[] =
	"usage: atmguard-policy build --root DIR [-o TEXT] RULES...\n\n"
	"Lists what in a root file system can be code, as the rules say: flags, data of\n"
	"interpreters, devices, protected directories, version (see POLICY.md, Rules).\n"
	"Known doors and flawed ELF files are left out unless the rules allow them.\n\n"
	"  -r, --root DIR      the root file system\n"
	"  -o, --output FILE   where the text goes (standard output)\n"
	"  -q, --quiet         do not name what is left out\n";

struct progress {
	bool on_terminal, quiet;
	unsigned int nr_left_out;
};

static void print_left_out(void *arg, enum ag_scan_left_out why, const char *path,
			   const char *reason)
{
	static const char *const words[] = {
		[AG_SCAN_DOOR] = "door", [AG_SCAN_FLAW] = "flaw", [AG_SCAN_UNREADABLE] = "unreadable",
	};
	struct progress *p = arg;

	p->nr_left_out++;
	if (!p->quiet)
		fprintf(stderr, "%sleft out (%s): %s: %s\n", p->on_terminal ? "\r\033[K" : "",
			words[why], path, reason);
}

static void print_progress(void *arg, __u64 files, __u64 bytes)
{
	struct progress *p = arg;

	if (p->on_terminal)
		fprintf(stderr, "\r\033[K%llu files, %llu MiB", (unsigned long long)files,
			(unsigned long long)bytes >> 20);
}

static int load_rules(struct ag_rules *rules, char *const *paths, int nr)
{
	for (int i = 0; i < nr; i++) {
		struct ag_error error = { 0 };
		size_t len;
		void *text;
		int r = ag_file_read(paths[i], AG_TEXT_MAX, &text, &len);

		if (r)
			return ag_command_fail("%s: %s", paths[i], strerror(-r));
		r = ag_rules_parse(rules, text, len, &error);
		free(text);
		if (r)
			return ag_command_fail_at(paths[i], r, &error);
	}
	return EXIT_OK;
}

static int scan(struct ag_rules *rules, const char *root, const struct ag_scan_report *report)
{
	struct ag_error error = { 0 };
	int r = ag_scan_tree(rules, root, "", report, &error);

	for (size_t i = 0; !r && i < rules->nr; i++)
		if (rules->rule[i].kind == AG_RULE_EXTRA) {
			rules->rule[i].used = true;
			r = ag_scan_tree(rules, rules->rule[i].pattern, rules->rule[i].prefix,
					 report, &error);
		}
	return r ? ag_command_fail("%s", error.text) : EXIT_OK;
}

/* Flags that reach no file are a wrong path more often than not; a path may
 * also be a symbolic link here, and flags go to files. */
static void warn_unused(const struct ag_rules *rules)
{
	for (size_t i = 0; i < rules->nr; i++) {
		const struct ag_rule *rule = &rules->rule[i];

		if (!rule->used && (rule->kind == AG_RULE_FLAGS || rule->kind == AG_RULE_TYPE ||
				    rule->kind == AG_RULE_VERITY))
			fprintf(stderr, "line %u of the rules: no file %s\n", rule->line, rule->pattern);
	}
}

static int write_text(struct ag_model *model, const char *output)
{
	struct ag_error error = { 0 };
	struct ag_output out;
	int r = ag_compile_merge(model, &error);

	if (r)
		return ag_command_fail_at(NULL, r, &error);
	ag_model_sort_by_path(model);
	r = ag_output_open(&out, output, 0644);
	if (!r) {
		ag_text_write(out.file, model);
		r = ag_output_commit(&out);
	}
	return r ? ag_command_fail("%s: %s", output ? output : "standard output", strerror(-r)) : EXIT_OK;
}

static int build(struct ag_model *model, const char *root, const char *output, bool quiet,
		 char *const *rule_files, int nr)
{
	struct progress p = { isatty(STDERR_FILENO), quiet, 0 };
	struct ag_scan_report report = { print_left_out, print_progress, &p };
	struct ag_rules rules;
	int code;

	ag_rules_init(&rules, model);
	code = load_rules(&rules, rule_files, nr);
	if (code == EXIT_OK)
		code = scan(&rules, root, &report);
	if (p.on_terminal)
		fputc('\n', stderr);
	if (code == EXIT_OK) {
		warn_unused(&rules);
		code = write_text(model, output);
	}
	if (code == EXIT_OK)
		fprintf(stderr, "%zu contents listed, %u files left out\n", model->nr_entries,
			p.nr_left_out);
	ag_rules_free(&rules);
	return code;
}

int ag_cmd_build(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'r' }, { "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' }, AG_HELP_OPTION, { 0 }
	};
	const char *root = NULL, *output = NULL;
	struct ag_model *model;
	bool quiet = false;
	int c, code;

	while ((c = getopt_long(argc, argv, "r:o:qh", options, NULL)) != -1) {
		if (c == 'r')
			root = optarg;
		else if (c == 'o')
			output = optarg;
		else if (c == 'q')
			quiet = true;
		else
			return ag_command_usage(c, build_help);
	}
	if (!root || optind == argc)
		return ag_command_usage(0, build_help);
	model = ag_model_alloc();
	if (!model)
		return ag_command_fail("out of memory");
	code = build(model, root, output, quiet, argv + optind, argc - optind);
	ag_model_free(model);
	return code;
}
