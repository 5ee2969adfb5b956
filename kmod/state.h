/* SPDX-License-Identifier: GPL-2.0-only */
/* The lock itself: its state, and what is open now, as single words that any context may read. */
#ifndef AG_STATE_H
#define AG_STATE_H

#include <linux/types.h>
#include <linux/atmguard.h>

void ag_state_init(void);

enum atmguard_state ag_state_get(void);
/* Scopes open now; 0 unless in MAINTENANCE. */
u32 ag_state_scopes(void);
/* Job of the open grant, also while relocking; 0: none. */
u64 ag_state_job(void);
/* Whether a grant may come: LOCKED or TAMPERED. */
bool ag_state_awaits_grant(void);

/* Verdicts carry the generation they were made under; another one is void.
 * 0 until sealed: nothing is enforced before. */
u32 ag_state_generation(void);
/* What was judged before is judged again: another policy is in force. */
void ag_state_new_generation(void);

/* The moves, each -EBUSY in a state that does not allow it. */

/* UNSEALED -> LOCKED; verdicts begin. */
int ag_state_seal(void);

/* LOCKED or TAMPERED -> MAINTENANCE, for @job.  Scopes are still closed. */
int ag_state_grant(u64 job);

/* Open @scopes after a grant, or close them all with 0, in any context. */
void ag_state_set_scopes(u32 scopes);

/* MAINTENANCE -> RELOCKING: the scopes are closed, and verdicts made under them void. */
int ag_state_relock(void);

/* RELOCKING -> LOCKED: the job is over. */
void ag_state_locked(void);

void ag_state_status(struct atmguard_status *status);

#endif
