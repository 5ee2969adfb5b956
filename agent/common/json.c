// SPDX-License-Identifier: MIT
// Members of a JSON object, checked for type and range.
#include "json.h"

#include <errno.h>
#include <string.h>

#include "secret.h"

/* Before main(), so that no program can forget it and free with the wrong function. */
__attribute__((constructor)) static void use_secret(void)
{
	json_set_alloc_funcs(ag_secret_alloc, ag_secret_free);
}

json_t *ag_json_load(const char *text, size_t len)
{
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	if (object && !json_is_object(object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

char *ag_json_dump(json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

json_t *ag_json_names(enum ag_names_kind kind, uint32_t mask)
{
	json_t *list = json_array();

	for (unsigned int bit = 0; list && bit < 32; bit++)
		if (mask & (1u << bit))
			json_array_append_new(list, json_string(ag_names_word(kind, bit).text));
	return list;
}

const char *ag_json_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool ag_json_is(const json_t *object, const char *name, const char *value)
{
	const char *text = ag_json_string(object, name);

	return text && !strcmp(text, value);
}

int ag_json_u64(const json_t *object, const char *name, uint64_t least, uint64_t most,
		uint64_t *ret_value)
{
	const json_t *member = json_object_get(object, name);
	json_int_t value = json_integer_value(member);

	if (!json_is_integer(member) || value < 0 || (uint64_t)value < least ||
	    (uint64_t)value > most)
		return -EBADMSG;
	*ret_value = (uint64_t)value;
	return 0;
}

int ag_json_digits(const json_t *object, const char *name, char *ret_digits, size_t size)
{
	const char *text = ag_json_string(object, name);
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len >= size || strspn(text, "0123456789") != len)
		return -EBADMSG;
	memcpy(ret_digits, text, len + 1);
	return 0;
}
