/* SPDX-License-Identifier: MIT */
/* The life of a job: one password, one machine, one worker, one window. */
#ifndef AG_CENTER_JUDGE_JOB_H
#define AG_CENTER_JUDGE_JOB_H

#include "center/store/job.h"

#define AG_JOB_TRIES_MAX	5	/* wrong ones; PCI DSS 8.3.4 asks for at most 10 */
#define AG_JOB_ENTRIES_MAX	64	/* power cuts in one job; bounds the grants kept */

bool ag_job_is_open(const struct ag_job *job);

/*
 * ag_job_move - the only way a job changes its state
 *
 * @why is kept when the job ends by it.  @job follows.
 *
 * Return: 0, -EPERM (not possible from here), -ESTALE (changed meanwhile), or
 * an error of the store.
 */
int ag_job_move(struct ag_store *store, struct ag_job *job, enum ag_job_event event,
		int64_t now_s, const char *why);

/* The machine's newest job, ended first if its window is over; -ENOENT: none. */
int ag_job_load_present(struct ag_store *store, const char *atm, int64_t now_s, struct ag_job *ret_job);

/* Ends all open jobs whose window is over. */
int ag_job_sweep(struct ag_store *store, int64_t now_s, int *ret_nr);

#endif
