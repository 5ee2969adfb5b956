// SPDX-License-Identifier: MIT
// Judge the three values: one decision, one uniform "no".
#include "unlock.h"
#include "alarm.h"
#include "center/common/log.h"
#include "center/common/work.h"
#include "center/store/atm.h"
#include "center/store/attempt.h"
#include "center/store/employee.h"
#include "center/store/entry.h"
#include "handler.h"
#include "hold.h"
#include "job.h"
#include "lib/hex.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* Why the answer is no: for the log and the job's record, never for the wire. */
enum reason {
	RIGHT, WRONG_OTP, WRONG_EMPLOYEE, NO_JOB, CLOSED, HELD, EARLY, DISABLED, TAMPERED, ENTRIES,
};

static const struct {
	const char *text;
	bool is_counted;	/* against job and machine: the values were guessed */
} reasons[] = {
	[RIGHT] = { "right", false },
	[WRONG_OTP] = { "wrong-password", true },
	[WRONG_EMPLOYEE] = { "wrong-employee", true },
	[NO_JOB] = { "no-job", true },
	[CLOSED] = { "job-closed", true },
	[HELD] = { "machine-held", true },
	[EARLY] = { "before-window", false },
	[DISABLED] = { "employee-disabled", false },
	[TAMPERED] = { "machine-tampered", false },
	[ENTRIES] = { "too-many-entries", false },
};

/* One request being answered. */
struct unlock {
	struct ag_judge *judge;
	struct ag_store *store;			/* of the judge */
	const struct ag_atm *atm;
	const struct ag_request *request;
	int64_t now_s;
	struct ag_job job;
};

/* Loads the machine's newest job and ends it if its window is over.  Without
 * one, a job that nothing fits stands in, so that the work is the same. */
static int load_job(struct unlock *u)
{
	int r = ag_job_load_present(u->store, u->atm->number, u->now_s, &u->job);

	if (r != -ENOENT)
		return r;
	memset(&u->job, 0, sizeof(u->job));
	return 0;
}

/* Both hashes are made whatever the first one says: the time tells nothing. */
static int compare(const struct unlock *u, enum reason *ret_reason)
{
	uint8_t key[32], typed[AG_JOB_MAC_LEN], meant[AG_JOB_MAC_LEN];
	const uint8_t *pepper = u->judge->pepper;
	const struct ag_job *job = &u->job;
	int is_right, is_password;

	if (ag_otp_stretch(u->request->otp, job->salt, key) ||
	    ag_otp_mac(pepper, key, job->id, u->request->atm, u->request->employee, typed) ||
	    ag_otp_mac(pepper, key, job->id, u->request->atm, job->employee, meant))
		return -EIO;
	is_right = CRYPTO_memcmp(typed, job->mac, sizeof(typed)) == 0;
	is_password = CRYPTO_memcmp(meant, job->mac, sizeof(meant)) == 0;
	*ret_reason = is_right ? RIGHT : is_password ? WRONG_EMPLOYEE : WRONG_OTP;
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(typed, sizeof(typed));
	OPENSSL_cleanse(meant, sizeof(meant));
	return 0;
}

/* Nobody of that number counts as disabled. */
static int is_disabled(const struct unlock *u, bool *ret_disabled)
{
	struct ag_employee employee = { 0 };
	int r = ag_store_employee_load(u->store, u->job.employee, &employee);

	*ret_disabled = r == -ENOENT || employee.disabled_s;
	return r == -ENOENT ? 0 : r;
}

static bool is_tampered(const struct ag_atm *atm)
{
	return strcmp(atm->state, ag_request_state_name(ATMGUARD_TAMPERED)) == 0;
}

/* Looked at only when the three values are right. */
static int check_rest(const struct unlock *u, enum reason *ret_reason)
{
	const struct ag_work *work = ag_work_find(u->job.work);
	bool disabled = true;
	int r = is_disabled(u, &disabled);

	if (u->now_s < u->job.opens_s)
		*ret_reason = EARLY;
	else if (disabled)
		*ret_reason = DISABLED;
	else if (is_tampered(u->atm) && (!work || !(work->scopes & ATMGUARD_SCOPE_BOOT)))
		*ret_reason = TAMPERED;
	return r;
}

static int judge_values(const struct unlock *u, enum reason *ret_reason)
{
	enum reason reason;
	bool held;
	int r = compare(u, &reason);

	if (r == 0)
		r = ag_hold_is_held(u->store, u->atm, &held);
	if (r)
		return r;
	if (held)
		reason = HELD;
	else if (u->job.id == 0)
		reason = NO_JOB;
	else if (!ag_job_is_open(&u->job))
		reason = CLOSED;
	else if (reason == RIGHT)
		r = check_rest(u, &reason);
	*ret_reason = reason;
	return r;
}

/* ---- no ---- */

static int count_wrong(struct unlock *u)
{
	struct ag_job *job = &u->job;
	int r = ag_store_job_count_try(u->store, job->id);

	if (r == 0)
		r = ag_hold_count(u->store, u->atm, job->id, u->now_s);
	if (r || !ag_job_is_open(job) || job->tries + 1 < AG_JOB_TRIES_MAX)
		return r;
	r = ag_job_move(u->store, job, AG_JOB_BLOCK, u->now_s, "too many wrong tries");
	return r ? r : ag_alarm_raise(u->store, u->now_s, "job-blocked", job->atm, job->id, "five wrong tries");
}

/* A row for each no; while a machine is held only the counters run on, so
 * that a machine that was taken over cannot fill the disk. */
