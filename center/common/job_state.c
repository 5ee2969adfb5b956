// SPDX-License-Identifier: MIT
// The state machine of a job, without the job.
#include "job_state.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static const struct {
	const char *name;
	bool is_open;
} states[AG_JOB_NR_STATES] = {
#define STATE(symbol, name, is_open) [AG_JOB_##symbol] = { name, is_open },
	AG_JOB_STATES(STATE)
#undef STATE
};

/* Row: state; column: event; 0: not possible. */
static const uint8_t moves[AG_JOB_NR_STATES][AG_JOB_NR_EVENTS] = {
	[AG_JOB_CREATED] = {
		[AG_JOB_ISSUE] = AG_JOB_ISSUED, [AG_JOB_EXPIRE] = AG_JOB_EXPIRED,
		[AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
	[AG_JOB_ISSUED] = {
		[AG_JOB_REISSUE] = AG_JOB_ISSUED, [AG_JOB_ENTRY] = AG_JOB_ACTIVE,
		[AG_JOB_EXPIRE] = AG_JOB_EXPIRED, [AG_JOB_BLOCK] = AG_JOB_BLOCKED,
		[AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
	[AG_JOB_ACTIVE] = {
		[AG_JOB_REISSUE] = AG_JOB_ACTIVE, [AG_JOB_ENTRY] = AG_JOB_ACTIVE,
		[AG_JOB_COMPLETE] = AG_JOB_COMPLETED, [AG_JOB_EXPIRE] = AG_JOB_EXPIRED,
		[AG_JOB_BLOCK] = AG_JOB_BLOCKED, [AG_JOB_REVOKE] = AG_JOB_REVOKED,
	},
};

static bool is_state(enum ag_job_state state)
{
	return state > AG_JOB_NO_STATE && state < AG_JOB_NR_STATES;
}

const char *ag_job_state_name(enum ag_job_state state)
{
	return is_state(state) ? states[state].name : "unknown";
}

int ag_job_state_find(const char *name, enum ag_job_state *ret_state)
{
	for (int i = AG_JOB_NO_STATE + 1; i < AG_JOB_NR_STATES; i++)
		if (strcmp(states[i].name, name) == 0) {
			*ret_state = i;
			return 0;
		}
	return -EINVAL;
}

bool ag_job_state_is_open(enum ag_job_state state)
{
	return is_state(state) && states[state].is_open;
}

int ag_job_state_next(enum ag_job_state from, enum ag_job_event event, enum ag_job_state *ret_to)
{
	if (!is_state(from) || event >= AG_JOB_NR_EVENTS || !moves[from][event])
		return -EPERM;
	*ret_to = moves[from][event];
	return 0;
}
