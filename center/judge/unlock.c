// SPDX-License-Identifier: MIT
// Judge the three values: one decision, one uniform "no".
#include "unlock.h"
#include "alarm.h"
#include "lib/hex.h"
#include "judge.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/common/work.h"

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

/* Loads the machine's newest job and ends it if its window is over.  Without
 * one, a job that nothing fits stands in, so that the work is the same. */
static int load_job(struct ag_judge *judge, const char *atm, int64_t now_s, struct ag_job *job)
{
	int r = ag_job_load_last(judge->store, atm, job);

	if (r == -ENOENT) {
		memset(job, 0, sizeof(*job));
		return 0;
	}
	if (r == 0 && ag_job_is_open(job->state) && now_s >= job->expires_s)
		r = ag_job_move(judge->store, job, AG_JOB_EXPIRE, now_s, "window over");
	return r;
}

/* Both hashes are made whatever the first one says: the time tells nothing. */
static int compare(struct ag_judge *judge, const struct ag_request *request,
		   const struct ag_job *job, enum reason *ret_reason)
{
	uint8_t key[32], typed[AG_JOB_MAC_LEN], meant[AG_JOB_MAC_LEN];
	int is_right, is_password;

	if (ag_otp_stretch(request->otp, job->salt, key) ||
	    ag_otp_mac(judge->pepper, key, job->id, request->atm, request->employee, typed) ||
	    ag_otp_mac(judge->pepper, key, job->id, request->atm, job->employee, meant))
		return -EIO;
	is_right = CRYPTO_memcmp(typed, job->mac, sizeof(typed)) == 0;
	is_password = CRYPTO_memcmp(meant, job->mac, sizeof(meant)) == 0;
	*ret_reason = is_right ? RIGHT : is_password ? WRONG_EMPLOYEE : WRONG_OTP;
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(typed, sizeof(typed));
	OPENSSL_cleanse(meant, sizeof(meant));
	return 0;
}

static int is_held(struct ag_judge *judge, const struct ag_machine *machine, bool *ret_held)
{
	int64_t is_strict;
	int r = ag_store_number(judge->store, "SELECT value FROM fact WHERE name = ?",
				AG_VALUES(AG_TEXT(AG_UNLOCK_FLEET_FACT)), 0, &is_strict);

	*ret_held = machine->wrong >= (is_strict ? 1 : AG_UNLOCK_MACHINE_MAX);
	return r;
}

/* Looked at only when the three values are right. */
static int check_rest(struct ag_judge *judge, const struct ag_machine *machine,
		      const struct ag_job *job, int64_t now_s, enum reason *ret_reason)
{
	const struct ag_work *work = ag_work_find(job->work);
	int64_t is_disabled;
	int r = ag_store_number(judge->store, "SELECT disabled_s IS NOT NULL FROM employee"
				" WHERE number = ?", AG_VALUES(AG_TEXT(job->employee)), 1, &is_disabled);

	if (now_s < job->opens_s)
		*ret_reason = EARLY;
	else if (is_disabled)
		*ret_reason = DISABLED;
	else if (machine->state == ATMGUARD_TAMPERED && (!work || !(work->scopes & ATMGUARD_SCOPE_BOOT)))
		*ret_reason = TAMPERED;
	return r;
}

static int judge_values(struct ag_judge *judge, const struct ag_machine *machine,
			const struct ag_request *request, const struct ag_job *job,
			int64_t now_s, enum reason *ret_reason)
{
	enum reason reason;
	bool held;
	int r = compare(judge, request, job, &reason);

	if (r == 0)
		r = is_held(judge, machine, &held);
	if (r)
		return r;
	if (held)
		reason = HELD;
	else if (job->id == 0)
		reason = NO_JOB;
	else if (!ag_job_is_open(job->state))
		reason = CLOSED;
	else if (reason == RIGHT)
		r = check_rest(judge, machine, job, now_s, &reason);
	*ret_reason = reason;
	return r;
}

/* ---- no ---- */

/* Raises the fleet's guard when too many machines saw wrong tries. */
static int watch_fleet(struct ag_judge *judge, int64_t now_s)
{
	int64_t nr;
	int r = ag_store_number(judge->store, "SELECT count(*) FROM attempt"
				" WHERE counted = 1 AND at_s > ?",
				AG_VALUES(AG_INT(now_s - AG_UNLOCK_FLEET_S)), 0, &nr);

	if (r || nr != AG_UNLOCK_FLEET_MAX)
		return r;
	r = ag_store_run(judge->store, "INSERT INTO fact VALUES (?, 1)"
			 " ON CONFLICT (name) DO UPDATE SET value = 1",
			 AG_VALUES(AG_TEXT(AG_UNLOCK_FLEET_FACT)));
	return r ? r : ag_alarm_raise(judge->store, now_s, "fleet-wrong-tries", "", 0,
				      "wrong tries all over the fleet: one now holds a machine");
}