static int keep_attempt(const struct unlock *u, enum reason reason)
{
	const struct ag_attempt attempt = {
		.at_s = u->now_s, .atm = u->atm->number, .job = u->job.id, .employee = u->request->employee,
		.is_counted = reasons[reason].is_counted, .reason = reasons[reason].text,
	};

	return reason == HELD ? 0 : ag_store_attempt_add(u->store, &attempt);
}

/* Fills up with spaces: the length of the answer tells nothing. */
static void pad(struct ag_answer *answer)
{
	memset(answer->body + answer->len, ' ', AG_UNLOCK_BODY - answer->len);
	answer->len = AG_UNLOCK_BODY;
}

static int answer_no(struct unlock *u, enum reason reason, struct ag_answer *ret_answer)
{
	int r = keep_attempt(u, reason);

	if (r == 0 && reasons[reason].is_counted)
		r = count_wrong(u);
	if (r)
		return r;
	ag_log_later("unlock atm=%s job=%lld answer=ng reason=%s tries=%lld state=%s", u->atm->number,
		     (long long)u->job.id, reasons[reason].text,
		     (long long)u->job.tries + reasons[reason].is_counted, ag_job_state_name(u->job.state));
	ag_answer_set(ret_answer, 200, "{\"result\":\"ng\"}");
	pad(ret_answer);
	return 0;
}

/* ---- yes ---- */

static int write_answer(const struct ag_entry *entry, struct ag_answer *ret_answer)
{
	char grant[AG_BASE64_SIZE(sizeof(entry->grant))], sig[AG_BASE64_SIZE(AG_SIG_MAX)];

	ag_base64_encode(&entry->grant, sizeof(entry->grant), grant);
	ag_base64_encode(entry->sig, entry->sig_len, sig);
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"job\":%lld, \"grant\":\"%s\", \"sig\":\"%s\"}",
		      (long long)entry->grant.job, grant, sig);
	if (ret_answer->len == 0 || ret_answer->len > AG_UNLOCK_BODY)
		return -EMSGSIZE;
	pad(ret_answer);
	return 0;
}

static int make_grant(const struct unlock *u, struct ag_entry *ret_entry)
{
	const struct ag_work *work = ag_work_find(u->job.work);
	struct ag_grant *grant = &ret_entry->grant;
	int64_t rest_s = u->job.expires_s - u->now_s;

	if (!work)
		return -EUCLEAN;
	memset(ret_entry, 0, sizeof(*ret_entry));
	ret_entry->at_s = u->now_s;
	memcpy(grant->purpose, AG_PURPOSE_GRANT, sizeof(AG_PURPOSE_GRANT));
	memcpy(grant->atm, u->job.atm, sizeof(grant->atm));
	memcpy(grant->employee, u->job.employee, sizeof(grant->employee));
	memcpy(grant->nonce, u->request->nonce, sizeof(grant->nonce));
	grant->job = u->job.id;
	grant->issued_s = u->now_s;
	grant->scopes = work->scopes;
	grant->duration_s = rest_s < work->duration_s ? rest_s : work->duration_s;
	return u->judge->sign(u->judge->arg, AG_GRANT, grant, sizeof(*grant), ret_entry->sig,
			      &ret_entry->sig_len);
}

static int keep_entry(struct unlock *u, const struct ag_entry *entry)
{
	int r = ag_store_entry_add(u->store, entry);

	if (r == 0)
		r = ag_store_job_count_entry(u->store, u->job.id);
	if (r == 0)
		r = ag_store_atm_clear_wrong(u->store, u->job.atm);
	return r ? r : ag_job_move(u->store, &u->job, AG_JOB_ENTRY, u->now_s, NULL);
}

/* The grant this nonce got before, or a new one; -EDQUOT: there were too many. */
static int get_entry(struct unlock *u, struct ag_entry *ret_entry, bool *ret_retry)
{
	int r = ag_store_entry_load(u->store, u->job.id, u->request->nonce, ret_entry);

	*ret_retry = r == 0;
	if (r == 0)
		return ag_store_entry_count_retry(u->store, ret_entry);
	if (r != -ENOENT)
		return r;
	if (u->job.entries >= AG_JOB_ENTRIES_MAX)
		return -EDQUOT;
	r = make_grant(u, ret_entry);
	return r ? r : keep_entry(u, ret_entry);
}

static int answer_yes(struct unlock *u, struct ag_answer *ret_answer)
{
	struct ag_entry entry;
	bool is_retry;
	int r = get_entry(u, &entry, &is_retry);

	if (r == 0)
		r = write_answer(&entry, ret_answer);
	if (r == 0)
		ag_log_later("unlock atm=%s job=%lld answer=ok employee=%s work=%s entry=%lld retry=%d",
			     u->atm->number, (long long)u->job.id, u->job.employee, u->job.work,
			     (long long)u->job.entries + !is_retry, is_retry);
	return r;
}

int ag_unlock_handle(struct ag_judge *judge, const struct ag_atm *atm, const struct ag_request *request,
		     const struct atmguard_record *records, struct ag_answer *ret_answer)
{
	struct unlock u = {
		.judge = judge, .store = judge->store, .atm = atm, .request = request, .now_s = judge->now_s(),
	};
	enum reason reason;
	int r = load_job(&u);

	if (r == 0)
		r = judge_values(&u, &reason);
	if (r)
		return r;
	if (reason != RIGHT)
		return answer_no(&u, reason, ret_answer);
	r = answer_yes(&u, ret_answer);
	return r == -EDQUOT ? answer_no(&u, ENTRIES, ret_answer) : r;
}
