/* SPDX-License-Identifier: MIT */
/* What is kept about the fleet as a whole, and what can be counted of it. */
#ifndef AG_CENTER_STORE_FLEET_H
#define AG_CENTER_STORE_FLEET_H

#include "store.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the whole fleet is under strict limits. */
int ag_store_fleet_is_strict(struct ag_store *store, bool *ret_strict);
int ag_store_fleet_set_strict(struct ag_store *store, bool is_strict);

struct ag_fleet_counts {
	int64_t atms;			/* not revoked */
	int64_t atms_online;		/* seen since @online_s */
	int64_t employees;		/* not disabled */
	int64_t jobs_open;
	int64_t alarms;			/* not cleared */
	int64_t wrong;			/* counted tries since @wrong_s */
};

int ag_store_fleet_count(struct ag_store *store, int64_t online_s, int64_t wrong_s,
			 struct ag_fleet_counts *ret_counts);

#endif