static int count_wrong(struct ag_judge *judge, const struct ag_machine *machine,
		       struct ag_job *job, int64_t now_s)
{
	int r = ag_store_run(judge->store, "UPDATE atm SET wrong = wrong + 1 WHERE number = ?",
			     AG_VALUES(AG_TEXT(machine->number)));

	if (r == 0)
		r = ag_store_run(judge->store, "UPDATE job SET tries = tries + 1 WHERE id = ?",
				 AG_VALUES(AG_INT(job->id)));
	if (r == 0 && machine->wrong + 1 == AG_UNLOCK_MACHINE_MAX)
		r = ag_alarm_raise(judge->store, now_s, "machine-held", machine->number, job->id,
				   "too many wrong tries: held until released");
	if (r == 0 && ag_job_is_open(job->state) && job->tries + 1 >= AG_JOB_TRIES_MAX) {
		r = ag_job_move(judge->store, job, AG_JOB_BLOCK, now_s, "too many wrong tries");
		if (r == 0)
			r = ag_alarm_raise(judge->store, now_s, "job-blocked", machine->number, job->id,
					   "five wrong tries");
	}
	return r ? r : watch_fleet(judge, now_s);
}

/* A row for each no; while a machine is held only the counters run on, so
 * that a machine that was taken over cannot fill the disk. */
static int keep_attempt(struct ag_judge *judge, const struct ag_request *request,
			const struct ag_job *job, enum reason reason, int64_t now_s)
{
	if (reason == HELD)
		return 0;
	return ag_store_run(judge->store, "INSERT INTO attempt (at_s, atm, job, employee, counted, reason)"
			    " VALUES (?, ?, ?, ?, ?, ?)",
			    AG_VALUES(AG_INT(now_s), AG_TEXT(request->atm), AG_INT(job->id),
				      AG_TEXT(request->employee), AG_INT(reasons[reason].is_counted),
				      AG_TEXT(reasons[reason].text)));
}

/* Fills up with spaces: the length of the answer tells nothing. */
static void pad(struct ag_answer *answer)
{
	memset(answer->body + answer->len, ' ', AG_UNLOCK_BODY - answer->len);
	answer->len = AG_UNLOCK_BODY;
}

static int answer_no(struct ag_judge *judge, const struct ag_machine *machine,
		     const struct ag_request *request, struct ag_job *job, enum reason reason,
		     int64_t now_s, struct ag_answer *ret_answer)
{
	int r = keep_attempt(judge, request, job, reason, now_s);

	if (r == 0 && reasons[reason].is_counted)
		r = count_wrong(judge, machine, job, now_s);
	if (r)
		return r;
	ag_log("unlock atm=%s job=%lld answer=ng reason=%s tries=%lld state=%s", request->atm,
	       (long long)job->id, reasons[reason].text, (long long)job->tries + reasons[reason].is_counted,
	       ag_job_state_name(job->state));
	ag_answer_set(ret_answer, 200, "{\"result\":\"ng\"}");
	pad(ret_answer);
	return 0;
}

/* ---- yes ---- */

struct entry {
	struct ag_grant grant;
	unsigned char sig[AG_SIG_MAX];
	size_t sig_len;
};

static int write_answer(const struct ag_job *job, const struct entry *entry,
			struct ag_answer *ret_answer)
{
	char grant[AG_BASE64_SIZE(sizeof(entry->grant))], sig[AG_BASE64_SIZE(AG_SIG_MAX)];

	ag_base64_encode(&entry->grant, sizeof(entry->grant), grant);
	ag_base64_encode(entry->sig, entry->sig_len, sig);
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"job\":%lld, \"grant\":\"%s\", \"sig\":\"%s\"}",
		      (long long)job->id, grant, sig);
	if (ret_answer->len == 0 || ret_answer->len > AG_UNLOCK_BODY)
		return -EMSGSIZE;
	pad(ret_answer);
	return 0;
}

