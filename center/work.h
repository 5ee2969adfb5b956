/* SPDX-License-Identifier: MIT */
/* Kinds of maintenance work and what each opens. */
#ifndef AG_WORK_H
#define AG_WORK_H

#include <stdint.h>

struct ag_work {
	const char *name;
	uint32_t scopes;	/* ATMGUARD_SCOPE_* */
	uint32_t duration_s;	/* longest time one entry keeps the machine open */
	const char *title;	/* Japanese and English, for people */
};

extern const struct ag_work ag_works[];	/* ends with a name of NULL */

/* NULL when there is no such work. */
const struct ag_work *ag_work_find(const char *name);

#endif
