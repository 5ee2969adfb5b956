// SPDX-License-Identifier: MIT
// atmguard-policy list: the lines of single files.
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "scan.h"
#include "text.h"
#include "verity.h"

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
		return ag_command_fail("%s: %s", file, strerror(errno));
	r = path_of(l, file, path);
	if (!r)
		r = list_fd(l, fd, path);
	close(fd);
	if (r == -ENOEXEC)
		return ag_command_fail("%s: does not look like code: say what it is by --type", file);
	return r ? ag_command_fail("%s: %s", file, strerror(-r)) : EXIT_OK;
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
	return r ? ag_command_fail("--flags: %s", why) : EXIT_OK;
}

static int list(struct listing *l, const char *flags, char *const *files, int nr)
{
	int code = flags ? read_flags(l, flags) : EXIT_OK;

	if (l->prefix && strcmp(l->prefix, "/") == 0)
		l->prefix = "";
	else if (code == EXIT_OK && l->prefix && !ag_path_is_normal(l->prefix))
		code = ag_command_fail("--prefix: must begin with a slash and have none at the end");
	for (int i = 0; code == EXIT_OK && i < nr; i++)
		code = list_file(l, files[i]);
	if (code == EXIT_OK && fflush(stdout))
		code = ag_command_fail("standard output: %s", strerror(errno));
	return code;
}

int ag_cmd_list(int argc, char **argv)
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
			return ag_command_usage(c, list_help);
	}
	if (optind == argc)
		return ag_command_usage(0, list_help);
	l.model = ag_model_alloc();
	if (!l.model)
		return ag_command_fail("out of memory");
	code = list(&l, flags, argv + optind, argc - optind);
	ag_model_free(l.model);
	return code;
}
