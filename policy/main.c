// SPDX-License-Identifier: MIT
// atmguard-policy: makes, checks, signs and explains the policies of ATMs.
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "keygen",	ag_cmd_keygen,	"make a vendor key and its certificate" },
	{ "build",	ag_cmd_build,	"make a policy text from a root file system and rules" },
	{ "list",	ag_cmd_list,	"make the lines of single files" },
	{ "lint",	ag_cmd_lint,	"find what makes a text weaker than it looks" },
	{ "compile",	ag_cmd_compile,	"turn texts into the binary an ATM takes" },
	{ "sign",	ag_cmd_sign,	"sign a binary" },
	{ "verify",	ag_cmd_verify,	"check a signature, and that text and binary agree" },
	{ "show",	ag_cmd_show,	"summarise a text or binary" },
	{ "explain",	ag_cmd_explain,	"say what a policy allows one file or digest" },
	{ "diff",	ag_cmd_diff,	"compare two texts or binaries" },
};

static int usage(FILE *out, int code)
{
	fputs("usage: atmguard-policy COMMAND [OPTION...] [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`atmguard-policy COMMAND --help` explains one.  Exit status: 0 done,\n"
	      "1 failed or the answer is no, 2 wrong usage.\n", out);
	return code;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return usage(stdout, EXIT_OK);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 1, argv + 1);
	ag_command_fail("unknown command '%s'", argv[1]);
	return usage(stderr, EXIT_USAGE);
}