/* The grant this nonce got before; -ENOENT: none. */
static int find_entry(struct ag_judge *judge, const struct ag_job *job,
		      const struct ag_request *request, struct entry *ret_entry)
{
	sqlite3_stmt *row;
	int r = ag_store_ask(judge->store, "SELECT object, sig FROM entry WHERE job = ? AND nonce = ?",
			     AG_VALUES(AG_INT(job->id), AG_BLOB(request->nonce, sizeof(request->nonce))),
			     &row);

	if (r)
		return r;
	r = ag_store_blob(row, 0, &ret_entry->grant, sizeof(ret_entry->grant));
	ret_entry->sig_len = sqlite3_column_bytes(row, 1);
	if (r == 0 && ret_entry->sig_len <= sizeof(ret_entry->sig))
		r = ag_store_blob(row, 1, ret_entry->sig, ret_entry->sig_len);
	else
		r = -EUCLEAN;
	ag_store_done(row);
	return r ? r : ag_store_run(judge->store, "UPDATE entry SET retries = retries + 1"
				    " WHERE job = ? AND nonce = ?",
				    AG_VALUES(AG_INT(job->id),
					      AG_BLOB(request->nonce, sizeof(request->nonce))));
}

static int make_grant(struct ag_judge *judge, const struct ag_job *job,
		      const struct ag_request *request, int64_t now_s, struct entry *ret_entry)
{
	const struct ag_work *work = ag_work_find(job->work);
	struct ag_grant *grant = &ret_entry->grant;
	int64_t rest_s = job->expires_s - now_s;

	if (!work)
		return -EUCLEAN;
	memset(grant, 0, sizeof(*grant));
	memcpy(grant->purpose, AG_PURPOSE_GRANT, sizeof(AG_PURPOSE_GRANT));
	memcpy(grant->atm, job->atm, sizeof(grant->atm));
	memcpy(grant->employee, job->employee, sizeof(grant->employee));
	memcpy(grant->nonce, request->nonce, sizeof(grant->nonce));
	grant->job = job->id;
	grant->issued_s = now_s;
	grant->scopes = work->scopes;
	grant->duration_s = rest_s < work->duration_s ? rest_s : work->duration_s;
	return judge->sign(judge->sign_arg, AG_GRANT, grant, sizeof(*grant), ret_entry->sig,
			   &ret_entry->sig_len);
}

static int keep_entry(struct ag_judge *judge, struct ag_job *job, const struct entry *entry,
		      int64_t now_s)
{
	int r = ag_store_run(judge->store, "INSERT INTO entry (job, nonce, at_s, object, sig)"
			     " VALUES (?, ?, ?, ?, ?)",
			     AG_VALUES(AG_INT(job->id),
				       AG_BLOB(entry->grant.nonce, sizeof(entry->grant.nonce)),
				       AG_INT(now_s), AG_BLOB(&entry->grant, sizeof(entry->grant)),
				       AG_BLOB(entry->sig, entry->sig_len)));

	if (r == 0)
		r = ag_store_run(judge->store, "UPDATE job SET entries = entries + 1 WHERE id = ?",
				 AG_VALUES(AG_INT(job->id)));
	if (r == 0)
		r = ag_store_run(judge->store, "UPDATE atm SET wrong = 0 WHERE number = ?",
				 AG_VALUES(AG_TEXT(job->atm)));
	return r ? r : ag_job_move(judge->store, job, AG_JOB_ENTRY, now_s, NULL);
}

/* -EDQUOT: a further entry, and there were too many. */
static int answer_yes(struct ag_judge *judge, const struct ag_request *request, struct ag_job *job,
		      int64_t now_s, struct ag_answer *ret_answer)
{
	struct entry entry;
	int r = find_entry(judge, job, request, &entry);
	bool is_retry = r == 0;

	if (r == -ENOENT && job->entries >= AG_JOB_ENTRIES_MAX)
		return -EDQUOT;
	if (r == -ENOENT) {
		r = make_grant(judge, job, request, now_s, &entry);
		if (r == 0)
			r = keep_entry(judge, job, &entry, now_s);
	}
	if (r == 0)
		r = write_answer(job, &entry, ret_answer);
	if (r == 0)
		ag_log("unlock atm=%s job=%lld answer=ok employee=%s work=%s entry=%lld retry=%d",
		       request->atm, (long long)job->id, job->employee, job->work,
		       (long long)job->entries + !is_retry, is_retry);
	return r;
}

int ag_unlock_handle(struct ag_judge *judge, const struct ag_machine *machine,
		     const struct ag_request *request, const struct atmguard_record *records,
		     struct ag_answer *ret_answer)
{
	int64_t now_s = judge->now_s();
	enum reason reason;
	struct ag_job job;
	int r = load_job(judge, machine->number, now_s, &job);

	if (r == 0)
		r = judge_values(judge, machine, request, &job, now_s, &reason);
	if (r)
		return r;
	if (reason == RIGHT) {
		r = answer_yes(judge, request, &job, now_s, ret_answer);
		if (r != -EDQUOT)
			return r;
		reason = ENTRIES;
	}
	return answer_no(judge, machine, request, &job, reason, now_s, ret_answer);
}
