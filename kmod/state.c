// SPDX-License-Identifier: GPL-2.0-only
// Moves the lock between its states; the only place that does.
#include "state.h"

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/check.h"
#include "audit.h"
#include "compat.h"
#include "identity.h"
#include "relock.h"
#include "usb.h"

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

/* lock protects every field; scopes and generation are also read without it,
 * by the hooks, each as one word.  The audit lock nests inside. */
static struct {
	struct mutex lock;
	enum atmguard_state state;
	u8 nonce[ATMGUARD_NONCE_LEN];
	u64 job;
	u32 scopes;
	u32 generation;
	u32 loads;		/* generations given out, also before the seal */
	ktime_t deadline;	/* CLOCK_BOOTTIME, see left() */
	ktime_t raw_deadline;	/* CLOCK_MONOTONIC_RAW */
	u32 survivors;
	char employee[ATMGUARD_EMPLOYEE_LEN];
	struct hrtimer timer;
	struct work_struct expiry;
	struct work_struct relock;
	enum atmguard_relock why;	/* of the relock under way */
	wait_queue_head_t closed;
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

int ag_state_nonce(u8 ret_nonce[ATMGUARD_NONCE_LEN])
{
	int r = -EBUSY;

	mutex_lock(&lock.lock);
	if (moves[lock.state][MOVE_GRANT] != NO_MOVE) {
		memcpy(ret_nonce, lock.nonce, ATMGUARD_NONCE_LEN);
		r = 0;
	}
	mutex_unlock(&lock.lock);
	return r;
}

/*
 * Time left of the job, by the clock that says less: adjtimex(2) makes
 * CLOCK_BOOTTIME slower by up to a tenth, and CLOCK_MONOTONIC_RAW, which nobody
 * sets, stands while the machine sleeps.
 */
static ktime_t left(void)
{
	ktime_t boot = ktime_sub(READ_ONCE(lock.deadline), ktime_get_boottime());
	ktime_t raw = ktime_sub(READ_ONCE(lock.raw_deadline), ktime_get_raw());

	return min(boot, raw);
}

/* When to look again: before a slowed clock is late, but for parts of a second. */
static ktime_t next_look(ktime_t remaining)
{
	if (remaining > NSEC_PER_SEC)
		remaining -= remaining / 8;
	return ktime_add(ktime_get_boottime(), remaining);
}

static int check_grant(const struct ag_grant *grant)
{
	lockdep_assert_held(&lock.lock);
	if (moves[lock.state][MOVE_GRANT] == NO_MOVE)
		return -EBUSY;
	if (!ag_identity_fits_atm(grant->atm))
		return -EXDEV;
	if (memcmp(grant->nonce, lock.nonce, ATMGUARD_NONCE_LEN))
		return -ESTALE;
	if (lock.state == ATMGUARD_TAMPERED &&
	    !(le32_to_cpu(grant->scopes) & ATMGUARD_SCOPE_BOOT))
		return -EPERM;
	return 0;
}

static void open_grant(const struct ag_grant *grant)
{
	ktime_t duration = ktime_set(le32_to_cpu(grant->duration_s), 0);

	lock.job = le64_to_cpu(grant->job);
	memcpy(lock.employee, grant->employee, sizeof(lock.employee));
	lock.deadline = ktime_add(ktime_get_boottime(), duration);
	lock.raw_deadline = ktime_add(ktime_get_raw(), duration);
	/* The nonce is used up: this grant will never open anything again. */
	get_random_bytes(lock.nonce, sizeof(lock.nonce));
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_UNLOCK, .job = lock.job,
					   .aux = le32_to_cpu(grant->scopes),
					   .detail = lock.employee });
	WRITE_ONCE(lock.scopes, le32_to_cpu(grant->scopes));
	/* Last: the timer clears the scopes. */
	hrtimer_start(&lock.timer, next_look(duration), HRTIMER_MODE_ABS);
}

int ag_state_grant(const struct ag_grant *grant)
{
	int r;

	mutex_lock(&lock.lock);
	r = check_grant(grant);
	if (!r)
		r = move(MOVE_GRANT);
	if (!r)
		open_grant(grant);
	mutex_unlock(&lock.lock);
	if (!r)
		ag_usb_apply();
	return r;
}

static int begin_relock(enum atmguard_relock why)
{
	int r;

	mutex_lock(&lock.lock);
	r = move(MOVE_RELOCK);
	if (!r) {
		WRITE_ONCE(lock.scopes, 0);
		WRITE_ONCE(lock.why, why);
		next_generation();
		/* Here: later it could be the timer of the next job. */
		hrtimer_cancel(&lock.timer);
	}
	mutex_unlock(&lock.lock);
	return r;
}

static void end_relock(enum atmguard_relock why, u32 survivors)
{
	mutex_lock(&lock.lock);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RELOCK, .code = why,
					   .job = lock.job, .aux = survivors,
					   .detail = lock.employee });
	lock.survivors = survivors;
	WRITE_ONCE(lock.job, 0);
	memzero_explicit(lock.employee, sizeof(lock.employee));
	move(MOVE_LOCKED);
	mutex_unlock(&lock.lock);
}

/* In a worker: whoever asked may be among those that must end. */
static void run_relock(struct work_struct *work)
{
	enum atmguard_relock why = READ_ONCE(lock.why);
	u32 survivors;

	ag_relock_begin();
	survivors = ag_relock_run();
	end_relock(why, survivors);
	ag_relock_end();
	wake_up_all(&lock.closed);
	if (survivors)
		ag_relock_reboot();
}

static int start_relock(enum atmguard_relock why)
{
	int r = begin_relock(why);

	if (!r)
		queue_work(system_unbound_wq, &lock.relock);
	return r;
}

int ag_state_relock(void)
{
	int r = start_relock(ATMGUARD_RELOCK_DONE);

	if (r)
		return r;
	return wait_event_killable(lock.closed, ag_state_get() != ATMGUARD_RELOCKING);
}

/* The work may run late, after that job was relocked and the next one opened. */
static bool is_overdue(void)
{
	bool overdue;

	mutex_lock(&lock.lock);
	overdue = left() <= 0;
	mutex_unlock(&lock.lock);
	return overdue;
}

static void expire(struct work_struct *work)
{
	if (is_overdue())
		start_relock(ATMGUARD_RELOCK_TIMER);
}

/* In interrupt context: close the scopes at once, clean up in the work. */
static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	ktime_t remaining = left();

	if (remaining > 0) {
		hrtimer_set_expires(timer, next_look(remaining));
		return HRTIMER_RESTART;
	}
	WRITE_ONCE(lock.scopes, 0);
	queue_work(system_unbound_wq, &lock.expiry);
	return HRTIMER_NORESTART;
}

void ag_state_status(struct atmguard_status *status)
{
	s64 left_ns;

	mutex_lock(&lock.lock);
	status->state = lock.state;
	status->scopes = lock.scopes;
	status->job = lock.job;
	status->generation = lock.loads;
	status->survivors = lock.survivors;
	if (lock.state == ATMGUARD_MAINTENANCE) {
		left_ns = ktime_to_ns(left());
		status->remaining_ms = left_ns > 0 ? div_u64(left_ns, NSEC_PER_MSEC) : 0;
	}
	mutex_unlock(&lock.lock);
}

void ag_state_init(void)
{
	mutex_init(&lock.lock);
	get_random_bytes(lock.nonce, sizeof(lock.nonce));
	INIT_WORK(&lock.expiry, expire);
	INIT_WORK(&lock.relock, run_relock);
	init_waitqueue_head(&lock.closed);
	ag_compat_hrtimer(&lock.timer, on_timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
}
