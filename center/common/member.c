// SPDX-License-Identifier: MIT
// Read the members of a local request.
#include "member.h"
#include "request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int ag_refusal_set(struct ag_refusal *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
	return -EINVAL;
}

int ag_member_text(json_t *in, const char *name, size_t max, const char **ret_text,
		   struct ag_refusal *reason)
{
	json_t *value = json_object_get(in, name);
	const char *text = json_string_value(value);

	if (!text || !*text || strlen(text) != json_string_length(value) || strlen(text) > max)
		return ag_refusal_set(reason, "%s がありません / %s: 1 to %zu bytes of text expected",
				      name, name, max);
	*ret_text = text;
	return 0;
}

int ag_member_number(json_t *in, const char *name, char ret_text[16], struct ag_refusal *reason)
{
	const char *value = json_string_value(json_object_get(in, name));

	if (!value || strlen(value) > 15 || !ag_request_is_number(value, 16))
		return ag_refusal_set(reason, "%s は 1～15 桁の数字です / %s: 1 to 15 digits expected",
				      name, name);
	memset(ret_text, 0, 16);
	strcpy(ret_text, value);
	return 0;
}

int ag_member_integer(json_t *in, const char *name, int64_t low, int64_t high, int64_t *ret_value,
		      struct ag_refusal *reason)
{
	json_t *member = json_object_get(in, name);

	if (!json_is_integer(member) || json_integer_value(member) < low || json_integer_value(member) > high)
		return ag_refusal_set(reason, "%s が範囲外です / %s: %lld to %lld expected", name, name,
				      (long long)low, (long long)high);
	*ret_value = json_integer_value(member);
	return 0;
}

json_t *ag_refusal_answer(struct ag_refusal *reason, int error)
{
	if (!reason->text[0])
		ag_refusal_set(reason, "データベース障害 / database: %s", strerror(-error));
	return json_pack("{s:s, s:s}", "result", "error", "error", reason->text);
}
