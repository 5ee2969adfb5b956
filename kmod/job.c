// SPDX-License-Identifier: GPL-2.0-only
// Opens the lock by a grant, for as long as the grant says, and closes it.
#include "job.h"

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "compat.h"
#include "relock.h"
#include "state.h"
#include "tasks.h"
#include "usb.h"

/* lock protects every field and is held over each move from and to
 * MAINTENANCE.  The locks of the state and of the audit nest inside. */
static struct {
	struct mutex lock;
	u8 nonce[ATMGUARD_NONCE_LEN];
	ktime_t deadline;	/* CLOCK_BOOTTIME, see left() */
	ktime_t raw_deadline;	/* CLOCK_MONOTONIC_RAW */
	u32 survivors;		/* of the last relock */
	char employee[ATMGUARD_EMPLOYEE_LEN];
	struct hrtimer timer;
	struct work_struct expiry;
	struct work_struct relock;
	enum atmguard_relock why;	/* of the relock under way */
	wait_queue_head_t closed;
} job;

int ag_job_nonce(u8 ret_nonce[ATMGUARD_NONCE_LEN])
{
	int r = -EBUSY;

	mutex_lock(&job.lock);
	if (ag_state_awaits_grant()) {
		memcpy(ret_nonce, job.nonce, ATMGUARD_NONCE_LEN);
		r = 0;
	}
	mutex_unlock(&job.lock);
	return r;
}

/*
 * Time left of the job, by the clock that says less: adjtimex(2) makes
 * CLOCK_BOOTTIME slower by up to a tenth, and CLOCK_MONOTONIC_RAW, which nobody
 * sets, stands while the machine sleeps.
 */
static ktime_t left(void)
{
	ktime_t boot = ktime_sub(READ_ONCE(job.deadline), ktime_get_boottime());
	ktime_t raw = ktime_sub(READ_ONCE(job.raw_deadline), ktime_get_raw());

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
	lockdep_assert_held(&job.lock);
	if (!ag_state_awaits_grant())
		return -EBUSY;
	if (memcmp(grant->nonce, job.nonce, ATMGUARD_NONCE_LEN))
		return -ESTALE;
	if (ag_state_get() == ATMGUARD_TAMPERED &&
	    !(le32_to_cpu(grant->scopes) & ATMGUARD_SCOPE_BOOT))
		return -EPERM;
	return 0;
}

static void open_grant(const struct ag_grant *grant)
{
	ktime_t duration = ktime_set(le32_to_cpu(grant->duration_s), 0);

	memcpy(job.employee, grant->employee, sizeof(job.employee));
	job.deadline = ktime_add(ktime_get_boottime(), duration);
	job.raw_deadline = ktime_add(ktime_get_raw(), duration);
	/* The nonce is used up: this grant will never open anything again. */
	get_random_bytes(job.nonce, sizeof(job.nonce));
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_UNLOCK, .job = ag_state_job(),
					   .aux = le32_to_cpu(grant->scopes),
					   .detail = job.employee });
	ag_state_set_scopes(le32_to_cpu(grant->scopes));
	/* Last: the timer clears the scopes. */
	hrtimer_start(&job.timer, next_look(duration), HRTIMER_MODE_ABS);
}

int ag_job_grant(const struct ag_grant *grant)
{
	int r;

	mutex_lock(&job.lock);
	r = check_grant(grant) ?: ag_state_grant(le64_to_cpu(grant->job));
	if (!r)
		open_grant(grant);
	mutex_unlock(&job.lock);
	if (!r)
		ag_usb_apply();
	return r;
}

/* A relock closes the scopes first and looks for marks then, so asking once
 * more behind the mark leaves no moment in which neither sees the other. */
bool ag_job_join(struct file *file, u32 marks)
{
	u32 new = marks & ~current->personality;

	ag_tasks_mark(new, true);
	smp_mb();
	if (!ag_state_scopes()) {
		ag_tasks_mark(new, false);
		return false;
	}
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RUN, .job = ag_state_job(),
					   .file = file });
	return true;
}

static int begin_relock(enum atmguard_relock why)
{
	int r;

	mutex_lock(&job.lock);
	r = ag_state_relock();
	if (!r) {
		WRITE_ONCE(job.why, why);
		/* Here: later it could be the timer of the next job. */
		hrtimer_cancel(&job.timer);
	}
	mutex_unlock(&job.lock);
	return r;
}

static void end_relock(enum atmguard_relock why, u32 survivors)
{
	mutex_lock(&job.lock);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RELOCK, .code = why,
					   .job = ag_state_job(), .aux = survivors,
					   .detail = job.employee });
	job.survivors = survivors;
	memzero_explicit(job.employee, sizeof(job.employee));
	ag_state_locked();
	mutex_unlock(&job.lock);
}

/* In a worker: whoever asked may be among those that must end. */
static void run_relock(struct work_struct *work)
{
	enum atmguard_relock why = READ_ONCE(job.why);
	u32 survivors;

	ag_relock_begin();
	survivors = ag_relock_run();
	end_relock(why, survivors);
	wake_up_all(&job.closed);
	if (survivors)
		ag_relock_reboot();
	else
		ag_relock_end();
}

static int start_relock(enum atmguard_relock why)
{
	int r = begin_relock(why);

	if (!r)
		queue_work(system_unbound_wq, &job.relock);
	return r;
}

int ag_job_relock(void)
{
	int r = start_relock(ATMGUARD_RELOCK_DONE);

	if (r)
		return r;
	return wait_event_killable(job.closed, ag_state_get() != ATMGUARD_RELOCKING);
}

/* The work may run late, after that job was relocked and the next one opened. */
static bool is_overdue(void)
{
	bool overdue;

	mutex_lock(&job.lock);
	overdue = left() <= 0;
	mutex_unlock(&job.lock);
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
	ag_state_set_scopes(0);
	queue_work(system_unbound_wq, &job.expiry);
	return HRTIMER_NORESTART;
}

void ag_job_status(struct atmguard_status *status)
{
	s64 left_ns;

	mutex_lock(&job.lock);
	ag_state_status(status);
	status->survivors = job.survivors;
	if (status->state == ATMGUARD_MAINTENANCE) {
		left_ns = ktime_to_ns(left());
		status->remaining_ms = left_ns > 0 ? div_u64(left_ns, NSEC_PER_MSEC) : 0;
	}
	mutex_unlock(&job.lock);
}

void ag_job_init(void)
{
	mutex_init(&job.lock);
	get_random_bytes(job.nonce, sizeof(job.nonce));
	INIT_WORK(&job.expiry, expire);
	INIT_WORK(&job.relock, run_relock);
	init_waitqueue_head(&job.closed);
	ag_compat_hrtimer(&job.timer, on_timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
}
