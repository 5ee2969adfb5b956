/* SPDX-License-Identifier: MIT */
/* Limits on wrong tries; the handler itself is declared in judge.h. */
#ifndef AG_CENTER_JUDGE_UNLOCK_H
#define AG_CENTER_JUDGE_UNLOCK_H

/* Body of every answer to /v1/unlock, in bytes. */
#define AG_UNLOCK_BODY		1024

/*
 * Wrong tries of one machine, over all its jobs, since a right one: three jobs
 * tried to the end.  Then every answer is no until a person releases it.
 */
#define AG_UNLOCK_MACHINE_MAX	15

/*
 * Wrong tries of the whole fleet within an hour.  Beyond, one wrong try is
 * enough to hold a machine, until a person clears it.  Machines without a
 * wrong try are not affected, so an attacker who owns a few cannot stop all.
 */
#define AG_UNLOCK_FLEET_MAX	100
#define AG_UNLOCK_FLEET_S	3600
#define AG_UNLOCK_FLEET_FACT	"fleet-strict"	/* row of table fact */

#endif
