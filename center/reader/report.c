// SPDX-License-Identifier: MIT
// The record of a job: who, when, what was tried, what the machine reported.
#include "center/common/work.h"
#include "center/store/atm.h"
#include "center/store/attempt.h"
#include "center/store/employee.h"
#include "center/store/entry.h"
#include "center/store/job.h"
#include "center/store/record.h"
#include "handler.h"
#include "lib/hex.h"
#include "page.h"
#include "record.h"

#include <errno.h>

#define ATTEMPTS_MAX	1000	/* shown; wrong tries block a job long before */

static int load_job(struct ag_reader *reader, json_t *in, struct ag_job *ret_job)
{
	json_t *id = json_object_get(in, "job");
	int r = json_is_integer(id) ? ag_store_job_load(reader->store, json_integer_value(id), ret_job) : -ENOENT;

	return r == -ENOENT ? ag_refusal_set(&reader->reason, "そのジョブはありません / no such job") : r;
}

static json_t *job_object(const struct ag_job *job, const struct ag_employee *employee, const struct ag_atm *atm)
{
	const struct ag_work *work = ag_work_find(job->work);

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:o, s:s?, s:I, s:I, s:I, s:s, s:s}",
			 "job", (json_int_t)job->id, "atm", job->atm, "employee", job->employee,
			 "name", employee->name, "work", job->work, "state", ag_job_state_name(job->state),
			 "created_s", (json_int_t)job->created_s, "created_by", job->created_by,
			 "opens_s", (json_int_t)job->opens_s, "expires_s", (json_int_t)job->expires_s,
			 "closed_s", job->closed_s ? json_integer(job->closed_s) : json_null(),
			 "closed_why", job->closed_s ? job->closed_why : NULL,
			 "issues", (json_int_t)job->issues, "tries", (json_int_t)job->tries,
			 "entries", (json_int_t)job->entries, "class", atm->atm_class,
			 "title", work ? work->title : "");
}

static int show_job(struct ag_reader *reader, const struct ag_job *job, json_t *out)
{
	struct ag_employee employee;
	struct ag_atm atm;
	int r = ag_store_employee_load(reader->store, job->employee, &employee);

	if (r == 0)
		r = ag_store_atm_load(reader->store, job->atm, &atm);
	if (r)
		return r;
	return json_object_set_new(out, "job", job_object(job, &employee, &atm)) ? -ENOMEM : 0;
}

static int add_entry(const struct ag_entry *entry, void *arg)
{
	char nonce[2 * sizeof(entry->grant.nonce) + 1];

	ag_hex_encode(entry->grant.nonce, sizeof(entry->grant.nonce), nonce);
	return json_array_append_new(arg, json_pack("{s:I, s:I, s:s}", "at_s", (json_int_t)entry->at_s,
						    "retries", (json_int_t)entry->retries, "nonce", nonce))
		       ? -ENOMEM : 0;
}

static int add_attempt(const struct ag_attempt *attempt, void *arg)
{
	return json_array_append_new(arg, json_pack("{s:I, s:s, s:i, s:s}", "at_s", (json_int_t)attempt->at_s,
						    "employee", attempt->employee, "counted", attempt->is_counted,
						    "reason", attempt->reason)) ? -ENOMEM : 0;
}

static int show_tries(struct ag_reader *reader, const struct ag_job *job, json_t *out)
{
	json_t *entries = json_array(), *attempts = json_array();
	int r = json_object_set_new(out, "entries", entries) ? -ENOMEM : 0;

	if (json_object_set_new(out, "attempts", attempts))
		r = -ENOMEM;
	if (r == 0)
		r = ag_store_entry_list(reader->store, job->id, add_entry, entries);
	return r ? r : ag_store_attempt_list(reader->store, job->id, ATTEMPTS_MAX, add_attempt, attempts);
}

static int add_record(const struct ag_record_row *row, void *arg)
{
	return ag_page_add(arg, ag_record_row_json(row), ag_record_key_json(&row->key));
}

static int show_records(struct ag_reader *reader, json_t *in, const struct ag_job *job, json_t *out)
{
	const struct ag_record_story story = {
		.job = job,
		.types = { ATMGUARD_EV_BOOT, ATMGUARD_EV_DENY, ATMGUARD_EV_USB, ATMGUARD_EV_REFUSED,
			   ATMGUARD_EV_ALARM },
		.unknown_from = ATMGUARD_NR_EVENTS,
	};
	const struct ag_record_key *after;
	struct ag_record_key key;
	struct ag_list_page page;
	int r = ag_record_after(reader, in, &key, &after);

	if (r == 0)
		r = ag_page_open(&page);
	if (r)
		return r;
	r = ag_store_record_list_of_job(reader->store, &story, after, AG_PAGE_MAX, add_record, &page);
	return ag_page_close(&page, r, out, "records");
}

/* The further pages hold further records only. */
int ag_reader_job_show(struct ag_reader *reader, json_t *in, json_t *out)
{
	bool is_first = !json_object_get(in, "after");
	struct ag_job job;
	int r = load_job(reader, in, &job);

	if (r == 0 && is_first)
		r = show_job(reader, &job, out);
	if (r == 0 && is_first)
		r = show_tries(reader, &job, out);
	return r ? r : show_records(reader, in, &job, out);
}
