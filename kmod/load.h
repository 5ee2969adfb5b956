/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading a policy: check, compare, replace, judge anew. */
#ifndef AG_LOAD_H
#define AG_LOAD_H

#include <linux/types.h>

/*
 * ag_load - check @data and make it the policy in force
 *
 * Takes over @data (kvmalloc'ed) on success.
 * Return: 0, -EPROTO (malformed), -EXDEV (for another class), -ESTALE (not
 * newer than the loaded one, or below its floor), -ENOMEM.
 */
int ag_load(void *data, size_t len);

#endif
