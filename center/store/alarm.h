/* SPDX-License-Identifier: MIT */
/* Alarms as they are kept. */
#ifndef AG_CENTER_STORE_ALARM_H
#define AG_CENTER_STORE_ALARM_H

#include "store.h"

#include <stdbool.h>
#include <stdint.h>

struct ag_alarm {
	int64_t id;
	const char *kind, *atm, *detail;	/* atm "": about no machine */
	int64_t job;				/* 0: about none */
	int64_t first_s, last_s;
	int64_t times;
	int64_t cleared_s;
};

/* Adds an alarm of @alarm->last_s, or counts it to the same one that is open. */
int ag_store_alarm_add(struct ag_store *store, const struct ag_alarm *alarm);

/* -ENOENT: no such open alarm. */
int ag_store_alarm_clear(struct ag_store *store, int64_t id, int64_t now_s);

/* Open ones of a machine, and of a kind. */
int ag_store_alarm_count_of_atm(struct ag_store *store, const char *atm, int64_t *ret_nr);
int ag_store_alarm_count_of_kind(struct ag_store *store, const char *kind, int64_t *ret_nr);

/* At most @max, the newest first, those before @before; only open ones, or all.
 * By id and not by time, so that one that is raised again between two pages
 * is not missing from both. */
int ag_store_alarm_list(struct ag_store *store, bool is_all, int64_t before, int max,
			int (*use)(const struct ag_alarm *alarm, void *arg), void *arg);

#endif
