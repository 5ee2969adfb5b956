// SPDX-License-Identifier: MIT
// Add an employee, refuse one, accept one again.
#include "center/common/log.h"
#include "center/common/text.h"
#include "center/store/employee.h"
#include "handler.h"

#include <errno.h>
#include <string.h>

static int done(struct ag_admin *admin, const char *number, const char *what, int r)
{
	char by[AG_ACTOR_TEXT_MAX];

	if (r == -ENOENT)
		return ag_refusal_set(&admin->reason, "該当がありません / employee %s: none such, or already so",
				      number);
	ag_actor_text(&admin->actor, by);
	if (r == 0)
		ag_log_later("employee=%s %s by=%s", number, what, by);
	return r;
}

int ag_admin_employee_disable(struct ag_admin *admin, json_t *in, json_t *out)
{
	char number[ATMGUARD_EMPLOYEE_LEN];
	int r = ag_member_number(in, "number", number, &admin->reason);

	return r ? r : done(admin, number, "disabled",
			    ag_store_employee_disable(admin->store, number, admin->now_s));
}

int ag_admin_employee_enable(struct ag_admin *admin, json_t *in, json_t *out)
{
	char number[ATMGUARD_EMPLOYEE_LEN];
	int r = ag_member_number(in, "number", number, &admin->reason);

	return r ? r : done(admin, number, "enabled", ag_store_employee_enable(admin->store, number));
}

int ag_admin_employee_add(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_employee employee = { .added_s = admin->now_s };
	const char *name = "-";
	int r = ag_member_number(in, "number", employee.number, &admin->reason);

	if (r == 0 && json_object_get(in, "name"))
		r = ag_member_text(in, "name", AG_EMPLOYEE_NAME_MAX, &name, &admin->reason);
	if (r)
		return r;
	ag_text_clean(name, strlen(name), employee.name, sizeof(employee.name));
	r = ag_store_employee_add(admin->store, &employee);
	if (r == -EEXIST)
		return ag_refusal_set(&admin->reason, "社員番号 %s は登録済みです / employee %s exists already",
				      employee.number, employee.number);
	return done(admin, employee.number, "added", r);
}
