// SPDX-License-Identifier: MIT
// Move jobs from state to state.
#include "job.h"

#include <errno.h>

bool ag_job_is_open(const struct ag_job *job)
{
	return ag_job_state_is_open(job->state);
}

int ag_job_move(struct ag_store *store, struct ag_job *job, enum ag_job_event event,
		int64_t now_s, const char *why)
{
	enum ag_job_state to;
	int r = ag_job_state_next(job->state, event, &to);

	if (r || to == job->state)
		return r;
	r = ag_store_job_set_state(store, job, to, now_s, why);
	if (r)
		return r == -ENOENT ? -ESTALE : r;
	job->state = to;
	return 0;
}

static int expire(struct ag_store *store, struct ag_job *job, int64_t now_s)
{
	return ag_job_move(store, job, AG_JOB_EXPIRE, now_s, "window over");
}

int ag_job_load_present(struct ag_store *store, const char *atm, int64_t now_s, struct ag_job *ret_job)
{
	int r = ag_store_job_load_last(store, atm, ret_job);

	if (r == 0 && ag_job_is_open(ret_job) && now_s >= ret_job->expires_s)
		r = expire(store, ret_job, now_s);
	return r;
}

int ag_job_sweep(struct ag_store *store, int64_t now_s, int *ret_nr)
{
	struct ag_job job;
	int nr = 0, r;

	while ((r = ag_store_job_load_overdue(store, now_s, &job)) == 0 &&
	       (r = expire(store, &job, now_s)) == 0)
		nr++;
	if (r != -ENOENT)
		return r;
	*ret_nr = nr;
	return 0;
}
