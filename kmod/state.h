/* SPDX-License-Identifier: GPL-2.0-only */
/* The lock itself: states, the nonce, the open grant and its timer. */
#ifndef AG_STATE_H
#define AG_STATE_H

#include <linux/types.h>
#include <linux/atmguard.h>
#include <atmguard/object.h>

void ag_state_init(void);

enum atmguard_state ag_state_get(void);
/* Scopes open now; 0 unless in MAINTENANCE.  Any context. */
u32 ag_state_scopes(void);
/* Job of the open grant, also while relocking; 0: none. */
u64 ag_state_job(void);

/* Verdicts carry the generation they were made under; another one is void.
 * 0 until sealed: nothing is enforced before. */
u32 ag_state_generation(void);
void ag_state_new_generation(void);

/* UNSEALED -> LOCKED; -EBUSY in any other state. */
int ag_state_seal(void);

/* The nonce the next grant must carry; -EBUSY unless LOCKED or TAMPERED. */
int ag_state_nonce(u8 ret_nonce[ATMGUARD_NONCE_LEN]);

/*
 * ag_state_grant - open what a verified grant names
 * Return: 0, -EXDEV (for another ATM), -ESTALE (not over the present nonce, or
 * the nonce was used), -EPERM (TAMPERED and no scope boot), -EBUSY (not LOCKED).
 */
int ag_state_grant(const struct ag_grant *grant);

/*
 * ag_state_relock - close now and wait until it is closed
 * Return: 0, -EBUSY (nothing is open, or another relock is under way),
 * -ERESTARTSYS (the caller was killed; the relock goes on).
 */
int ag_state_relock(void);

void ag_state_status(struct atmguard_status *status);

#endif
