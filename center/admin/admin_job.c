// SPDX-License-Identifier: MIT
// What a dispatcher does with jobs: open, close, re-issue, revoke.
#include "admin.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/judge/unlock.h"
#include "center/common/work.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define VALID_MIN_S	60
#define VALID_MAX_S	(24 * 3600)	/* a password read over the phone should not live longer */
#define VALID_S		(2 * 3600)	/* unless said otherwise */
#define AHEAD_MAX_S	(30 * 86400)	/* work planned for later */
#define REASON_MAX	200

static int optional_integer(struct ag_admin *admin, json_t *in, const char *name, int64_t low,
			    int64_t high, int64_t *value)
{
	json_t *member = json_object_get(in, name);

	if (!member)
		return 0;
	if (!json_is_integer(member) || json_integer_value(member) < low || json_integer_value(member) > high)
		return ag_admin_fail(admin, "%s が範囲外です / %s: %lld to %lld expected", name, name,
				     (long long)low, (long long)high);
	*value = json_integer_value(member);
	return 0;
}

/* ---- who, where ---- */

static int check_machine(struct ag_admin *admin, const char *atm)
{
	sqlite3_stmt *row;
	int64_t is_strict;
	bool is_revoked, is_held;
	int r = ag_store_number(admin->store, "SELECT value FROM fact WHERE name = ?",
				AG_VALUES(AG_TEXT(AG_UNLOCK_FLEET_FACT)), 0, &is_strict);

	if (r == 0)
		r = ag_store_ask(admin->store, "SELECT revoked_s IS NOT NULL, wrong FROM atm WHERE number = ?",
				 AG_VALUES(AG_TEXT(atm)), &row);
	if (r)
		return r == -ENOENT ? ag_admin_fail(admin, "機番 %s は登録されていません / no ATM %s", atm, atm) : r;
	is_revoked = sqlite3_column_int(row, 0);
	is_held = sqlite3_column_int64(row, 1) >= (is_strict ? 1 : AG_UNLOCK_MACHINE_MAX);
	ag_store_done(row);
	if (is_revoked)
		return ag_admin_fail(admin, "機番 %s は失効しています / ATM %s is revoked", atm, atm);
	if (is_held)
		return ag_admin_fail(admin, "誤入力が多いため停止中です / ATM %s is held after too many wrong"
				     " tries; find out why, then: atmcenter atm release --number %s", atm, atm);
	return 0;
}

static int check_employee(struct ag_admin *admin, const char *employee)
{
	int64_t state;
	int r = ag_store_number(admin->store, "SELECT disabled_s IS NULL FROM employee WHERE number = ?",
				AG_VALUES(AG_TEXT(employee)), -1, &state);

	if (r)
		return r;
	if (state < 0)
		return ag_admin_fail(admin, "社員番号 %s は登録されていません / no employee %s", employee, employee);
	return state ? 0 : ag_admin_fail(admin, "社員番号 %s は停止中です / employee %s is disabled",
					 employee, employee);
}

