// SPDX-License-Identifier: MIT
// What can be looked at: jobs and their record, audit records, alarms, status.
#include "admin.h"
#include "lib/hex.h"
#include "lib/names.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/common/text.h"
#include "center/judge/unlock.h"
#include "center/common/work.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RECORDS_PAGE	1000	/* records an answer holds */

#define STATE_NAME(column) "CASE " column " WHEN 1 THEN 'created' WHEN 2 THEN 'issued' WHEN 3 THEN 'active'" \
	" WHEN 4 THEN 'completed' WHEN 5 THEN 'expired' WHEN 6 THEN 'blocked' ELSE 'revoked' END AS state_t"

int ag_admin_job_list(struct ag_admin *admin, json_t *in, json_t *out)
{
	const char *atm = json_string_value(json_object_get(in, "atm"));
	int only_open = json_is_true(json_object_get(in, "open"));

	return ag_admin_rows(admin, "SELECT id AS job, atm AS atm_t, employee AS employee_t, work AS work_t, "
			     STATE_NAME("state") ", created_s, opens_s, expires_s, closed_s, tries, entries FROM job"
			     " WHERE (?1 IS NULL OR atm = ?1) AND (state <= 3 OR NOT ?2)"
			     " ORDER BY id DESC LIMIT 1000",
			     AG_VALUES(AG_TEXT(atm), AG_INT(only_open)), out, "jobs");
}

/* ---- records ---- */

static json_t *record_object(const struct atmguard_record *record, int is_apart, int64_t received_s)
{
	char comm[4 * sizeof(record->comm) + 1], detail[4 * sizeof(record->detail) + 1];
	char digest[2 * sizeof(record->digest) + 1];

	ag_text_clean(record->comm, sizeof(record->comm), comm, sizeof(comm));
	ag_text_clean(record->detail, sizeof(record->detail), detail, sizeof(detail));
	ag_hex_encode(record->digest, sizeof(record->digest), digest);
	return json_pack("{s:I, s:s, s:i, s:s, s:i, s:i, s:i, s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:b}",
			 "seq", (json_int_t)record->seq, "event", ag_names_word(AG_NAMES_EVENT, record->type).text,
			 "code", record->code, "hook",
			 record->type == ATMGUARD_EV_DENY ? ag_names_word(AG_NAMES_HOOK, record->code).text : "",
			 "error", record->error, "pid", record->pid, "uid", record->uid,
			 "job", (json_int_t)record->job, "comm", comm, "detail", detail,
			 "aux", (json_int_t)record->aux, "repeats", (json_int_t)record->repeats,
			 "boot_ms", (json_int_t)(record->boot_ns / 1000000),
			 "wall_s", (json_int_t)(record->wall_ns / 1000000000),
			 "received_s", (json_int_t)received_s, "digest", digest, "apart", is_apart);
}

/* Columns: data, apart, received_s, hex(boot_id). */
static int records(struct ag_admin *admin, const char *sql, const struct ag_value *values, size_t nr,
		   int with_raw, json_t *out)
{
	char raw[AG_BASE64_SIZE(sizeof(struct atmguard_record))];
	json_t *list = json_array(), *object;
	struct atmguard_record record;
	sqlite3_stmt *row;
	int r = ag_store_ask(admin->store, sql, values, nr, &row);

	json_object_set_new(out, "records", list);
	if (r)
		return r == -ENOENT ? 0 : r;
	do {
		r = ag_store_blob(row, 0, &record, sizeof(record));
		if (r)
			break;
		object = record_object(&record, sqlite3_column_int(row, 1), sqlite3_column_int64(row, 2));
		json_object_set_new(object, "boot_id", json_string((const char *)sqlite3_column_text(row, 3)));
		if (with_raw) {
			ag_base64_encode(&record, sizeof(record), raw);
			json_object_set_new(object, "raw", json_string(raw));
		}
		json_array_append_new(list, object);
	} while ((r = ag_store_next(row)) == 0);
	ag_store_done(row);
	return r == -ENOENT ? 0 : r;
}

/* In the order the machine wrote them: boots as they came, numbers inside. */
int ag_admin_audit_list(struct ag_admin *admin, json_t *in, json_t *out)
{
	json_int_t from = json_integer_value(json_object_get(in, "from"));
	char atm[16];
	int r = ag_admin_number(admin, in, "atm", atm);

	if (r)
		return r;
	return records(admin, "SELECT data, apart, received_s, lower(hex(r.boot_id)) FROM record r"
		       " JOIN chain c ON c.atm = r.atm AND c.boot_id = r.boot_id WHERE r.atm = ?"
		       " ORDER BY c.started_s, c.first_seq, r.boot_id, r.seq, r.apart LIMIT ? OFFSET ?",
		       AG_VALUES(AG_TEXT(atm), AG_INT(RECORDS_PAGE), AG_INT(from)),
		       json_is_true(json_object_get(in, "raw")), out);
}

/* ---- the record of a job ---- */

