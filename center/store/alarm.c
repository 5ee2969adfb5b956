// SPDX-License-Identifier: MIT
// Alarms: add or count, clear, list.
#include "alarm.h"
#include "sql.h"

int ag_store_alarm_add(struct ag_store *store, const struct ag_alarm *alarm)
{
	return ag_sql_run(store, "INSERT INTO alarm (kind, atm, job, detail, first_s, last_s)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?5)"
			  " ON CONFLICT (kind, atm, job, detail) WHERE cleared_s IS NULL"
			  " DO UPDATE SET times = times + 1, last_s = ?5",
			  AG_VALUES(AG_TEXT(alarm->kind), AG_TEXT(alarm->atm), AG_INT(alarm->job),
				    AG_TEXT(alarm->detail), AG_INT(alarm->last_s)));
}

int ag_store_alarm_clear(struct ag_store *store, int64_t id, int64_t now_s)
{
	return ag_sql_change(store, "UPDATE alarm SET cleared_s = ? WHERE id = ? AND cleared_s IS NULL",
			     AG_VALUES(AG_INT(now_s), AG_INT(id)));
}

int ag_store_alarm_count_of_atm(struct ag_store *store, const char *atm, int64_t *ret_nr)
{
	return ag_sql_number(store, "SELECT count(*) FROM alarm WHERE cleared_s IS NULL AND atm = ?",
			     AG_VALUES(AG_TEXT(atm)), 0, ret_nr);
}

int ag_store_alarm_count_of_kind(struct ag_store *store, const char *kind, int64_t *ret_nr)
{
	return ag_sql_number(store, "SELECT count(*) FROM alarm WHERE cleared_s IS NULL AND kind = ?",
			     AG_VALUES(AG_TEXT(kind)), 0, ret_nr);
}

struct use {
	int (*use)(const struct ag_alarm *alarm, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	const struct ag_alarm alarm = {
		.id = sqlite3_column_int64(row, 0),
		.kind = (const char *)sqlite3_column_text(row, 1),
		.atm = (const char *)sqlite3_column_text(row, 2),
		.job = sqlite3_column_int64(row, 3),
		.detail = (const char *)sqlite3_column_text(row, 4),
		.first_s = sqlite3_column_int64(row, 5), .last_s = sqlite3_column_int64(row, 6),
		.times = sqlite3_column_int64(row, 7), .cleared_s = sqlite3_column_int64(row, 8),
	};

	return use->use(&alarm, use->arg);
}

int ag_store_alarm_list(struct ag_store *store, bool is_all, int64_t before, int max,
			int (*use)(const struct ag_alarm *alarm, void *arg), void *arg)
{
	return ag_sql_each(store, "SELECT id, kind, atm, job, detail, first_s, last_s, times, cleared_s FROM alarm"
			   " WHERE (cleared_s IS NULL OR ?) AND id < ? ORDER BY id DESC LIMIT ?",
			   AG_VALUES(AG_INT(is_all), AG_INT(before), AG_INT(max)),
			   use_row, &(struct use){ use, arg });
}
