// SPDX-License-Identifier: MIT
// The state machine of a job, and its place in the database.
#include "job.h"
#include "center/store/store.h"

#include <errno.h>
#include <stddef.h>

static const char *const names[AG_JOB_NR_STATES] = {
	[AG_JOB_CREATED] = "created", [AG_JOB_ISSUED] = "issued", [AG_JOB_ACTIVE] = "active",
	[AG_JOB_COMPLETED] = "completed", [AG_JOB_EXPIRED] = "expired",
	[AG_JOB_BLOCKED] = "blocked", [AG_JOB_REVOKED] = "revoked",
};

/* Row: state; column: event; 0: not possible. */
static const uint8_t moves[AG_JOB_NR_STATES][AG_JOB_NR_EVENTS] = {
	[AG_JOB_CREATED] = {
		[AG_JOB_ISSUE] = AG_JOB_ISSUED, [AG_JOB_EXPIRE] = AG_JOB_EXPIRED,
		[AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
	[AG_JOB_ISSUED] = {
		[AG_JOB_REISSUE] = AG_JOB_ISSUED, [AG_JOB_ENTRY] = AG_JOB_ACTIVE,
		[AG_JOB_EXPIRE] = AG_JOB_EXPIRED, [AG_JOB_BLOCK] = AG_JOB_BLOCKED,
		[AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
	[AG_JOB_ACTIVE] = {
		[AG_JOB_REISSUE] = AG_JOB_ACTIVE, [AG_JOB_ENTRY] = AG_JOB_ACTIVE,
		[AG_JOB_COMPLETE] = AG_JOB_COMPLETED, [AG_JOB_EXPIRE] = AG_JOB_EXPIRED,
		[AG_JOB_BLOCK] = AG_JOB_BLOCKED, [AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
};

const char *ag_job_state_name(enum ag_job_state state)
{
	return state > 0 && state < AG_JOB_NR_STATES ? names[state] : "unknown";
}

bool ag_job_is_open(enum ag_job_state state)
{
	return state >= AG_JOB_CREATED && state <= AG_JOB_ACTIVE;
}

int ag_job_next(enum ag_job_state from, enum ag_job_event event, enum ag_job_state *ret_to)
{
	if (from <= 0 || from >= AG_JOB_NR_STATES || event >= AG_JOB_NR_EVENTS || !moves[from][event])
		return -EPERM;
	*ret_to = moves[from][event];
	return 0;
}

#define COLUMNS "id, atm, employee, work, state, opens_s, expires_s, tries, entries, salt, mac"

static int load(struct ag_store *store, const char *sql, struct ag_value key, struct ag_job *job)
{
	sqlite3_stmt *row;
	int r = ag_store_ask(store, sql, &key, 1, &row);

	if (r)
		return r;
	job->id = sqlite3_column_int64(row, 0);
	ag_store_text(row, 1, job->atm, sizeof(job->atm));
	ag_store_text(row, 2, job->employee, sizeof(job->employee));
	ag_store_text(row, 3, job->work, sizeof(job->work));
	job->state = sqlite3_column_int(row, 4);
	job->opens_s = sqlite3_column_int64(row, 5);
	job->expires_s = sqlite3_column_int64(row, 6);
	job->tries = sqlite3_column_int64(row, 7);
	job->entries = sqlite3_column_int64(row, 8);
	r = ag_store_blob(row, 9, job->salt, sizeof(job->salt));
	if (r == 0)
		r = ag_store_blob(row, 10, job->mac, sizeof(job->mac));
	ag_store_done(row);
	return r;
}

int ag_job_load(struct ag_store *store, int64_t id, struct ag_job *ret_job)
{
	return load(store, "SELECT " COLUMNS " FROM job WHERE id = ?",
		    (struct ag_value)AG_INT(id), ret_job);
}

int ag_job_load_last(struct ag_store *store, const char *atm, struct ag_job *ret_job)
{
	/* A job opens only when the one before is closed: the newest is the open one. */
	return load(store, "SELECT " COLUMNS " FROM job WHERE atm = ? ORDER BY id DESC LIMIT 1",
		    (struct ag_value)AG_TEXT(atm), ret_job);
}

static int save(struct ag_store *store, const struct ag_job *job, enum ag_job_state to,
		int64_t now_s, const char *why)
{
	if (ag_job_is_open(to))
		return ag_store_run(store, "UPDATE job SET state = ? WHERE id = ? AND state = ?",
				    AG_VALUES(AG_INT(to), AG_INT(job->id), AG_INT(job->state)));
	return ag_store_run(store, "UPDATE job SET state = ?, closed_s = ?, closed_why = ?"
			    " WHERE id = ? AND state = ?",
			    AG_VALUES(AG_INT(to), AG_INT(now_s), AG_TEXT(why), AG_INT(job->id),
				      AG_INT(job->state)));
}

int ag_job_move(struct ag_store *store, struct ag_job *job, enum ag_job_event event,
		int64_t now_s, const char *why)
{
	enum ag_job_state to;
	int r = ag_job_next(job->state, event, &to);

	if (r || to == job->state)
		return r;
	r = save(store, job, to, now_s, why);
	if (r)
		return r;
	if (ag_store_changes(store) != 1)
		return -ESTALE;
	job->state = to;
	return 0;
}

int ag_job_sweep(struct ag_store *store, int64_t now_s, int *ret_nr)
{
	struct ag_job job;
	int nr = 0, r;

	for (;;) {
		r = load(store, "SELECT " COLUMNS " FROM job WHERE state <= 3 AND expires_s <= ?"
			 " ORDER BY expires_s LIMIT 1", (struct ag_value)AG_INT(now_s), &job);
		if (r)
			break;
		r = ag_job_move(store, &job, AG_JOB_EXPIRE, now_s, "window over");
		if (r)
			break;
		nr++;
	}
	*ret_nr = nr;
	return r == -ENOENT ? 0 : r;
}