static int check_no_open_job(struct ag_admin *admin, const char *atm)
{
	struct ag_job job;
	int r = ag_job_load_last(admin->store, atm, &job);

	if (r)
		return r == -ENOENT ? 0 : r;
	if (ag_job_is_open(job.state) && admin->now_s >= job.expires_s)
		r = ag_job_move(admin->store, &job, AG_JOB_EXPIRE, admin->now_s, "window over");
	if (r || !ag_job_is_open(job.state))
		return r;
	return ag_admin_fail(admin, "ジョブ %lld が未完了です / job %lld of this ATM is still open;"
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
		r = ag_store_run(admin->store, "UPDATE job SET salt = ?, mac = ? WHERE id = ?",
				 AG_VALUES(AG_BLOB(job->salt, sizeof(job->salt)),
					   AG_BLOB(job->mac, sizeof(job->mac)), AG_INT(job->id)));
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

static int insert(struct ag_admin *admin, struct ag_job *job)
{
	int r = ag_store_run(admin->store, "INSERT INTO job (atm, employee, work, state, created_s, created_by,"
			     " opens_s, expires_s, salt, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'', x'')",
			     AG_VALUES(AG_TEXT(job->atm), AG_TEXT(job->employee), AG_TEXT(job->work),
				       AG_INT(job->state), AG_INT(admin->now_s), AG_TEXT(admin->by),
				       AG_INT(job->opens_s), AG_INT(job->expires_s)));

	job->id = ag_store_last_id(admin->store);
	return r;
}

static int read_job(struct ag_admin *admin, json_t *in, struct ag_job *job)
{
	int64_t valid_s = VALID_S, opens_s = admin->now_s;
	const char *work;
	int r = ag_admin_number(admin, in, "atm", job->atm);

	if (r == 0)
		r = ag_admin_number(admin, in, "employee", job->employee);
	if (r == 0)
		r = ag_admin_text(admin, in, "work", sizeof(job->work) - 1, &work);
	if (r == 0)
		r = optional_integer(admin, in, "valid_s", VALID_MIN_S, VALID_MAX_S, &valid_s);
	if (r == 0)
		r = optional_integer(admin, in, "opens_s", admin->now_s, admin->now_s + AHEAD_MAX_S, &opens_s);
	if (r)
		return r;
	if (!ag_work_find(work))
		return ag_admin_fail(admin, "作業種別 %s はありません / no work type %s", work, work);
	strcpy(job->work, work);
	job->opens_s = opens_s;
	job->expires_s = opens_s + valid_s;
	job->state = AG_JOB_CREATED;
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
		r = insert(admin, &job);
	if (r == 0)
		r = issue(admin, &job, AG_JOB_ISSUE, out);
	if (r)
		return r;
	ag_log("job=%lld atm=%s state=%s employee=%s work=%s by=%s", (long long)job.id, job.atm,
	       ag_job_state_name(job.state), job.employee, job.work, admin->by);
	return describe(&job, out);
}

static int fail_closed(struct ag_admin *admin, const struct ag_job *job)
{
	return ag_admin_fail(admin, "ジョブ %lld は終了しています / job %lld is over (%s)",
			     (long long)job->id, (long long)job->id, ag_job_state_name(job->state));
}

int ag_admin_job_reissue(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job;
	int r = ag_admin_job(admin, in, &job);

	if (r)
		return r;
	if (!ag_job_is_open(job.state) || admin->now_s >= job.expires_s)
		return fail_closed(admin, &job);
	r = issue(admin, &job, AG_JOB_REISSUE, out);
	if (r == 0)
		r = ag_store_run(admin->store, "UPDATE job SET issues = issues + 1 WHERE id = ?",
				 AG_VALUES(AG_INT(job.id)));
	if (r)
		return r;
	ag_log("job=%lld atm=%s reissued by=%s", (long long)job.id, job.atm, admin->by);
	return describe(&job, out);
}

/* ---- ending ---- */

static int revoke(struct ag_admin *admin, struct ag_job *job, const char *how, const char *reason,
		  json_t *out)
{
	char why[REASON_MAX + 64];
	int r;

	if (!ag_job_is_open(job->state))
		return fail_closed(admin, job);
	snprintf(why, sizeof(why), "%s by %s: %s", how, admin->by, reason);
	r = ag_job_move(admin->store, job, AG_JOB_REVOKE, admin->now_s, why);
	if (r)
		return r;
	ag_log("job=%lld atm=%s state=%s %s", (long long)job->id, job->atm,
	       ag_job_state_name(job->state), why);
	return describe(job, out);
}

int ag_admin_job_revoke(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job;
	const char *reason;
	int r = ag_admin_job(admin, in, &job);

	if (r == 0)
		r = ag_admin_text(admin, in, "reason", REASON_MAX, &reason);
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
	int r = ag_admin_job(admin, in, &job);

	if (r == 0 && (is_forced || json_object_get(in, "reason")))
		r = ag_admin_text(admin, in, "reason", REASON_MAX, &reason);
	if (r)
		return r;
	if (job.state == AG_JOB_ACTIVE && !is_forced)
		return ag_admin_fail(admin, "再ロックの報告がまだありません / job %lld was entered and the ATM has"
				     " not reported its relock; to close it all the same: --force --reason TEXT",
				     (long long)job.id);
	return revoke(admin, &job, is_forced ? "forced" : "closed", reason, out);
}
