// SPDX-License-Identifier: MIT
// The one place that says when a machine is held.
#include "hold.h"
#include "alarm.h"
#include "center/store/alarm.h"
#include "center/store/atm.h"
#include "center/store/attempt.h"
#include "center/store/fleet.h"

#define FLEET_ALARM "fleet-wrong-tries"

int ag_hold_is_held(struct ag_store *store, const struct ag_atm *atm, bool *ret_held)
{
	bool is_strict;
	int r = ag_store_fleet_is_strict(store, &is_strict);

	if (r == 0)
		*ret_held = atm->wrong >= (is_strict ? 1 : AG_HOLD_MACHINE_MAX);
	return r;
}

/* Raises the fleet's guard when too many machines saw wrong tries. */
static int watch_fleet(struct ag_store *store, int64_t now_s)
{
	int64_t nr;
	int r = ag_store_attempt_count(store, now_s - AG_HOLD_FLEET_S, &nr);

	if (r || nr != AG_HOLD_FLEET_MAX)
		return r;
	r = ag_store_fleet_set_strict(store, true);
	return r ? r : ag_alarm_raise(store, now_s, FLEET_ALARM, "", 0,
				      "wrong tries all over the fleet: one now holds a machine");
}

int ag_hold_count(struct ag_store *store, const struct ag_atm *atm, int64_t job, int64_t now_s)
{
	int r = ag_store_atm_count_wrong(store, atm->number);

	if (r == 0 && atm->wrong + 1 == AG_HOLD_MACHINE_MAX)
		r = ag_alarm_raise(store, now_s, "machine-held", atm->number, job,
				   "too many wrong tries: held until released");
	return r ? r : watch_fleet(store, now_s);
}

int ag_hold_relax(struct ag_store *store)
{
	int64_t nr;
	int r = ag_store_alarm_count_of_kind(store, FLEET_ALARM, &nr);

	return r || nr ? r : ag_store_fleet_set_strict(store, false);
}
