/* SPDX-License-Identifier: MIT */
/* Members of a local request, and the reason when one is missing or wrong. */
#ifndef AG_CENTER_COMMON_MEMBER_H
#define AG_CENTER_COMMON_MEMBER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Why a request is refused, Japanese and English. */
struct ag_refusal {
	char text[256];
};

/* Keeps the reason and returns -EINVAL. */
int ag_refusal_set(struct ag_refusal *reason, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Each: 0, or -EINVAL with a reason and *ret unchanged. */
int ag_member_number(json_t *in, const char *name, char ret_text[16], struct ag_refusal *reason);
int ag_member_text(json_t *in, const char *name, size_t max, const char **ret_text,
		   struct ag_refusal *reason);
int ag_member_integer(json_t *in, const char *name, int64_t low, int64_t high, int64_t *ret_value,
		      struct ag_refusal *reason);

/* The answer to a request that failed with @error: {"result":"error", ...}. */
json_t *ag_refusal_answer(struct ag_refusal *reason, int error);

#endif
