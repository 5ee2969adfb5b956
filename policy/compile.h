/* SPDX-License-Identifier: MIT */
/* Turns a policy in memory into the binary the kernel takes. */
#ifndef AG_POLICY_COMPILE_H
#define AG_POLICY_COMPILE_H

#include "model.h"

/*
 * ag_compile - the one binary of a text
 *
 * Deterministic: sections sorted, a content listed several times merged (types
 * and flags united), owner groups numbered in the order of their names.  The
 * model's entries are sorted and merged in place.  *ret_data is allocated, the
 * caller frees it with free(3); it has passed ag_policy_check().
 *
 * Return: 0, -EINVAL (@ret_error says why), -ENOMEM.
 */
int ag_compile(struct ag_model *model, const __u8 text_sha256[ATMGUARD_HASH_LEN],
	       void **ret_data, size_t *ret_len, struct ag_error *ret_error);

/* Sorts by digest and merges entries of the same content; the path that comes
 * first is kept.  Return: 0, -EINVAL (two owners for one content). */
int ag_compile_merge(struct ag_model *model, struct ag_error *ret_error);

#endif
