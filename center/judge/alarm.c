// SPDX-License-Identifier: MIT
// Keep alarms, counting repeats instead of storing them.
#include "alarm.h"
#include "center/common/log.h"
#include "center/store/store.h"

/* Open alarms a machine may have; beyond, they count to one that says so, so
 * that a machine that was taken over cannot fill the disk or the screen. */
#define OPEN_MAX 200

int ag_alarm_raise(struct ag_store *store, int64_t now_s, const char *kind, const char *atm,
		   int64_t job, const char *detail)
{
	int64_t nr;
	int r = ag_store_number(store, "SELECT count(*) FROM alarm WHERE cleared_s IS NULL AND atm = ?",
				AG_VALUES(AG_TEXT(atm)), 0, &nr);

	if (r)
		return r;
	if (nr >= OPEN_MAX) {
		kind = "many-alarms";
		job = 0;
		detail = "further alarms of this machine are only counted";
	}
	ag_log("alarm kind=%s atm=%s job=%lld detail=%s", kind, atm, (long long)job, detail);
	return ag_store_run(store, "INSERT INTO alarm (kind, atm, job, detail, first_s, last_s)"
			    " VALUES (?1, ?2, ?3, ?4, ?5, ?5)"
			    " ON CONFLICT (kind, atm, job, detail) WHERE cleared_s IS NULL"
			    " DO UPDATE SET times = times + 1, last_s = ?5",
			    AG_VALUES(AG_TEXT(kind), AG_TEXT(atm), AG_INT(job), AG_TEXT(detail),
				      AG_INT(now_s)));
}
