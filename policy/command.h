/* SPDX-License-Identifier: MIT */
/* What the commands of atmguard-policy share: loading, reporting, exit codes. */
#ifndef AG_POLICY_COMMAND_H
#define AG_POLICY_COMMAND_H

#include <getopt.h>
#include <limits.h>

#include "file.h"
#include "model.h"

#define EXIT_OK		0
#define EXIT_FAILED	1	/* the work could not be done, or the answer is no */
#define EXIT_USAGE	2

/* Each takes its own name as argv[0] and returns an exit code. */
int ag_cmd_build(int argc, char **argv);
int ag_cmd_compile(int argc, char **argv);
int ag_cmd_diff(int argc, char **argv);
int ag_cmd_explain(int argc, char **argv);
int ag_cmd_keygen(int argc, char **argv);
int ag_cmd_lint(int argc, char **argv);
int ag_cmd_list(int argc, char **argv);
int ag_cmd_show(int argc, char **argv);
int ag_cmd_sign(int argc, char **argv);
int ag_cmd_verify(int argc, char **argv);

/* Prints "atmguard-policy: ..." and returns EXIT_FAILED. */
int ag_command_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for what ag_text_parse() and others found in @path (may be NULL). */
int ag_command_fail_at(const char *path, int r, const struct ag_error *error);

/* What to do about an option that is not in a switch: --help or a mistake. */
int ag_command_usage(int option, const char *help);

/* Where the signature of a binary lies unless said otherwise: "policy.p7s" for
 * "policy.bin".  Return: 0, -ENAMETOOLONG. */
int ag_command_signature_path(const char *policy, char ret_path[PATH_MAX]);

/* All texts as one: @model initialised, @ret_sha256 (may be NULL) over their
 * concatenation.  Return: an exit code, printed. */
int ag_command_load_texts(struct ag_model *model, char *const *paths, int nr,
			  __u8 *ret_sha256);

/* A text or a binary, whichever it is.  Return: an exit code, printed. */
int ag_command_load_any(struct ag_model *model, const char *path, bool *ret_is_binary);

/* A checked binary in memory.  Return: an exit code, printed. */
int ag_command_load_binary(const char *path, struct ag_buffer *ret_data,
			   struct ag_policy_view *ret_view);

#define AG_HELP_OPTION	{ "help", no_argument, NULL, 'h' }

#endif
