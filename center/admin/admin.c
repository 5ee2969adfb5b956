// SPDX-License-Identifier: MIT
// Hand an administrator's request to its handler, in one transaction.
#include "admin.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "handler.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	ag_admin_handler *handle;
} requests[] = {
	{ "atm-add", ag_admin_atm_add },
	{ "atm-revoke", ag_admin_atm_revoke },
	{ "atm-release", ag_admin_atm_release },
	{ "employee-add", ag_admin_employee_add },
	{ "employee-disable", ag_admin_employee_disable },
	{ "employee-enable", ag_admin_employee_enable },
	{ "job-open", ag_admin_job_open },
	{ "job-close", ag_admin_job_close },
	{ "job-reissue", ag_admin_job_reissue },
	{ "job-revoke", ag_admin_job_revoke },
	{ "alarm-clear", ag_admin_alarm_clear },
};

static int dispatch(struct ag_admin *admin, json_t *in, json_t *out)
{
	const char *name = json_string_value(json_object_get(in, "do"));

	for (size_t i = 0; name && i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strcmp(requests[i].name, name) == 0)
			return requests[i].handle(admin, in, out);
	return ag_refusal_set(&admin->reason, "no such request");
}

static int run(struct ag_admin *admin, json_t *in, json_t *out)
{
	int r = ag_store_begin(admin->store);

	if (r)
		return r;
	r = dispatch(admin, in, out);
	if (r == 0)
		return ag_store_commit(admin->store);
	if (!admin->reason.text[0])
		ag_log("admin: %s store=%s", strerror(-r), ag_store_error(admin->store));
	ag_store_rollback(admin->store);
	return r;
}

json_t *ag_admin_answer(struct ag_admin *admin, json_t *in)
{
	json_t *out = json_pack("{s:s}", "result", "ok");
	size_t mark = ag_log_mark();
	int r = out ? run(admin, in, out) : -ENOMEM;

	if (r) {
		ag_log_undo(mark);
		json_decref(out);
		return ag_refusal_answer(&admin->reason, r);
	}
	ag_log_flush();
	if (admin->revoked[0])
		admin->judge->revoked(admin->judge->arg, admin->revoked);
	return out;
}