static int show_job(struct ag_admin *admin, const struct ag_job *job, json_t *out)
{
	const struct ag_work *work = ag_work_find(job->work);
	int r = ag_admin_rows(admin, "SELECT j.id AS job, j.atm AS atm_t, j.employee AS employee_t,"
			      " e.name AS name_t, j.work AS work_t, " STATE_NAME("j.state") ", j.created_s,"
			      " j.created_by AS created_by_t, j.opens_s, j.expires_s, j.closed_s,"
			      " j.closed_why AS closed_why_t, j.issues, j.tries, j.entries, a.class AS class_t"
			      " FROM job j JOIN employee e ON e.number = j.employee"
			      " JOIN atm a ON a.number = j.atm WHERE j.id = ?",
			      AG_VALUES(AG_INT(job->id)), out, "job");
	json_t *first;

	if (r)
		return r;
	first = json_incref(json_array_get(json_object_get(out, "job"), 0));
	json_object_set_new(first, "title", json_string(work ? work->title : ""));
	return json_object_set_new(out, "job", first) ? -ENOMEM : 0;
}

static int show_records(struct ag_admin *admin, const struct ag_job *job, json_t *out)
{
	int64_t created_s, closed_s;
	int r = ag_store_number(admin->store, "SELECT created_s FROM job WHERE id = ?",
				AG_VALUES(AG_INT(job->id)), 0, &created_s);

	if (r == 0)
		r = ag_store_number(admin->store, "SELECT coalesce(closed_s, 9000000000) FROM job WHERE id = ?",
				    AG_VALUES(AG_INT(job->id)), 0, &closed_s);
	/* Its own records, and what was refused or plugged in from the issue of
	 * the password to the end: an attempt before the entry belongs to the story.
	 * What a newer machine calls by a number beyond ours may do so, too. */
	return r ? r : records(admin, "SELECT data, apart, received_s, lower(hex(boot_id)) FROM record"
			       " WHERE atm = ?1 AND (job = ?2 OR (received_s BETWEEN ?3 AND ?4"
			       " AND (type IN (1, 6, 7, 10, 14) OR type > 14))) ORDER BY received_s, boot_id, seq LIMIT 10000",
			       AG_VALUES(AG_TEXT(job->atm), AG_INT(job->id), AG_INT(created_s),
					 AG_INT(closed_s)), 0, out);
}

int ag_admin_job_show(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job;
	int r = ag_admin_job(admin, in, &job);

	if (r == 0)
		r = show_job(admin, &job, out);
	if (r == 0)
		r = ag_admin_rows(admin, "SELECT at_s, retries, lower(hex(nonce)) AS nonce_t FROM entry"
				  " WHERE job = ? ORDER BY at_s", AG_VALUES(AG_INT(job.id)), out, "entries");
	if (r == 0)
		r = ag_admin_rows(admin, "SELECT at_s, employee AS employee_t, counted, reason AS reason_t"
				  " FROM attempt WHERE job = ? ORDER BY id LIMIT 1000",
				  AG_VALUES(AG_INT(job.id)), out, "attempts");
	return r ? r : show_records(admin, &job, out);
}

/* ---- alarms, status ---- */

int ag_admin_alarm_list(struct ag_admin *admin, json_t *in, json_t *out)
{
	return ag_admin_rows(admin, "SELECT id, kind AS kind_t, atm AS atm_t, job, detail AS detail_t,"
			     " first_s, last_s, times, cleared_s FROM alarm WHERE cleared_s IS NULL OR ?"
			     " ORDER BY last_s DESC, id DESC LIMIT 1000",
			     AG_VALUES(AG_INT(json_is_true(json_object_get(in, "all")))), out, "alarms");
}

/* Clearing the fleet's alarm is what ends its strict limits. */
int ag_admin_alarm_clear(struct ag_admin *admin, json_t *in, json_t *out)
{
	json_t *id = json_object_get(in, "id");
	int r = ag_store_run(admin->store, "UPDATE alarm SET cleared_s = ? WHERE id = ? AND cleared_s IS NULL",
			     AG_VALUES(AG_INT(admin->now_s), AG_INT(json_integer_value(id))));

	if (r == 0 && ag_store_changes(admin->store) != 1)
		return ag_admin_fail(admin, "その警報はありません / no such open alarm");
	if (r == 0)
		r = ag_store_run(admin->store, "DELETE FROM fact WHERE name = ? AND NOT EXISTS"
				 " (SELECT 1 FROM alarm WHERE kind = 'fleet-wrong-tries' AND cleared_s IS NULL)",
				 AG_VALUES(AG_TEXT(AG_UNLOCK_FLEET_FACT)));
	if (r == 0)
		ag_log("alarm %lld cleared by=%s", (long long)json_integer_value(id), admin->by);
	return r;
}

int ag_admin_status(struct ag_admin *admin, json_t *in, json_t *out)
{
	json_t *rows, *row;
	int r = ag_admin_rows(admin, "SELECT (SELECT count(*) FROM atm WHERE revoked_s IS NULL) AS atms,"
			      " (SELECT count(*) FROM atm WHERE seen_s > ?1 - 90) AS atms_online,"
			      " (SELECT count(*) FROM employee WHERE disabled_s IS NULL) AS employees,"
			      " (SELECT count(*) FROM job WHERE state <= 3) AS jobs_open,"
			      " (SELECT count(*) FROM alarm WHERE cleared_s IS NULL) AS alarms,"
			      " (SELECT count(*) FROM attempt WHERE counted = 1 AND at_s > ?1 - 3600) AS wrong_last_hour,"
			      " (SELECT count(*) FROM fact WHERE name = 'fleet-strict') AS fleet_strict",
			      AG_VALUES(AG_INT(admin->now_s)), out, "rows");

	if (r)
		return r;
	rows = json_object_get(out, "rows");
	row = json_array_get(rows, 0);
	r = json_object_update(out, row) ? -ENOMEM : 0;
	json_object_del(out, "rows");
	return r;
}
