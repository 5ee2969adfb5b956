/* SPDX-License-Identifier: MIT */
/* Attempts: answers that were no; what was typed as password is not kept. */
#ifndef AG_CENTER_STORE_ATTEMPT_H
#define AG_CENTER_STORE_ATTEMPT_H

#include "store.h"

#include <stdbool.h>
#include <stdint.h>

struct ag_attempt {
	int64_t at_s;
	const char *atm;
	int64_t job;		/* open or last one of that machine, 0: none */
	const char *employee;	/* as typed */
	bool is_counted;	/* against job, machine and fleet */
	const char *reason;
};

int ag_store_attempt_add(struct ag_store *store, const struct ag_attempt *attempt);

/* Counted ones of the whole fleet after @since_s. */
int ag_store_attempt_count(struct ag_store *store, int64_t since_s, int64_t *ret_nr);

/* The first @max of a job, the oldest first. */
int ag_store_attempt_list(struct ag_store *store, int64_t job, int max,
			  int (*use)(const struct ag_attempt *attempt, void *arg), void *arg);

#endif
