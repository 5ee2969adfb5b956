// SPDX-License-Identifier: MIT
// Raise alarms, so that no machine can fill the list.
#include "alarm.h"
#include "center/common/log.h"
#include "center/store/alarm.h"

/* Open alarms a machine may have; beyond, they count to one that says so, so
 * that a machine that was taken over cannot fill the disk or the screen. */
#define OPEN_MAX 200

int ag_alarm_raise(struct ag_store *store, int64_t now_s, const char *kind, const char *atm,
		   int64_t job, const char *detail)
{
	struct ag_alarm alarm = { .kind = kind, .atm = atm, .job = job, .detail = detail, .last_s = now_s };
	int64_t nr;
	int r = ag_store_alarm_count_of_atm(store, atm, &nr);

	if (r)
		return r;
	if (nr >= OPEN_MAX) {
		alarm.kind = "many-alarms";
		alarm.job = 0;
		alarm.detail = "further alarms of this machine are only counted";
	}
	ag_log_later("alarm kind=%s atm=%s job=%lld detail=%s", alarm.kind, atm, (long long)alarm.job, alarm.detail);
	return ag_store_alarm_add(store, &alarm);
}
