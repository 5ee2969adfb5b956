// SPDX-License-Identifier: MIT
// The three values against a real database: what opens, what never does.
// Numbers like D17 are rows of doc/THREATS.md.
#include "center/common/work.h"
#include "center/judge/hold.h"
#include "center/judge/job.h"
#include "center_fixture.h"
#include "harness.h"

#include <string.h>

static struct ag_answer answer;

START_TEST(right_values)
{
	struct center_job job = center_open(ATM_A, "update");
	struct ag_grant grant;

	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	ck_assert(is_ok(&answer));
	grant = center_grant(&answer);
	ck_assert_str_eq(grant.purpose, AG_PURPOSE_GRANT);
	ck_assert_str_eq(grant.atm, ATM_A);
	ck_assert_str_eq(grant.employee, EMPLOYEE);
	ck_assert_uint_eq(grant.job, job.id);
	ck_assert_uint_eq(grant.nonce[31], 1);
	ck_assert_uint_eq(grant.scopes, ATMGUARD_SCOPE_UPDATE | ATMGUARD_SCOPE_STORAGE_READ);
	ck_assert_uint_eq(grant.duration_s, 7200);
	ck_assert_str_eq(state_of(job.id), "active");
}
END_TEST

START_TEST(duration_ends_with_window)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	center_now_s += 7200 - 90;
	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	ck_assert_uint_eq(center_grant(&answer).duration_s, 90);
}
END_TEST

/* D17: each row makes one of the values wrong. */
static const struct wrong {
	const char *sentence;
	const char *atm, *employee;
	bool otp_is_wrong, has_no_job;
	const char *reason;
} wrongs[] = {
	{ "a wrong password is answered no", ATM_A, EMPLOYEE, true, false, "wrong-password" },
	{ "a wrong employee number is answered no", ATM_A, OTHER_EMPLOYEE, false, false, "wrong-employee" },
	{ "an employee number nobody has is answered no", ATM_A, "999999", false, false, "wrong-employee" },
	{ "the password of another machine's job is answered no", ATM_B, EMPLOYEE, false, false, "no-job" },
	{ "a password without any job is answered no", ATM_A, EMPLOYEE, false, true, "no-job" },
};

START_TEST(wrong_value)
{
	const struct wrong *row = &wrongs[_i];
	struct center_job job = { .otp = "123456786" };
	char sql[128];

	if (!row->has_no_job)
		job = center_open(ATM_A, "diagnosis");
	center_unlock(row->atm, row->otp_is_wrong ? wrong_otp(job.otp) : job.otp, row->employee, 1, &answer);
	ck_assert(is_ng(&answer));
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM attempt WHERE reason = '%s'", row->reason);
	ck_assert_int_eq(center_number(sql), 1);
	ck_assert_int_eq(center_number("SELECT count(*) FROM entry"), 0);
}
END_TEST

START_TEST(no_is_uniform)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	struct ag_answer first, other;

	center_unlock(ATM_A, wrong_otp(job.otp), EMPLOYEE, 1, &first);
	center_unlock(ATM_A, job.otp, OTHER_EMPLOYEE, 2, &other);
	ck_assert_mem_eq(first.body, other.body, 1024);
	center_unlock(ATM_B, job.otp, EMPLOYEE, 3, &other);
	ck_assert_mem_eq(first.body, other.body, 1024);
	ck_assert_uint_eq(first.len, other.len);
	center_unlock(ATM_A, job.otp, EMPLOYEE, 4, &other);
	ck_assert(is_ok(&other));
	ck_assert_uint_eq(first.len, other.len);
}
END_TEST

START_TEST(foreign_certificate)
{
	struct ag_request request = { .atm = ATM_A, .otp = "123456786", .employee = EMPLOYEE };

	request.cert_sha256[0] = 0xcc;
	center_decide(&center, AG_REQUEST_UNLOCK, &request, NULL, &answer);
	ck_assert_int_eq(answer.status, 403);
	request.cert_sha256[0] = 0xaa;
	strcpy(request.atm, "1");
	center_decide(&center, AG_REQUEST_UNLOCK, &request, NULL, &answer);
	ck_assert_int_eq(answer.status, 403);
}
END_TEST

START_TEST(revoked_machine)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	ck_assert(center_does("{s:s, s:s}", "do", "atm-revoke", "number", ATM_A));
	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	ck_assert_int_eq(answer.status, 403);
	ck_assert_str_eq(state_of(job.id), "revoked");
}
END_TEST

