/* SPDX-License-Identifier: MIT */
/*
 * Members of a JSON object, checked for type and range, for the parsers of the
 * agent.  In a program linked with this file jansson takes its memory from
 * ag_secret_alloc(), since passwords pass through it.
 */
#ifndef AG_AGENT_COMMON_JSON_H
#define AG_AGENT_COMMON_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/names.h"

/* ag_json_load - exactly one JSON object, surrounded by white space at most; NULL otherwise */
json_t *ag_json_load(const char *text, size_t len);

/* ag_json_dump - compact text of *@object, which is released; from ag_secret_alloc, or NULL */
char *ag_json_dump(json_t *object);

/* ag_json_names - the names of the bits of @mask as an array, NULL without memory */
json_t *ag_json_names(enum ag_names_kind kind, uint32_t mask);

/* ag_json_string - the member, or NULL when it is missing or not a string */
const char *ag_json_string(const json_t *object, const char *name);
bool ag_json_is(const json_t *object, const char *name, const char *value);

/* Each: 0, or -EBADMSG when the member is missing, mistyped or out of range. */
int ag_json_u64(const json_t *object, const char *name, uint64_t least, uint64_t most,
		uint64_t *ret_value);
/* 1 to @size - 1 ASCII digits */
int ag_json_digits(const json_t *object, const char *name, char *ret_digits, size_t size);

#endif
