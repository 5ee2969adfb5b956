/* SPDX-License-Identifier: MIT */
/* Kinds of maintenance work and what each opens. */
#ifndef AG_CENTER_COMMON_WORK_H
#define AG_CENTER_COMMON_WORK_H

#include <stdint.h>

struct ag_work {
	const char *name;
	uint32_t scopes;	/* ATMGUARD_SCOPE_* */
	uint32_t duration_s;	/* longest time one entry keeps the machine open */
	const char *title;	/* Japanese and English, for people */
};

/* Kinds of work a center may know, its own included. */
#define AG_WORKS_MAX	64

extern struct ag_work ag_works[AG_WORKS_MAX + 1];	/* ends with a name of NULL */

/*
 * ag_work_load - add the center's own kinds of work from DIR/work.json
 *
 *   {"night-shift": {"scopes": ["tools", "storage-read"], "minutes": 30,
 *                    "title": "..."}}
 *
 * A name that exists already is replaced.  No file is no fault.  Once, before
 * the first look-up.  Return: 0, -EINVAL with what is wrong in *ret_why,
 * -errno of reading.
 */
int ag_work_load(const char *dir, char ret_why[160]);

/* NULL when there is no such work. */
const struct ag_work *ag_work_find(const char *name);

#endif