/* D18 */
START_TEST(five_tries)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	for (int i = 0; i < 5; i++)
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	ck_assert_str_eq(state_of(job.id), "blocked");
	ck_assert(has_alarm("job-blocked"));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 9));
}
END_TEST

START_TEST(four_tries)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	for (int i = 0; i < 4; i++)
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 9));
}
END_TEST

START_TEST(tries_survive_restart_and_waiting)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	for (int i = 0; i < 3; i++)
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	center_restart();
	center_now_s += 3600;
	for (int i = 0; i < 2; i++)
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	ck_assert_str_eq(state_of(job.id), "blocked");
	center_restart();
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 9));
}
END_TEST

START_TEST(reissue_keeps_tries)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	for (int i = 0; i < 4; i++)
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	ck_assert(center_does("{s:s, s:I}", "do", "job-reissue", "job", (json_int_t)job.id));
	ck_assert(!center_unlocks(ATM_A, "123456786", EMPLOYEE, 5));
	ck_assert_str_eq(state_of(job.id), "blocked");
}
END_TEST

START_TEST(other_machines_unaffected)
{
	struct center_job a = center_open(ATM_A, "diagnosis"), b = center_open(ATM_B, "diagnosis");

	for (int i = 0; i < 30; i++)
		ck_assert(!center_unlocks(ATM_A, b.otp, EMPLOYEE, i));
	ck_assert_str_eq(state_of(a.id), "blocked");
	ck_assert(center_unlocks(ATM_B, b.otp, EMPLOYEE, 1));
}
END_TEST

START_TEST(machine_held)
{
	struct center_job job;

	for (int i = 0; i < AG_HOLD_MACHINE_MAX; i++) {
		if (i % AG_JOB_TRIES_MAX == 0)
			job = center_open(ATM_A, "diagnosis");
		ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, i));
	}
	ck_assert(has_alarm("machine-held"));
	center_now_s += 86400 * 30;
	center_restart();
	ck_assert(!center_does("{s:s, s:s, s:s, s:s}", "do", "job-open", "atm", ATM_A, "employee", EMPLOYEE,
			       "work", "diagnosis"));
	ck_assert(center_does("{s:s, s:s}", "do", "atm-release", "number", ATM_A));
	job = center_open(ATM_A, "diagnosis");
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
}
END_TEST

START_TEST(held_machine_fills_nothing)
{
	center_open(ATM_A, "diagnosis");
	for (int i = 0; i < 100; i++)
		ck_assert(!center_unlocks(ATM_A, "123456786", EMPLOYEE, i));
	ck_assert_int_eq(center_number("SELECT count(*) FROM attempt"), AG_HOLD_MACHINE_MAX);
}
END_TEST

START_TEST(fleet_strict)
{
	struct center_job b = center_open(ATM_B, "diagnosis");
	int64_t alarm;

	center_sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)"
		   " INSERT INTO attempt (at_s, atm, job, employee, counted, reason)"
		   " SELECT 1800000000, 'x', 0, 'x', 1, 'wrong-password' FROM n");
	ck_assert(!center_unlocks(ATM_A, "123456786", EMPLOYEE, 1));
	ck_assert(has_alarm("fleet-wrong-tries"));
	ck_assert(!center_unlocks(ATM_A, "123456786", EMPLOYEE, 1));
	ck_assert_int_eq(center_number("SELECT count(*) FROM attempt WHERE atm = '" ATM_A "'"), 1);
	ck_assert(center_unlocks(ATM_B, b.otp, EMPLOYEE, 1));
	center_now_s += 86400;
	ck_assert(!center_does("{s:s, s:s, s:s, s:s}", "do", "job-open", "atm", ATM_A, "employee", EMPLOYEE,
			       "work", "diagnosis"));
	alarm = center_number("SELECT id FROM alarm WHERE kind = 'fleet-wrong-tries'");
	ck_assert(center_does("{s:s, s:I}", "do", "alarm-clear", "id", (json_int_t)alarm));
	b = center_open(ATM_A, "diagnosis");
	ck_assert(center_unlocks(ATM_A, b.otp, EMPLOYEE, 1));
}
END_TEST

/* D19 */
START_TEST(dead_after_expiry)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	center_now_s += 7199;
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	center_now_s += 1;
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert_str_eq(state_of(job.id), "expired");
	center_now_s = START_S;		/* the center's clock set back */
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
}
END_TEST

