// SPDX-License-Identifier: MIT
// Clear an alarm: somebody has looked at it.
#include "center/common/log.h"
#include "center/judge/hold.h"
#include "center/store/alarm.h"
#include "handler.h"

#include <errno.h>

/* Clearing the fleet's alarm is what ends its strict limits. */
int ag_admin_alarm_clear(struct ag_admin *admin, json_t *in, json_t *out)
{
	int64_t id = json_integer_value(json_object_get(in, "id"));
	int r = ag_store_alarm_clear(admin->store, id, admin->now_s);
	char by[AG_ACTOR_TEXT_MAX];

	if (r == -ENOENT)
		return ag_refusal_set(&admin->reason, "その警報はありません / no such open alarm");
	if (r == 0)
		r = ag_hold_relax(admin->store);
	ag_actor_text(&admin->actor, by);
	if (r == 0)
		ag_log_later("alarm %lld cleared by=%s", (long long)id, by);
	return r;
}
