// SPDX-License-Identifier: MIT
// atmguard-policy compile: from texts to the binary that is signed.
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "compile.h"
#include "output.h"

static const char compile_help[] =
	"usage: atmguard-policy compile -o POLICY.bin TEXT...\n\n"
	"Compiles the texts, read as one, into the binary that is signed and loaded.\n"
	"The same texts always give the same bytes.\n\n"
	"  -o, --output FILE   where the binary goes; it is replaced as a whole\n";

static int compile(struct ag_model *model, char *const *texts, int nr, const char *output)
{
	__u8 sha256[ATMGUARD_HASH_LEN];
	struct ag_error error = { 0 };
	struct ag_buffer b = { 0 };
	int code = ag_command_load_texts(model, texts, nr, sha256), r;

	if (code)
		return code;
	r = ag_compile(model, sha256, &b.data, &b.len, &error);
	if (r)
		return ag_command_fail_at(NULL, r, &error);
	r = ag_output_write(output, 0644, b.data, b.len);
	free(b.data);
	return r ? ag_command_fail("%s: %s", output, strerror(-r)) : EXIT_OK;
}

int ag_cmd_compile(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' }, AG_HELP_OPTION, { 0 }
	};
	const char *output = NULL;
	struct ag_model *model;
	int c, code;

	while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (c != 'o')
			return ag_command_usage(c, compile_help);
		output = optarg;
	}
	if (!output || optind == argc)
		return ag_command_usage(0, compile_help);
	model = ag_model_alloc();
	if (!model)
		return ag_command_fail("out of memory");
	code = compile(model, argv + optind, argc - optind, output);
	ag_model_free(model);
	return code;
}
