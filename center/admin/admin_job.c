// SPDX-License-Identifier: MIT
// What a dispatcher does with jobs: open, close, re-issue, revoke.
#include "center/common/log.h"
#include "center/common/work.h"
#include "center/judge/hold.h"
#include "center/judge/job.h"
#include "center/judge/otp.h"
#include "center/store/atm.h"
#include "center/store/employee.h"
#include "handler.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define VALID_MIN_S	60
#define VALID_MAX_S	(24 * 3600)	/* a password read over the phone should not live longer */
#define VALID_S		(2 * 3600)	/* unless said otherwise */
#define AHEAD_MAX_S	(30 * 86400)	/* work planned for later */

/* ---- who, where ---- */

static int check_machine(struct ag_admin *admin, const char *number)
{
	struct ag_atm atm;
	bool is_held;
	int r = ag_store_atm_load(admin->store, number, &atm);

	if (r == -ENOENT)
		return ag_refusal_set(&admin->reason, "機番 %s は登録されていません / no ATM %s", number, number);
	if (r == 0)
		r = ag_hold_is_held(admin->store, &atm, &is_held);
	if (r)
		return r;
	if (atm.revoked_s)
		return ag_refusal_set(&admin->reason, "機番 %s は失効しています / ATM %s is revoked", number, number);
	if (is_held)
		return ag_refusal_set(&admin->reason, "誤入力が多いため停止中です / ATM %s is held after too many wrong"
				      " tries; find out why, then: atmcenter atm release --number %s",
				      number, number);
	return 0;
}

static int check_employee(struct ag_admin *admin, const char *number)
{
	struct ag_employee employee;
	int r = ag_store_employee_load(admin->store, number, &employee);

	if (r == -ENOENT)
		return ag_refusal_set(&admin->reason, "社員番号 %s は登録されていません / no employee %s",
				      number, number);
	if (r == 0 && employee.disabled_s)
		return ag_refusal_set(&admin->reason, "社員番号 %s は停止中です / employee %s is disabled",
				      number, number);
	return r;
}

static int check_no_open_job(struct ag_admin *admin, const char *atm)
{
	struct ag_job job;
	int r = ag_job_load_present(admin->store, atm, admin->now_s, &job);

	if (r)
		return r == -ENOENT ? 0 : r;
	if (!ag_job_is_open(&job))
		return 0;
	return ag_refusal_set(&admin->reason, "ジョブ %lld が未完了です / job %lld of this ATM is still open;"
			      " complete it, or: atmcenter job close %lld --force --reason TEXT",
			      (long long)job.id, (long long)job.id, (long long)job.id);
}

/* ---- passwords ---- */

