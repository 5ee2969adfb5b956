/* SPDX-License-Identifier: MIT */
/* Holding a machine after too many wrong tries: its own, and the fleet's. */
#ifndef AG_CENTER_JUDGE_HOLD_H
#define AG_CENTER_JUDGE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

struct ag_atm;
struct ag_store;

/*
 * Wrong tries of one machine, over all its jobs, since a right one: three jobs
 * tried to the end.  Then every answer is no until a person releases it.
 */
#define AG_HOLD_MACHINE_MAX	15

/*
 * Wrong tries of the whole fleet within an hour.  Beyond, one wrong try is
 * enough to hold a machine, until a person clears it.  Machines without a
 * wrong try are not affected, so an attacker who owns a few cannot stop all.
 */
#define AG_HOLD_FLEET_MAX	100
#define AG_HOLD_FLEET_S		3600

/* Whether every answer to @atm is no, and no job can be opened for it. */
int ag_hold_is_held(struct ag_store *store, const struct ag_atm *atm, bool *ret_held);

/* A wrong try of @atm, as it was before, for @job; the attempt is kept already. */
int ag_hold_count(struct ag_store *store, const struct ag_atm *atm, int64_t job, int64_t now_s);

/* The fleet's strict limits end when nobody's alarm asks for them any more. */
int ag_hold_relax(struct ag_store *store);

#endif
