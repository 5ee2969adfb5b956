/* SPDX-License-Identifier: MIT */
/* The life of a job: one password, one machine, one worker, one window. */
#ifndef AG_CENTER_JUDGE_JOB_H
#define AG_CENTER_JUDGE_JOB_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stdint.h>

struct ag_store;

/*
 *   CREATED --issue--> ISSUED --entry--> ACTIVE --complete--> COMPLETED
 *      |                | ^ |reissue      | ^ |entry, reissue
 *      |                | +-+             | +-+
 *      |                |                 |
 *      +--revoke--------+--revoke---------+--------------> REVOKED
 *      +--expire--------+--expire---------+--------------> EXPIRED
 *                       +--block----------+--------------> BLOCKED
 *
 * The numbers stand in the database; 1..3 are open, the others final.
 */
enum ag_job_state {
	AG_JOB_CREATED = 1,
	AG_JOB_ISSUED = 2,
	AG_JOB_ACTIVE = 3,
	AG_JOB_COMPLETED = 4,
	AG_JOB_EXPIRED = 5,
	AG_JOB_BLOCKED = 6,
	AG_JOB_REVOKED = 7,
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

#define AG_JOB_TRIES_MAX	5	/* wrong ones; PCI DSS 8.3.4 asks for at most 10 */
#define AG_JOB_ENTRIES_MAX	64	/* power cuts in one job; bounds the grants kept */
#define AG_JOB_SALT_LEN		16
#define AG_JOB_MAC_LEN		32

struct ag_job {
	int64_t id;
	char atm[ATMGUARD_ATM_LEN];
	char employee[ATMGUARD_EMPLOYEE_LEN];
	char work[24];
	enum ag_job_state state;
	int64_t opens_s, expires_s;
	int64_t tries, entries;
	uint8_t salt[AG_JOB_SALT_LEN];
	uint8_t mac[AG_JOB_MAC_LEN];
};

const char *ag_job_state_name(enum ag_job_state state);
bool ag_job_is_open(enum ag_job_state state);

/* The state after @event; -EPERM when it is not possible in @from. */
int ag_job_next(enum ag_job_state from, enum ag_job_event event, enum ag_job_state *ret_to);

/* Loads a job by number, or the newest of a machine; -ENOENT: none. */
int ag_job_load(struct ag_store *store, int64_t id, struct ag_job *ret_job);
int ag_job_load_last(struct ag_store *store, const char *atm, struct ag_job *ret_job);

/*
 * ag_job_move - the only way a job changes its state
 *
 * @why is kept when the job ends by it.  @job follows.
 *
 * Return: 0, -EPERM (not possible from here), -ESTALE (changed meanwhile), or
 * an error of the store.
 */
int ag_job_move(struct ag_store *store, struct ag_job *job, enum ag_job_event event,
		int64_t now_s, const char *why);

/* Ends all open jobs whose window is over. */
int ag_job_sweep(struct ag_store *store, int64_t now_s, int *ret_nr);

#endif
