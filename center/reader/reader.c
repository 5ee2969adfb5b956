// SPDX-License-Identifier: MIT
// Hand a request to look at something to its handler.
#include "reader.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "handler.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	ag_reader_handler *handle;
} requests[] = {
	{ "status", ag_reader_status },
	{ "atm-list", ag_reader_atm_list },
	{ "employee-list", ag_reader_employee_list },
	{ "job-list", ag_reader_job_list },
	{ "job-show", ag_reader_job_show },
	{ "audit-list", ag_reader_audit_list },
	{ "alarm-list", ag_reader_alarm_list },
};

static int dispatch(struct ag_reader *reader, json_t *in, json_t *out)
{
	const char *name = json_string_value(json_object_get(in, "do"));

	for (size_t i = 0; name && i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strcmp(requests[i].name, name) == 0)
			return requests[i].handle(reader, in, out);
	return ag_refusal_set(&reader->reason, "no such request");
}

static int run(struct ag_reader *reader, json_t *in, json_t *out)
{
	int r = ag_store_begin_to_read(reader->store);

	if (r)
		return r;
	r = dispatch(reader, in, out);
	if (r && !reader->reason.text[0])
		ag_log("%s store=%s", strerror(-r), ag_store_error(reader->store));
	ag_store_rollback(reader->store);
	return r;
}

json_t *ag_reader_answer(struct ag_reader *reader, json_t *in)
{
	json_t *out = json_pack("{s:s}", "result", "ok");
	int r = out ? run(reader, in, out) : -ENOMEM;

	if (r == 0)
		return out;
	json_decref(out);
	return ag_refusal_answer(&reader->reason, r);
}
