// SPDX-License-Identifier: GPL-2.0-only
// Moves the lock between its states, the only place that does, and keeps the words the hooks read.
#include "state.h"

#include <linux/mutex.h>

/*
 *   UNSEALED --seal--> LOCKED --grant--> MAINTENANCE
 *                        ^                    | relock, timer
 *                        +---- RELOCKING <----+
 *   TAMPERED --grant with scope boot--> MAINTENANCE
 *
 * Nothing leads to TAMPERED yet: there is no boot evidence to fail.
 */
enum move { MOVE_SEAL, MOVE_GRANT, MOVE_RELOCK, MOVE_LOCKED, NR_MOVES };

#define NO_MOVE 0xff
static const u8 moves[ATMGUARD_NR_STATES][NR_MOVES] = {
	/*			  seal			grant			relock			locked */
	[ATMGUARD_UNSEALED]	= { ATMGUARD_LOCKED,	NO_MOVE,		NO_MOVE,		NO_MOVE },
	[ATMGUARD_LOCKED]	= { NO_MOVE,		ATMGUARD_MAINTENANCE,	NO_MOVE,		NO_MOVE },
	[ATMGUARD_MAINTENANCE]	= { NO_MOVE,		NO_MOVE,		ATMGUARD_RELOCKING,	NO_MOVE },
	[ATMGUARD_RELOCKING]	= { NO_MOVE,		NO_MOVE,		NO_MOVE,		ATMGUARD_LOCKED },
	[ATMGUARD_TAMPERED]	= { NO_MOVE,		ATMGUARD_MAINTENANCE,	NO_MOVE,		NO_MOVE },
};

/* lock serialises changes; nothing nests inside.  Every word is also read
 * without it.  The scopes are changed without it, too: by who moved the state,
 * and by the job's timer, which only clears them. */
static struct {
	struct mutex lock;
	enum atmguard_state state;
	u64 job;
	u32 scopes;
	u32 generation;
	u32 loads;		/* generations given out, also before the seal */
} lock;

/* The one function that moves the state. */
static int move(enum move m)
{
	u8 next;

	lockdep_assert_held(&lock.lock);
	next = moves[lock.state][m];
	if (next == NO_MOVE)
		return -EBUSY;
	WRITE_ONCE(lock.state, next);
	return 0;
}

enum atmguard_state ag_state_get(void)
{
	return READ_ONCE(lock.state);
}

u32 ag_state_scopes(void)
{
	return READ_ONCE(lock.scopes);
}

u64 ag_state_job(void)
{
	return READ_ONCE(lock.job);
}

u32 ag_state_generation(void)
{
	return READ_ONCE(lock.generation);
}

bool ag_state_awaits_grant(void)
{
	return moves[ag_state_get()][MOVE_GRANT] != NO_MOVE;
}

static void next_generation(void)
{
	lockdep_assert_held(&lock.lock);
	lock.loads++;
	if (lock.state != ATMGUARD_UNSEALED)
		WRITE_ONCE(lock.generation, lock.loads);
}

void ag_state_new_generation(void)
{
	mutex_lock(&lock.lock);
	next_generation();
	mutex_unlock(&lock.lock);
}

int ag_state_seal(void)
{
	int r;

	mutex_lock(&lock.lock);
	r = move(MOVE_SEAL);
	if (!r)
		next_generation();
	mutex_unlock(&lock.lock);
	return r;
}

int ag_state_grant(u64 job)
{
	int r;

	mutex_lock(&lock.lock);
	r = move(MOVE_GRANT);
	if (!r)
		WRITE_ONCE(lock.job, job);
	mutex_unlock(&lock.lock);
	return r;
}

void ag_state_set_scopes(u32 scopes)
{
	WRITE_ONCE(lock.scopes, scopes);
}

int ag_state_relock(void)
{
	int r;

	mutex_lock(&lock.lock);
	r = move(MOVE_RELOCK);
	if (!r) {
		WRITE_ONCE(lock.scopes, 0);
		next_generation();
	}
	mutex_unlock(&lock.lock);
	return r;
}

void ag_state_locked(void)
{
	mutex_lock(&lock.lock);
	WRITE_ONCE(lock.job, 0);
	move(MOVE_LOCKED);
	mutex_unlock(&lock.lock);
}

void ag_state_status(struct atmguard_status *status)
{
	mutex_lock(&lock.lock);
	status->state = lock.state;
	status->scopes = lock.scopes;
	status->job = lock.job;
	status->generation = lock.loads;
	mutex_unlock(&lock.lock);
}

void ag_state_init(void)
{
	mutex_init(&lock.lock);
}
