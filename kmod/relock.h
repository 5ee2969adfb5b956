/* SPDX-License-Identifier: GPL-2.0-only */
/* Relocking as a transaction: stop what the scopes allowed, then prove it. */
#ifndef AG_RELOCK_H
#define AG_RELOCK_H

#include <linux/types.h>

/*
 * ag_relock_run - kill what a scope let in (AG_PERSONALITY_JOB) and tasks that
 * hold a maintenance medium, take the media's drivers away
 *
 * Return: how many tasks and interfaces are left after the bound; 0 is right.
 */
u32 ag_relock_run(void);

/* From begin to end a watchdog runs: a device that hangs may keep the relock
 * from coming back at all. */
void ag_relock_begin(void);
void ag_relock_end(void);

/* Instead of the end: what could not be closed ends with the machine, which comes
 * back locked.  The watchdog goes on, as the restart may hang, too. */
void ag_relock_reboot(void);

#endif
