// SPDX-License-Identifier: MIT
// atmguard-policy lint: what makes a text weaker than it looks.
#include <stdio.h>

#include "command.h"
#include "lint.h"

static const char lint_help[] =
	"usage: atmguard-policy lint [--root DIR] [--strict] [--quiet] TEXT...\n\n"
	"Looks for known doors, programs that could run unlisted code, files that are\n"
	"not protected, and devices that are allowed too widely.  Exit status 1 if\n"
	"there is an error.\n\n"
	"  -r, --root DIR   also look into the files, below DIR\n"
	"  -s, --strict     warnings are errors\n"
	"  -q, --quiet      print errors only\n";

struct findings {
	unsigned int nr[2];	/* by level */
	bool quiet;
};

static void print_finding(void *arg, enum ag_lint_level level, unsigned int line,
			  const char *text)
{
	struct findings *f = arg;

	f->nr[level]++;
	if (f->quiet && level == AG_LINT_WARNING)
		return;
	if (line)
		printf("%s: line %u: %s\n", level == AG_LINT_ERROR ? "error" : "warning", line, text);
	else
		printf("%s: %s\n", level == AG_LINT_ERROR ? "error" : "warning", text);
}

static int run_lint(struct ag_model *model, const char *root, bool is_strict, bool quiet)
{
	struct findings found = { .quiet = quiet };
	struct ag_lint_report report = { print_finding, &found };

	ag_lint(model, root, &report);
	fprintf(stderr, "%zu entries: %u errors, %u warnings\n", model->nr_entries,
		found.nr[AG_LINT_ERROR], found.nr[AG_LINT_WARNING]);
	return found.nr[AG_LINT_ERROR] || (is_strict && found.nr[AG_LINT_WARNING]) ? EXIT_FAILED
										   : EXIT_OK;
}

int ag_cmd_lint(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'r' }, { "strict", no_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' }, AG_HELP_OPTION, { 0 }
	};
	bool is_strict = false, quiet = false;
	const char *root = NULL;
	struct ag_model *model;
	int c, code;

	while ((c = getopt_long(argc, argv, "r:sqh", options, NULL)) != -1) {
		if (c == 'r')
			root = optarg;
		else if (c == 's')
			is_strict = true;
		else if (c == 'q')
			quiet = true;
		else
			return ag_command_usage(c, lint_help);
	}
	if (optind == argc)
		return ag_command_usage(0, lint_help);
	model = ag_model_alloc();
	if (!model)
		return ag_command_fail("out of memory");
	code = ag_command_load_texts(model, argv + optind, argc - optind, NULL);
	if (code == EXIT_OK)
		code = run_lint(model, root, is_strict, quiet);
	ag_model_free(model);
	return code;
}
