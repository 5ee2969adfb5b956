// SPDX-License-Identifier: MIT
// Lists of machines, employees, jobs and alarms, and the counts of all.
#include "center/store/alarm.h"
#include "center/store/atm.h"
#include "center/store/employee.h"
#include "center/store/fleet.h"
#include "center/store/job.h"
#include "handler.h"
#include "lib/hex.h"
#include "page.h"

#include <errno.h>
#include <limits.h>

#define ONLINE_S	90	/* three heartbeats */
#define WRONG_S		3600

/* The members of a table are NULL where nothing is known, and so is the JSON. */
static json_t *time_or_null(int64_t wall_s)
{
	return wall_s ? json_integer(wall_s) : json_null();
}

/* ---- machines, employees ---- */

static int add_atm(const struct ag_atm *atm, void *arg)
{
	char uuid[2 * sizeof(atm->boot_uuid) + 1];
	json_t *row;

	ag_hex_encode(atm->boot_uuid, sizeof(atm->boot_uuid), uuid);
	row = json_pack("{s:s, s:s, s:I, s:o, s:I, s:I, s:o, s:s?, s:o, s:o, s:s}", "number", atm->number,
			"class", atm->atm_class, "added_s", (json_int_t)atm->added_s,
			"revoked_s", time_or_null(atm->revoked_s), "version", (json_int_t)atm->version,
			"wrong", (json_int_t)atm->wrong, "seen_s", time_or_null(atm->seen_s),
			"state", atm->state[0] ? atm->state : NULL,
			"policy_version", atm->seen_s ? json_integer(atm->policy_version) : json_null(),
			"next_seq", atm->seen_s ? json_integer(atm->next_seq) : json_null(), "boot_uuid", uuid);
	return ag_page_add(arg, row, json_string(atm->number));
}

/* A page of what goes by number: where it goes on, "" for the first one. */
static int open_by_number(struct ag_reader *reader, json_t *in, struct ag_list_page *ret_page, const char **ret_after)
{
	int r = 0;

	*ret_after = "";
	if (json_object_get(in, "after"))
		r = ag_member_text(in, "after", 15, ret_after, &reader->reason);
	return r ? r : ag_page_open(ret_page);
}

int ag_reader_atm_list(struct ag_reader *reader, json_t *in, json_t *out)
{
	struct ag_list_page page;
	const char *after;
	int r = open_by_number(reader, in, &page, &after);

	if (r)
		return r;
	r = ag_store_atm_list(reader->store, after, AG_PAGE_MAX, add_atm, &page);
	return ag_page_close(&page, r, out, "atms");
}

static int add_employee(const struct ag_employee *employee, void *arg)
{
	return ag_page_add(arg, json_pack("{s:s, s:s, s:I, s:o}", "number", employee->number,
					  "name", employee->name, "added_s", (json_int_t)employee->added_s,
					  "disabled_s", time_or_null(employee->disabled_s)),
			   json_string(employee->number));
}

int ag_reader_employee_list(struct ag_reader *reader, json_t *in, json_t *out)
{
	struct ag_list_page page;
	const char *after;
	int r = open_by_number(reader, in, &page, &after);

	if (r)
		return r;
	r = ag_store_employee_list(reader->store, after, AG_PAGE_MAX, add_employee, &page);
	return ag_page_close(&page, r, out, "employees");
}

/* ---- jobs ---- */

static int add_job(const struct ag_job *job, void *arg)
{
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:I, s:I}",
				"job", (json_int_t)job->id, "atm", job->atm, "employee", job->employee,
				"work", job->work, "state", ag_job_state_name(job->state),
				"created_s", (json_int_t)job->created_s, "opens_s", (json_int_t)job->opens_s,
				"expires_s", (json_int_t)job->expires_s, "closed_s", time_or_null(job->closed_s),
				"tries", (json_int_t)job->tries, "entries", (json_int_t)job->entries);

	return ag_page_add(arg, row, json_integer(job->id));
}

/* A page of what goes by id, the newest first: where it goes on. */
static int open_by_id(struct ag_reader *reader, json_t *in, struct ag_list_page *ret_page, int64_t *ret_before)
{
	int r = 0;

	*ret_before = INT64_MAX;
	if (json_object_get(in, "after"))
		r = ag_member_integer(in, "after", 1, INT64_MAX, ret_before, &reader->reason);
	return r ? r : ag_page_open(ret_page);
}

int ag_reader_job_list(struct ag_reader *reader, json_t *in, json_t *out)
{
	const char *atm = json_string_value(json_object_get(in, "atm"));
	struct ag_list_page page;
	int64_t before;
	int r = open_by_id(reader, in, &page, &before);

	if (r)
		return r;
	r = ag_store_job_list(reader->store, atm, json_is_true(json_object_get(in, "open")), before,
			      AG_PAGE_MAX, add_job, &page);
	return ag_page_close(&page, r, out, "jobs");
}

/* ---- alarms ---- */

static int add_alarm(const struct ag_alarm *alarm, void *arg)
{
	json_t *row = json_pack("{s:I, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:o}", "id", (json_int_t)alarm->id,
				"kind", alarm->kind, "atm", alarm->atm, "job", (json_int_t)alarm->job,
				"detail", alarm->detail, "first_s", (json_int_t)alarm->first_s,
				"last_s", (json_int_t)alarm->last_s, "times", (json_int_t)alarm->times,
				"cleared_s", time_or_null(alarm->cleared_s));

	return ag_page_add(arg, row, json_integer(alarm->id));
}

int ag_reader_alarm_list(struct ag_reader *reader, json_t *in, json_t *out)
{
	struct ag_list_page page;
	int64_t before;
	int r = open_by_id(reader, in, &page, &before);

	if (r)
		return r;
	r = ag_store_alarm_list(reader->store, json_is_true(json_object_get(in, "all")), before,
				AG_PAGE_MAX, add_alarm, &page);
	return ag_page_close(&page, r, out, "alarms");
}

/* ---- counts ---- */

int ag_reader_status(struct ag_reader *reader, json_t *in, json_t *out)
{
	struct ag_fleet_counts counts;
	bool is_strict;
	json_t *more;
	int r = ag_store_fleet_count(reader->store, reader->now_s - ONLINE_S, reader->now_s - WRONG_S, &counts);

	if (r == 0)
		r = ag_store_fleet_is_strict(reader->store, &is_strict);
	if (r)
		return r;
	more = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:i}", "atms", (json_int_t)counts.atms,
			 "atms_online", (json_int_t)counts.atms_online, "employees", (json_int_t)counts.employees,
			 "jobs_open", (json_int_t)counts.jobs_open, "alarms", (json_int_t)counts.alarms,
			 "wrong_last_hour", (json_int_t)counts.wrong, "fleet_strict", is_strict);
	r = json_object_update(out, more) ? -ENOMEM : 0;
	json_decref(more);
	return r;
}