START_TEST(sweep_expires)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	int nr;

	center_now_s += 7200;
	ck_assert_int_eq(ag_job_sweep(center.store, center_now_s, &nr), 0);
	ck_assert_int_eq(nr, 1);
	ck_assert_str_eq(state_of(job.id), "expired");
	ck_assert_int_eq(ag_job_sweep(center.store, center_now_s, &nr), 0);
	ck_assert_int_eq(nr, 0);
}
END_TEST

START_TEST(dead_before_start)
{
	json_t *out = center_ask("{s:s, s:s, s:s, s:s, s:I}", "do", "job-open", "atm", ATM_A, "employee",
				 EMPLOYEE, "work", "diagnosis", "opens_s", (json_int_t)START_S + 600);
	char otp[16];

	strcpy(otp, json_string_value(json_object_get(out, "otp")));
	json_decref(out);
	ck_assert(!center_unlocks(ATM_A, otp, EMPLOYEE, 1));
	center_now_s += 600;
	ck_assert(center_unlocks(ATM_A, otp, EMPLOYEE, 1));
	ck_assert_int_eq(center_number("SELECT tries FROM job"), 0);
}
END_TEST

START_TEST(reissue_kills_old)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	json_t *out = center_ask("{s:s, s:I}", "do", "job-reissue", "job", (json_int_t)job.id);
	const char *otp = json_string_value(json_object_get(out, "otp"));

	ck_assert_str_ne(otp, job.otp);
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(center_unlocks(ATM_A, otp, EMPLOYEE, 1));
	json_decref(out);
}
END_TEST

START_TEST(dead_after_revocation)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(center_does("{s:s, s:I, s:s}", "do", "job-revoke", "job", (json_int_t)job.id, "reason", "lost"));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert_str_eq(state_of(job.id), "revoked");
}
END_TEST

START_TEST(dead_after_completion)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	struct center_chain chain;

	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	chain_start(&chain, 1);
	chain_add(&chain, ATMGUARD_EV_RELOCK, ATMGUARD_RELOCK_DONE, job.id, 0, "");
	center_ship(ATM_A, &chain, 0, 1, false, &answer);
	ck_assert_str_eq(state_of(job.id), "completed");
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 2));
}
END_TEST

START_TEST(disabled_employee)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	ck_assert(center_does("{s:s, s:s}", "do", "employee-disable", "number", EMPLOYEE));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(!center_does("{s:s, s:s, s:s, s:s}", "do", "job-open", "atm", ATM_B, "employee", EMPLOYEE,
			       "work", "diagnosis"));
}
END_TEST

/* D24 */
START_TEST(retry_same_grant)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	struct ag_answer again;

	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	center_restart();
	center_now_s += 60;
	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &again);
	ck_assert_mem_eq(answer.body, again.body, 1024);
	ck_assert_int_eq(center_number("SELECT count(*) FROM entry"), 1);
	ck_assert_int_eq(center_number("SELECT entries FROM job"), 1);
	ck_assert_int_eq(center_number("SELECT retries FROM entry"), 1);
}
END_TEST

START_TEST(retry_needs_values)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, 1));
	ck_assert(!center_unlocks(ATM_A, job.otp, OTHER_EMPLOYEE, 1));
}
END_TEST

START_TEST(new_nonce_counts)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	struct ag_answer again;

	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	center_now_s += 3600;
	center_unlock(ATM_A, job.otp, EMPLOYEE, 2, &again);
	ck_assert_uint_eq(center_grant(&again).nonce[0], 2);
	ck_assert_uint_eq(center_grant(&again).duration_s, 3600);
	ck_assert_int_eq(center_number("SELECT entries FROM job"), 2);
}
END_TEST

START_TEST(entries_bounded)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	for (int i = 0; i < AG_JOB_ENTRIES_MAX; i++)
		ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, i));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 200));
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 3));
}
END_TEST

START_TEST(one_open_job)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	ck_assert(!center_does("{s:s, s:s, s:s, s:s}", "do", "job-open", "atm", ATM_A, "employee", EMPLOYEE,
			       "work", "diagnosis"));
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(!center_does("{s:s, s:I}", "do", "job-close", "job", (json_int_t)job.id));
	ck_assert(!center_does("{s:s, s:I, s:b}", "do", "job-close", "job", (json_int_t)job.id, "force", 1));
	ck_assert(center_does("{s:s, s:I, s:b, s:s}", "do", "job-close", "job", (json_int_t)job.id, "force", 1,
			      "reason", "the ATM burned down"));
	center_open(ATM_A, "diagnosis");
}
END_TEST

