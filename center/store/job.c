// SPDX-License-Identifier: MIT
// Jobs: add, load, count, change their state, list.
#include "job.h"
#include "sql.h"

#include <errno.h>

#define SELECT "SELECT id, atm, employee, work, state, created_s, created_by, opens_s, expires_s," \
	" issues, tries, entries, closed_s, closed_why, salt, mac FROM job "

/* The word for a state, and what being open means, must agree: a decision is
 * not built on a row that contradicts itself. */
static int read_state(sqlite3_stmt *row, enum ag_job_state *ret_state)
{
	const char *name = (const char *)sqlite3_column_text(row, 4);
	bool is_open = sqlite3_column_type(row, 12) == SQLITE_NULL;

	if (!name || ag_job_state_find(name, ret_state) || ag_job_state_is_open(*ret_state) != is_open)
		return -EUCLEAN;
	return 0;
}

static int read_row(sqlite3_stmt *row, struct ag_job *job)
{
	int r;

	*job = (struct ag_job){
		.id = sqlite3_column_int64(row, 0), .created_s = sqlite3_column_int64(row, 5),
		.opens_s = sqlite3_column_int64(row, 7), .expires_s = sqlite3_column_int64(row, 8),
		.issues = sqlite3_column_int64(row, 9), .tries = sqlite3_column_int64(row, 10),
		.entries = sqlite3_column_int64(row, 11), .closed_s = sqlite3_column_int64(row, 12),
	};
	ag_sql_text(row, 1, job->atm, sizeof(job->atm));
	ag_sql_text(row, 2, job->employee, sizeof(job->employee));
	ag_sql_text(row, 3, job->work, sizeof(job->work));
	ag_sql_text(row, 6, job->created_by, sizeof(job->created_by));
	ag_sql_text(row, 13, job->closed_why, sizeof(job->closed_why));
	r = read_state(row, &job->state);
	if (r == 0)
		r = ag_sql_blob(row, 14, job->salt, sizeof(job->salt));
	return r ? r : ag_sql_blob(row, 15, job->mac, sizeof(job->mac));
}

static int load(struct ag_store *store, const char *sql, struct ag_sql_value key, struct ag_job *job)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, sql, &key, 1, &row);

	if (r)
		return r;
	r = read_row(row, job);
	ag_sql_done(row);
	return r;
}

int ag_store_job_load(struct ag_store *store, int64_t id, struct ag_job *ret_job)
{
	return load(store, SELECT "WHERE id = ?", (struct ag_sql_value)AG_INT(id), ret_job);
}

int ag_store_job_load_last(struct ag_store *store, const char *atm, struct ag_job *ret_job)
{
	/* A job opens only when the one before is closed: the newest is the open one. */
	return load(store, SELECT "WHERE atm = ? ORDER BY id DESC LIMIT 1",
		    (struct ag_sql_value)AG_TEXT(atm), ret_job);
}

int ag_store_job_load_overdue(struct ag_store *store, int64_t now_s, struct ag_job *ret_job)
{
	return load(store, SELECT "WHERE closed_s IS NULL AND expires_s <= ? ORDER BY expires_s LIMIT 1",
		    (struct ag_sql_value)AG_INT(now_s), ret_job);
}

int ag_store_job_add(struct ag_store *store, struct ag_job *job)
{
	int r = ag_sql_run(store, "INSERT INTO job (atm, employee, work, state, created_s, created_by,"
			   " opens_s, expires_s, salt, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   AG_VALUES(AG_TEXT(job->atm), AG_TEXT(job->employee), AG_TEXT(job->work),
				     AG_TEXT(ag_job_state_name(job->state)), AG_INT(job->created_s),
				     AG_TEXT(job->created_by), AG_INT(job->opens_s), AG_INT(job->expires_s),
				     AG_BLOB(job->salt, sizeof(job->salt)), AG_BLOB(job->mac, sizeof(job->mac))));

	if (r == 0)
		job->id = sqlite3_last_insert_rowid(store->db);
	return r;
}

int ag_store_job_set_password(struct ag_store *store, const struct ag_job *job)
{
	return ag_sql_run(store, "UPDATE job SET salt = ?, mac = ? WHERE id = ?",
			  AG_VALUES(AG_BLOB(job->salt, sizeof(job->salt)),
				    AG_BLOB(job->mac, sizeof(job->mac)), AG_INT(job->id)));
}

int ag_store_job_set_state(struct ag_store *store, const struct ag_job *job, enum ag_job_state to,
			   int64_t now_s, const char *why)
{
	const char *name = ag_job_state_name(to), *from = ag_job_state_name(job->state);

	if (ag_job_state_is_open(to))
		return ag_sql_change(store, "UPDATE job SET state = ? WHERE id = ? AND state = ?",
				     AG_VALUES(AG_TEXT(name), AG_INT(job->id), AG_TEXT(from)));
	return ag_sql_change(store, "UPDATE job SET state = ?, closed_s = ?, closed_why = ?"
			     " WHERE id = ? AND state = ?",
			     AG_VALUES(AG_TEXT(name), AG_INT(now_s), AG_TEXT(why), AG_INT(job->id),
				       AG_TEXT(from)));
}

int ag_store_job_count_issue(struct ag_store *store, int64_t id)
{
	return ag_sql_run(store, "UPDATE job SET issues = issues + 1 WHERE id = ?", AG_VALUES(AG_INT(id)));
}

int ag_store_job_count_try(struct ag_store *store, int64_t id)
{
	return ag_sql_run(store, "UPDATE job SET tries = tries + 1 WHERE id = ?", AG_VALUES(AG_INT(id)));
}

int ag_store_job_count_entry(struct ag_store *store, int64_t id)
{
	return ag_sql_run(store, "UPDATE job SET entries = entries + 1 WHERE id = ?", AG_VALUES(AG_INT(id)));
}

struct use {
	int (*use)(const struct ag_job *job, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	struct ag_job job;
	int r = read_row(row, &job);

	return r ? r : use->use(&job, use->arg);
}

int ag_store_job_list(struct ag_store *store, const char *atm, bool is_open, int64_t before, int max,
		      int (*use)(const struct ag_job *job, void *arg), void *arg)
{
	return ag_sql_each(store, SELECT "WHERE (?1 IS NULL OR atm = ?1) AND (closed_s IS NULL OR NOT ?2)"
			   " AND id < ?3 ORDER BY id DESC LIMIT ?4",
			   AG_VALUES(AG_TEXT(atm), AG_INT(is_open), AG_INT(before), AG_INT(max)),
			   use_row, &(struct use){ use, arg });
}