/* Makes a password for @job, keeps its hash and gives it out this one time. */
static int issue(struct ag_admin *admin, struct ag_job *job, enum ag_job_event event, json_t *out)
{
	char otp[AG_OTP_LEN + 1];
	uint8_t key[32];
	int r = -EIO;

	if (RAND_bytes(job->salt, sizeof(job->salt)) != 1 || ag_otp_make(otp))
		return r;
	if (ag_otp_stretch(otp, job->salt, key) == 0)
		r = ag_otp_mac(admin->judge->pepper, key, job->id, job->atm, job->employee, job->mac);
	if (r == 0)
		r = ag_store_job_set_password(admin->store, job);
	if (r == 0)
		r = ag_job_move(admin->store, job, event, admin->now_s, NULL);
	if (r == 0 && json_object_set_new(out, "otp", json_string(otp)))
		r = -ENOMEM;
	OPENSSL_cleanse(otp, sizeof(otp));
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

static int describe(const struct ag_job *job, json_t *out)
{
	const struct ag_work *work = ag_work_find(job->work);

	return json_object_set_new(out, "job", json_integer(job->id)) ||
	       json_object_set_new(out, "atm", json_string(job->atm)) ||
	       json_object_set_new(out, "employee", json_string(job->employee)) ||
	       json_object_set_new(out, "work", json_string(job->work)) ||
	       json_object_set_new(out, "title", json_string(work ? work->title : job->work)) ||
	       json_object_set_new(out, "state", json_string(ag_job_state_name(job->state))) ||
	       json_object_set_new(out, "opens_s", json_integer(job->opens_s)) ||
	       json_object_set_new(out, "expires_s", json_integer(job->expires_s)) ||
	       json_object_set_new(out, "tries_left", json_integer(AG_JOB_TRIES_MAX - job->tries))
		       ? -ENOMEM : 0;
}

static int read_window(struct ag_admin *admin, json_t *in, struct ag_job *job)
{
	int64_t valid_s = VALID_S, opens_s = admin->now_s;
	int r = 0;

	if (json_object_get(in, "valid_s"))
		r = ag_member_integer(in, "valid_s", VALID_MIN_S, VALID_MAX_S, &valid_s, &admin->reason);
	if (r == 0 && json_object_get(in, "opens_s"))
		r = ag_member_integer(in, "opens_s", admin->now_s, admin->now_s + AHEAD_MAX_S, &opens_s,
				      &admin->reason);
	job->opens_s = opens_s;
	job->expires_s = opens_s + valid_s;
	return r;
}

static int read_job(struct ag_admin *admin, json_t *in, struct ag_job *job)
{
	const char *work;
	int r = ag_member_number(in, "atm", job->atm, &admin->reason);

	if (r == 0)
		r = ag_member_number(in, "employee", job->employee, &admin->reason);
	if (r == 0)
		r = ag_member_text(in, "work", sizeof(job->work) - 1, &work, &admin->reason);
	if (r == 0)
		r = read_window(admin, in, job);
	if (r)
		return r;
	if (!ag_work_find(work))
		return ag_refusal_set(&admin->reason, "作業種別 %s はありません / no work type %s", work, work);
	strcpy(job->work, work);
	job->state = AG_JOB_CREATED;
	job->created_s = admin->now_s;
	ag_actor_text(&admin->actor, job->created_by);
	return 0;
}

int ag_admin_job_open(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job = { 0 };
	int r = read_job(admin, in, &job);

	if (r == 0)
		r = check_machine(admin, job.atm);
	if (r == 0)
		r = check_employee(admin, job.employee);
	if (r == 0)
		r = check_no_open_job(admin, job.atm);
	if (r == 0)
		r = ag_store_job_add(admin->store, &job);
	if (r == 0)
		r = issue(admin, &job, AG_JOB_ISSUE, out);
	if (r)
		return r;
	ag_log_later("job=%lld atm=%s state=%s employee=%s work=%s by=%s", (long long)job.id, job.atm,
		     ag_job_state_name(job.state), job.employee, job.work, job.created_by);
	return describe(&job, out);
}

static int load_job(struct ag_admin *admin, json_t *in, struct ag_job *ret_job)
{
	json_t *id = json_object_get(in, "job");
	int r = json_is_integer(id) ? ag_store_job_load(admin->store, json_integer_value(id), ret_job) : -ENOENT;

	return r == -ENOENT ? ag_refusal_set(&admin->reason, "そのジョブはありません / no such job") : r;
}

static int fail_closed(struct ag_admin *admin, const struct ag_job *job)
{
	return ag_refusal_set(&admin->reason, "ジョブ %lld は終了しています / job %lld is over (%s)",
			      (long long)job->id, (long long)job->id, ag_job_state_name(job->state));
}

int ag_admin_job_reissue(struct ag_admin *admin, json_t *in, json_t *out)
{
	char by[AG_ACTOR_TEXT_MAX];
	struct ag_job job;
	int r = load_job(admin, in, &job);

	if (r)
		return r;
	if (!ag_job_is_open(&job) || admin->now_s >= job.expires_s)
		return fail_closed(admin, &job);
	r = issue(admin, &job, AG_JOB_REISSUE, out);
	if (r == 0)
		r = ag_store_job_count_issue(admin->store, job.id);
	if (r)
		return r;
	ag_actor_text(&admin->actor, by);
	ag_log_later("job=%lld atm=%s reissued by=%s", (long long)job.id, job.atm, by);
	return describe(&job, out);
}

/* ---- ending ---- */

static int revoke(struct ag_admin *admin, struct ag_job *job, const char *how, const char *reason,
		  json_t *out)
{
	char by[AG_ACTOR_TEXT_MAX], why[sizeof(job->closed_why)];
	int r;

	if (!ag_job_is_open(job))
		return fail_closed(admin, job);
	ag_actor_text(&admin->actor, by);
	snprintf(why, sizeof(why), "%s by %s: %s", how, by, reason);
	r = ag_job_move(admin->store, job, AG_JOB_REVOKE, admin->now_s, why);
	if (r)
		return r;
	ag_log_later("job=%lld atm=%s state=%s %s", (long long)job->id, job->atm,
		     ag_job_state_name(job->state), why);
	return describe(job, out);
}

int ag_admin_job_revoke(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job;
	const char *reason;
	int r = load_job(admin, in, &job);

	if (r == 0)
		r = ag_member_text(in, "reason", AG_JOB_REASON_MAX, &reason, &admin->reason);
	return r ? r : revoke(admin, &job, "revoked", reason, out);
}

/* A job that was never entered can simply be closed.  One that was entered is
 * closed by the machine's own relock; without that word somebody has to take
 * it on himself. */
int ag_admin_job_close(struct ag_admin *admin, json_t *in, json_t *out)
{
	bool is_forced = json_is_true(json_object_get(in, "force"));
	const char *reason = "not used";
	struct ag_job job;
	int r = load_job(admin, in, &job);

	if (r == 0 && (is_forced || json_object_get(in, "reason")))
		r = ag_member_text(in, "reason", AG_JOB_REASON_MAX, &reason, &admin->reason);
	if (r)
		return r;
	if (job.state == AG_JOB_ACTIVE && !is_forced)
		return ag_refusal_set(&admin->reason, "再ロックの報告がまだありません / job %lld was entered and the ATM has"
				      " not reported its relock; to close it all the same: --force --reason TEXT",
				      (long long)job.id);
	return revoke(admin, &job, is_forced ? "forced" : "closed", reason, out);
}