START_TEST(database_faults)
{
	struct center_job job = center_open(ATM_A, "diagnosis");

	center_sign_fails = true;
	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	ck_assert_int_eq(answer.status, 503);
	ck_assert_int_eq(center_number("SELECT entries FROM job"), 0);
	ck_assert_str_eq(state_of(job.id), "issued");
	center_sign_fails = false;
	center_sql("CREATE TRIGGER full BEFORE INSERT ON attempt BEGIN SELECT RAISE(ABORT, 'full'); END");
	center_unlock(ATM_A, wrong_otp(job.otp), EMPLOYEE, 1, &answer);
	ck_assert_int_eq(answer.status, 503);
	ck_assert_int_eq(center_number("SELECT tries FROM job"), 0);
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
}
END_TEST

START_TEST(tampered_machine)
{
	struct ag_request hello = { .atm = ATM_A, .state = ATMGUARD_TAMPERED };
	struct center_job job = center_open(ATM_A, "diagnosis");

	hello.cert_sha256[0] = 0xaa;
	center_decide(&center, AG_REQUEST_HELLO, &hello, NULL, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert(has_alarm("tampered"));
	ck_assert(!center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(center_does("{s:s, s:I}", "do", "job-close", "job", (json_int_t)job.id));
	job = center_open(ATM_A, "boot");
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
}
END_TEST

START_TEST(rows_cannot_move)
{
	struct center_job a = center_open(ATM_A, "diagnosis");

	center_open(ATM_B, "diagnosis");
	center_sql("UPDATE job SET salt = (SELECT salt FROM job WHERE atm = '" ATM_A "'),"
		   " mac = (SELECT mac FROM job WHERE atm = '" ATM_A "') WHERE atm = '" ATM_B "'");
	ck_assert(!center_unlocks(ATM_B, a.otp, EMPLOYEE, 1));
	center_sql("UPDATE job SET employee = '" OTHER_EMPLOYEE "' WHERE atm = '" ATM_A "'");
	ck_assert(!center_unlocks(ATM_A, a.otp, OTHER_EMPLOYEE, 1));
}
END_TEST

static const struct { const char *sentence; const TTest **test; } tests[] = {
	{ "the three right values give a grant that the kernel's rules verify", &right_values },
	{ "a grant never outlasts the window of its job", &duration_ends_with_window },
	{ "every no is the same 1024 bytes, and yes is as long", &no_is_uniform },
	{ "a certificate that is not the enrolled one gets 403", &foreign_certificate },
	{ "a revoked machine gets 403 and loses its job", &revoked_machine },
	{ "the fifth wrong try blocks the job and raises an alarm", &five_tries },
	{ "after four wrong tries the right values still open", &four_tries },
	{ "wrong tries survive a restart and do not fade by waiting", &tries_survive_restart_and_waiting },
	{ "a new password does not give new tries", &reissue_keeps_tries },
	{ "guessing at one machine does not stop another", &other_machines_unaffected },
	{ "a machine with fifteen wrong tries is held until a person releases it", &machine_held },
	{ "a held machine can ask for ever without filling the disk", &held_machine_fills_nothing },
	{ "guessing all over the fleet makes one try the limit until a person clears it", &fleet_strict },
	{ "a password is dead at the end of its window, whatever the clock does then", &dead_after_expiry },
	{ "the sweep ends jobs whose window is over, once", &sweep_expires },
	{ "a password does not open before its window, and costs no try", &dead_before_start },
	{ "a new password kills the old one", &reissue_kills_old },
	{ "a password is dead after revocation, for a retry too", &dead_after_revocation },
	{ "a password is dead after completion, for a retry too", &dead_after_completion },
	{ "a disabled employee neither opens nor gets a job", &disabled_employee },
	{ "the same nonce gets the very same bytes again, after a restart too", &retry_same_grant },
	{ "a retry with wrong values is a wrong try", &retry_needs_values },
	{ "a new nonce within the job gets a new grant and counts as an entry", &new_nonce_counts },
	{ "entries of a job are bounded, retries of known ones are not", &entries_bounded },
	{ "a machine has one open job; only force and a reason close one that was entered", &one_open_job },
	{ "when signing or storing fails nothing is decided: 503 and no trace", &database_faults },
	{ "a machine whose boot evidence failed opens for boot work only", &tampered_machine },
	{ "a password row moved to another machine or worker fits nothing", &rows_cannot_move },
};

int main(void)
{
	Suite *suite = suite_create("center_judge");

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		center_add(suite, tests[i].sentence, *tests[i].test, 0);
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		center_add(suite, wrongs[i].sentence, wrong_value, i);
	return harness_run(suite, "check_center_judge");
}
