// SPDX-License-Identifier: MIT
// Attempts: add, count, list.
#include "attempt.h"
#include "sql.h"

int ag_store_attempt_add(struct ag_store *store, const struct ag_attempt *attempt)
{
	return ag_sql_run(store, "INSERT INTO attempt (at_s, atm, job, employee, counted, reason)"
			  " VALUES (?, ?, ?, ?, ?, ?)",
			  AG_VALUES(AG_INT(attempt->at_s), AG_TEXT(attempt->atm), AG_INT(attempt->job),
				    AG_TEXT(attempt->employee), AG_INT(attempt->is_counted),
				    AG_TEXT(attempt->reason)));
}

int ag_store_attempt_count(struct ag_store *store, int64_t since_s, int64_t *ret_nr)
{
	return ag_sql_number(store, "SELECT count(*) FROM attempt WHERE counted = 1 AND at_s > ?",
			     AG_VALUES(AG_INT(since_s)), 0, ret_nr);
}

struct use {
	int (*use)(const struct ag_attempt *attempt, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	const struct ag_attempt attempt = {
		.at_s = sqlite3_column_int64(row, 0),
		.atm = (const char *)sqlite3_column_text(row, 1),
		.job = sqlite3_column_int64(row, 2),
		.employee = (const char *)sqlite3_column_text(row, 3),
		.is_counted = sqlite3_column_int(row, 4),
		.reason = (const char *)sqlite3_column_text(row, 5),
	};

	return use->use(&attempt, use->arg);
}

int ag_store_attempt_list(struct ag_store *store, int64_t job, int max,
			  int (*use)(const struct ag_attempt *attempt, void *arg), void *arg)
{
	return ag_sql_each(store, "SELECT at_s, atm, job, employee, counted, reason FROM attempt"
			   " WHERE job = ? ORDER BY id LIMIT ?", AG_VALUES(AG_INT(job), AG_INT(max)),
			   use_row, &(struct use){ use, arg });
}
