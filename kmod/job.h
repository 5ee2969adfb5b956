/* SPDX-License-Identifier: GPL-2.0-only */
/* The job: a grant opens the lock, a timer or a request closes it again. */
#ifndef AG_JOB_H
#define AG_JOB_H

#include <linux/fs.h>
#include <linux/types.h>
#include <linux/atmguard.h>
#include <atmguard/object.h>

void ag_job_init(void);

/* The nonce the next grant must carry; -EBUSY unless LOCKED or TAMPERED. */
int ag_job_nonce(u8 ret_nonce[ATMGUARD_NONCE_LEN]);

/*
 * ag_job_grant - open what a verified grant for this ATM names
 * Return: 0, -ESTALE (not over the present nonce, or the nonce was used), -EPERM
 * (TAMPERED and no scope boot), -EBUSY (not LOCKED).
 */
int ag_job_grant(const struct ag_grant *grant);

/*
 * ag_job_join - let the current task in: it starts @file by what a scope allows
 *
 * Marks it (AG_PERSONALITY_*), so that the relock ends it, children and all, and
 * records what it starts.
 * Return: whether the job is still open; if not, the task is not marked.
 */
bool ag_job_join(struct file *file, u32 marks);

/*
 * ag_job_relock - close now and wait until it is closed
 * Return: 0, -EBUSY (nothing is open, or another relock is under way),
 * -ERESTARTSYS (the caller was killed; the relock goes on).
 */
int ag_job_relock(void);

/* State, scopes and times, as they are at one moment. */
void ag_job_status(struct atmguard_status *status);

#endif
