// SPDX-License-Identifier: MIT
// What the commands of atmguard-policy share: loading, reporting, exit codes.
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

int ag_command_fail(const char *format, ...)
{
	va_list args;

	fputs("atmguard-policy: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

int ag_command_fail_at(const char *path, int r, const struct ag_error *error)
{
	const char *what = r == -EINVAL ? error->text : strerror(-r);

	if (!path)
		return ag_command_fail("%s", what);
	if (r == -EINVAL && error->line)
		return ag_command_fail("%s:%u: %s", path, error->line, what);
	return ag_command_fail("%s: %s", path, what);
}

int ag_command_usage(int option, const char *help)
{
	fputs(help, option == 'h' ? stdout : stderr);
	return option == 'h' ? EXIT_OK : EXIT_USAGE;
}

int ag_command_signature_path(const char *policy, char ret_path[PATH_MAX])
{
	size_t len = strlen(policy);

	if (len > 4 && strcmp(policy + len - 4, ".bin") == 0)
		len -= 4;
	return snprintf(ret_path, PATH_MAX, "%.*s.p7s", (int)len, policy) < PATH_MAX ? 0
										      : -ENAMETOOLONG;
}

static bool is_binary(const struct ag_buffer *b)
{
	return b->len >= AG_PURPOSE_LEN && memcmp(b->data, AG_PURPOSE_POLICY, sizeof(AG_PURPOSE_POLICY)) == 0;
}

static int load(const char *path, struct ag_buffer *ret_data)
{
	int r = ag_file_read(path, AG_TEXT_MAX, &ret_data->data, &ret_data->len);

	return r ? ag_command_fail("%s: %s", path, strerror(-r)) : EXIT_OK;
}

/* Lines of two texts must not run together: the digest is over what cat(1) gives. */
static int parse(struct ag_model *model, const char *path, const struct ag_buffer *b, bool is_last)
{
	struct ag_error error = { 0 };
	int r;

	if (is_binary(b))
		return ag_command_fail("%s: is a compiled policy, not a text", path);
	if (!is_last && b->len && ((char *)b->data)[b->len - 1] != '\n')
		return ag_command_fail("%s: does not end in a newline, so the next text cannot follow it", path);
	r = ag_text_parse(model, b->data, b->len, NULL, NULL, &error);
	return r ? ag_command_fail_at(path, r, &error) : EXIT_OK;
}

int ag_command_load_texts(struct ag_model *model, char *const *paths, int nr, __u8 *ret_sha256)
{
	struct ag_buffer *b = calloc(nr, sizeof(*b));
	int code = b ? EXIT_OK : ag_command_fail("out of memory");

	for (int i = 0; code == EXIT_OK && i < nr; i++) {
		code = load(paths[i], &b[i]);
		if (code == EXIT_OK)
			code = parse(model, paths[i], &b[i], i + 1 == nr);
	}
	if (code == EXIT_OK && ret_sha256 && ag_file_digest_buffers(b, nr, ret_sha256))
		code = ag_command_fail("SHA-256 failed");
	for (int i = 0; b && i < nr; i++)
		free(b[i].data);
	free(b);
	return code;
}

int ag_command_load_binary(const char *path, struct ag_buffer *ret_data,
			   struct ag_policy_view *ret_view)
{
	struct ag_buffer b;
	int code = load(path, &b), r;

	if (code)
		return code;
	r = ag_policy_check(b.data, b.len, ret_view);
	if (r) {
		free(b.data);
		return ag_command_fail("%s: %s", path, r == -EMSGSIZE ? "too large for a policy, or empty"
				       : "not a policy, or damaged");
	}
	*ret_data = b;
	return EXIT_OK;
}

static int load_from_view(struct ag_model *model, const char *path)
{
	struct ag_policy_view view;
	struct ag_buffer b;
	int code = ag_command_load_binary(path, &b, &view);

	if (code)
		return code;
	if (ag_model_from_view(model, &view))
		code = ag_command_fail("out of memory");
	free(b.data);
	return code;
}

int ag_command_load_any(struct ag_model *model, const char *path, bool *ret_is_binary)
{
	struct ag_buffer b;
	int code = load(path, &b);

	if (code)
		return code;
	*ret_is_binary = is_binary(&b);
	if (*ret_is_binary)
		code = load_from_view(model, path);
	else
		code = parse(model, path, &b, true);
	free(b.data);
	return code;
}
