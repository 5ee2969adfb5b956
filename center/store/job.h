/* SPDX-License-Identifier: MIT */
/* Jobs as they are kept; what moves them is in center/judge/job.h. */
#ifndef AG_CENTER_STORE_JOB_H
#define AG_CENTER_STORE_JOB_H

#include "center/common/actor.h"
#include "center/common/job_state.h"
#include "store.h"

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stdint.h>

#define AG_JOB_SALT_LEN		16
#define AG_JOB_MAC_LEN		32
#define AG_JOB_REASON_MAX	200	/* bytes a person gives; why_closed says by whom too */

struct ag_job {
	int64_t id;
	char atm[ATMGUARD_ATM_LEN];
	char employee[ATMGUARD_EMPLOYEE_LEN];
	char work[24];
	enum ag_job_state state;
	int64_t created_s;
	char created_by[AG_ACTOR_TEXT_MAX];
	int64_t opens_s, expires_s;
	int64_t issues, tries, entries;		/* passwords made, wrong tries, grants */
	int64_t closed_s;			/* 0: open */
	char closed_why[AG_JOB_REASON_MAX + AG_ACTOR_TEXT_MAX + 32];
	uint8_t salt[AG_JOB_SALT_LEN];
	uint8_t mac[AG_JOB_MAC_LEN];
};

/* By number; the newest of a machine; the one overdue longest.  -ENOENT: none;
 * -EUCLEAN: its state is no word of AG_JOB_STATES, or open and closed at once. */
int ag_store_job_load(struct ag_store *store, int64_t id, struct ag_job *ret_job);
int ag_store_job_load_last(struct ag_store *store, const char *atm, struct ag_job *ret_job);
int ag_store_job_load_overdue(struct ag_store *store, int64_t now_s, struct ag_job *ret_job);

/* Adds a job and gives it its number; -EEXIST: the machine has an open one. */
int ag_store_job_add(struct ag_store *store, struct ag_job *job);

/* Keeps salt and mac. */
int ag_store_job_set_password(struct ag_store *store, const struct ag_job *job);

/*
 * ag_store_job_set_state - from the state that @job says to another
 *
 * A state that is not open closes the job, with @now_s and @why.
 *
 * Return: 0, -ENOENT (it is in another state by now), or an error.
 */
int ag_store_job_set_state(struct ag_store *store, const struct ag_job *job, enum ag_job_state to,
			   int64_t now_s, const char *why);

int ag_store_job_count_issue(struct ag_store *store, int64_t id);
int ag_store_job_count_try(struct ag_store *store, int64_t id);
int ag_store_job_count_entry(struct ag_store *store, int64_t id);

/* At most @max, the newest first, those before @before; of one machine unless
 * @atm is NULL, only open ones if asked. */
int ag_store_job_list(struct ag_store *store, const char *atm, bool is_open, int64_t before, int max,
		      int (*use)(const struct ag_job *job, void *arg), void *arg);

#endif
