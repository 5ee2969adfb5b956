/* SPDX-License-Identifier: MIT */
/* Alarms: what a person at the center should look at. */
#ifndef AG_CENTER_JUDGE_ALARM_H
#define AG_CENTER_JUDGE_ALARM_H

#include <stdint.h>

struct ag_store;

/* Raises an alarm, or counts it to the same one that is still open.  @atm is
 * "" and @job 0 when it is about no machine or job. */
int ag_alarm_raise(struct ag_store *store, int64_t now_s, const char *kind, const char *atm,
		   int64_t job, const char *detail);

#endif
