/* SPDX-License-Identifier: MIT */
/* The states of a job and what moves it from one to another. */
#ifndef AG_CENTER_COMMON_JOB_STATE_H
#define AG_CENTER_COMMON_JOB_STATE_H

#include <stdbool.h>

/*
 *   CREATED --issue--> ISSUED --entry--> ACTIVE --complete--> COMPLETED
 *      |                | ^ |reissue      | ^ |entry, reissue
 *      |                | +-+             | +-+
 *      |                |                 |
 *      +--revoke--------+--revoke---------+--------------> REVOKED
 *      +--expire--------+--expire---------+--------------> EXPIRED
 *                       +--block----------+--------------> BLOCKED
 *
 * A row for each: symbol, the word that the database and every answer say, and
 * whether a job in it is open: a machine has one open job.
 */
#define AG_JOB_STATES(ROW) \
	ROW(CREATED, "created", true) \
	ROW(ISSUED, "issued", true) \
	ROW(ACTIVE, "active", true) \
	ROW(COMPLETED, "completed", false) \
	ROW(EXPIRED, "expired", false) \
	ROW(BLOCKED, "blocked", false) \
	ROW(REVOKED, "revoked", false)

enum ag_job_state {
	AG_JOB_NO_STATE,	/* there is no job */
#define AG_JOB_STATE_SYMBOL(symbol, name, is_open) AG_JOB_##symbol,
	AG_JOB_STATES(AG_JOB_STATE_SYMBOL)
#undef AG_JOB_STATE_SYMBOL
	AG_JOB_NR_STATES
};

enum ag_job_event {
	AG_JOB_ISSUE,		/* the first password was made */
	AG_JOB_REISSUE,		/* another one replaces it */
	AG_JOB_ENTRY,		/* right values with a new nonce */
	AG_JOB_COMPLETE,	/* the machine says it relocked */
	AG_JOB_EXPIRE,		/* window over, or the kernel's timer */
	AG_JOB_BLOCK,		/* too many wrong tries */
	AG_JOB_REVOKE,		/* a person took it back */
	AG_JOB_NR_EVENTS
};

/* "issued"; "unknown" for what is none. */
const char *ag_job_state_name(enum ag_job_state state);

/* -EINVAL: no state has this name. */
int ag_job_state_find(const char *name, enum ag_job_state *ret_state);

bool ag_job_state_is_open(enum ag_job_state state);

/* The state after @event; -EPERM when it is not possible in @from. */
int ag_job_state_next(enum ag_job_state from, enum ag_job_event event, enum ag_job_state *ret_to);

#endif
