// SPDX-License-Identifier: MIT
// atmguard-policy build and list: from files to a text.
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "compile.h"
#include "elf_file.h"
#include "scan.h"
#include "text.h"
#include "verity.h"

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
			return command_fail("%s: %s", paths[i], strerror(-r));
		r = ag_rules_parse(rules, text, len, &error);
		free(text);
		if (r)
			return command_fail_at(paths[i], r, &error);
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
	return r ? command_fail("%s", error.text) : EXIT_OK;
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
		return command_fail_at(NULL, r, &error);
	ag_model_sort_by_path(model);
	r = ag_output_open(&out, output, 0644);
	if (!r) {
		ag_text_write(out.file, model);
		r = ag_output_commit(&out);
	}
	return r ? command_fail("%s: %s", output ? output : "standard output", strerror(-r)) : EXIT_OK;
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

int cmd_build(int argc, char **argv)
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
			return command_usage(c, build_help);
	}
	if (!root || optind == argc)
		return command_usage(0, build_help);
	model = malloc(sizeof(*model));
	if (!model)
		return command_fail("out of memory");
	ag_model_init(model);
	code = build(model, root, output, quiet, argv + optind, argc - optind);
	ag_model_free(model);
	free(model);
	return code;
}

/* ---- list ---- */

static const char list_help[] =
	"usage: atmguard-policy list [--type TYPES] [--flags FLAGS] [--prefix DIR] [--verity] FILE...\n\n"
	"Prints the line of each file, to be added to a text.\n\n"
	"  -t, --type TYPES    instead of what the file looks like, as program+library\n"
	"  -f, --flags FLAGS   separated by blanks, as \"interpreter inline owner teller\"\n"
	"  -p, --prefix DIR    where the file lies on the ATM (the directory it is in)\n"
	"  -v, --verity        by the digest fs-verity gives it, instead of the content's\n";

struct listing {
	struct ag_model *model;
	__u8 types;		/* 0: by the file's looks */
	struct ag_model_entry flags;
	const char *prefix;	/* NULL: as it lies here */
	bool verity;
};

static int path_of(const struct listing *l, const char *file, char path[PATH_MAX])
{
	const char *base;
	char real[PATH_MAX];

	if (!realpath(file, real))
		return -errno;
	base = strrchr(real, '/');
	if (snprintf(path, PATH_MAX, "%s", l->prefix ? l->prefix : real) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (l->prefix && strlen(path) + strlen(base) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (l->prefix)
		strcat(path, base);
	return 0;
}

static int list_fd(struct listing *l, int fd, const char *path)
{
	struct ag_model_entry e = l->flags;
	unsigned int flaws;
	struct stat st;
	int r;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EISDIR;
	r = ag_scan_classify(fd, path, st.st_mode & 0111, &e.types, &flaws);
	if (l->types)
		e.types = l->types;
	if (!r && !e.types)
		return -ENOEXEC;
	if (!r)
		r = l->verity ? ag_verity_digest(fd, e.digest) : ag_file_digest(fd, e.digest, NULL);
	if (r)
		return r;
	e.path = (char *)path;
	if (l->verity)
		e.types |= AG_TYPE_VERITY;
	if (!(e.types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT)))
		e.flags = e.group = 0;
	ag_text_write_entry(stdout, l->model, &e);
	return 0;
}

static int list_file(struct listing *l, const char *file)
{
	char path[PATH_MAX];
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC), r;

	if (fd < 0)
		return command_fail("%s: %s", file, strerror(errno));
	r = path_of(l, file, path);
	if (!r)
		r = list_fd(l, fd, path);
	close(fd);
	if (r == -ENOEXEC)
		return command_fail("%s: does not look like code: say what it is by --type", file);
	return r ? command_fail("%s: %s", file, strerror(-r)) : EXIT_OK;
}

static int read_flags(struct listing *l, const char *flags)
{
	struct ag_words *words = malloc(sizeof(*words));
	struct ag_error error = { 0 };
	const char *why = "out of memory";
	int r = -ENOMEM;

	if (words)
		r = ag_words_split(flags, strlen(flags), words, &why);
	if (!r) {
		r = ag_text_flags(l->model, 0, words, 0, &l->flags, &error);
		why = error.text;
	}
	free(words);
	return r ? command_fail("--flags: %s", why) : EXIT_OK;
}

static int list(struct listing *l, const char *flags, char *const *files, int nr)
{
	int code = flags ? read_flags(l, flags) : EXIT_OK;

	if (l->prefix && strcmp(l->prefix, "/") == 0)
		l->prefix = "";
	else if (code == EXIT_OK && l->prefix && !ag_path_is_normal(l->prefix))
		code = command_fail("--prefix: must begin with a slash and have none at the end");
	for (int i = 0; code == EXIT_OK && i < nr; i++)
		code = list_file(l, files[i]);
	if (code == EXIT_OK && fflush(stdout))
		code = command_fail("standard output: %s", strerror(errno));
	return code;
}

int cmd_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' }, { "flags", required_argument, NULL, 'f' },
		{ "prefix", required_argument, NULL, 'p' }, { "verity", no_argument, NULL, 'v' },
		AG_HELP_OPTION, { 0 }
	};
	struct listing l = { 0 };
	const char *flags = NULL;
	int c, code;

	while ((c = getopt_long(argc, argv, "t:f:p:vh", options, NULL)) != -1) {
		if (c == 'f')
			flags = optarg;
		else if (c == 'p')
			l.prefix = optarg;
		else if (c == 'v')
			l.verity = true;
		else if (c != 't' || ag_text_types(optarg, &l.types))
			return command_usage(c, list_help);
	}
	if (optind == argc)
		return command_usage(0, list_help);
	l.model = malloc(sizeof(*l.model));
	if (!l.model)
		return command_fail("out of memory");
	ag_model_init(l.model);
	code = list(&l, flags, argv + optind, argc - optind);
	ag_model_free(l.model);
	free(l.model);
	return code;
}
