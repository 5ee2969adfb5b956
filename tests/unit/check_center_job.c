// SPDX-License-Identifier: MIT
// The life of a job, move by move, and the passwords.
#include "center/judge/job.h"
#include "center/judge/otp.h"
#include "center_fixture.h"
#include "lib/damm.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO (-1)

/* Every state against every event; NO: refused with EPERM. */
static const int expected[AG_JOB_NR_STATES][AG_JOB_NR_EVENTS] = {
	/*			  issue reissue entry complete expire block revoke */
	[0]			= { NO, NO, NO, NO, NO, NO, NO },
	[AG_JOB_CREATED]	= { 2, NO, NO, NO, 5, NO, 7 },
	[AG_JOB_ISSUED]		= { NO, 2, 3, NO, 5, 6, 7 },
	[AG_JOB_ACTIVE]		= { NO, 3, 3, 4, 5, 6, 7 },
	[AG_JOB_COMPLETED]	= { NO, NO, NO, NO, NO, NO, NO },
	[AG_JOB_EXPIRED]	= { NO, NO, NO, NO, NO, NO, NO },
	[AG_JOB_BLOCKED]	= { NO, NO, NO, NO, NO, NO, NO },
	[AG_JOB_REVOKED]	= { NO, NO, NO, NO, NO, NO, NO },
};

static const char *const events[] = { "issue", "reissue", "entry", "complete", "expire", "block", "revoke" };

START_TEST(move)
{
	int from = _i / AG_JOB_NR_EVENTS, event = _i % AG_JOB_NR_EVENTS;
	enum ag_job_state to = 99;
	int r = ag_job_state_next(from, event, &to);

	if (expected[from][event] == NO) {
		ck_assert_int_eq(r, -EPERM);
		ck_assert_int_eq(to, 99);
	} else {
		ck_assert_int_eq(r, 0);
		ck_assert_int_eq(to, expected[from][event]);
	}
}
END_TEST

START_TEST(out_of_range)
{
	enum ag_job_state to;

	ck_assert_int_eq(ag_job_state_next(AG_JOB_NR_STATES, 0, &to), -EPERM);
	ck_assert_int_eq(ag_job_state_next(AG_JOB_ISSUED, AG_JOB_NR_EVENTS, &to), -EPERM);
}
END_TEST

START_TEST(stale_move)
{
	struct center_job opened = center_open(ATM_A, "diagnosis");
	struct ag_job job;

	ck_assert_int_eq(ag_store_job_load(center.store, opened.id, &job), 0);
	center_sql("UPDATE job SET state = 'revoked'");
	ck_assert_int_eq(ag_job_move(center.store, &job, AG_JOB_ENTRY, center_now_s, NULL), -ESTALE);
}
END_TEST

START_TEST(one_open_in_database)
{
	struct center_job opened = center_open(ATM_A, "diagnosis");
	struct ag_job job;

	ck_assert_int_eq(ag_store_job_load(center.store, opened.id, &job), 0);
	ck_assert_int_eq(ag_store_job_add(center.store, &job), -EEXIST);
}
END_TEST

START_TEST(otp_shape)
{
	char otp[AG_OTP_LEN + 1], other[AG_OTP_LEN + 1];
	int seen[10] = { 0 };

	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(ag_otp_make(otp), 0);
		ck_assert_uint_eq(strlen(otp), 9);
		ck_assert(ag_damm_is_valid(otp));
		seen[otp[0] - '0']++;
	}
	for (int i = 0; i < 10; i++)	/* 200 each; 100 is seven deviations away */
		ck_assert_int_gt(seen[i], 100);
	ag_otp_make(other);
	ck_assert_str_ne(otp, other);
}
END_TEST

START_TEST(otp_binds_all)
{
	const uint8_t pepper[AG_PEPPER_LEN] = { 1 }, pepper2[AG_PEPPER_LEN] = { 2 }, key[32] = { 3 }, key2[32] = { 4 };
	uint8_t a[32], b[32];

	ag_otp_mac(pepper, key, 1, "1", "2", a);
	ag_otp_mac(pepper, key, 1, "1", "2", b);
	ck_assert_mem_eq(a, b, 32);
	ag_otp_mac(pepper2, key, 1, "1", "2", b);
	ck_assert_mem_ne(a, b, 32);
	ag_otp_mac(pepper, key2, 1, "1", "2", b);
	ck_assert_mem_ne(a, b, 32);
	ag_otp_mac(pepper, key, 2, "1", "2", b);
	ck_assert_mem_ne(a, b, 32);
	ag_otp_mac(pepper, key, 1, "12", "", b);
	ck_assert_mem_ne(a, b, 32);
	ag_otp_mac(pepper, key, 1, "1", "3", b);
	ck_assert_mem_ne(a, b, 32);
}
END_TEST

START_TEST(no_password_stored)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	char sql[256];

	ag_store_close(center.store);	/* moves the log into the file */
	ck_assert_int_eq(system("cat /tmp/check_center.*/center.db* > /dev/null"), 0);
	snprintf(sql, sizeof(sql), "! grep -aqF -e %s -e %.8s /tmp/check_center.*/center.db*", job.otp, job.otp);
	ck_assert_int_eq(system(sql), 0);
	center.store = NULL;
}
END_TEST

static const struct { const char *sentence; const TTest **test; } tests[] = {
	{ "a state or event out of range moves nothing", &out_of_range },
	{ "a job that changed meanwhile is not moved", &stale_move },
	{ "the database itself refuses a second open job of a machine", &one_open_in_database },
	{ "a password is eight even digits and their Damm digit", &otp_shape },
	{ "the stored hash binds pepper, password, job, machine and worker", &otp_binds_all },
	{ "no file of the database holds the password", &no_password_stored },
};

int main(void)
{
	Suite *suite = suite_create("center_job");
	static char sentences[AG_JOB_NR_STATES * AG_JOB_NR_EVENTS][64];

	for (int i = AG_JOB_NR_EVENTS; i < AG_JOB_NR_STATES * AG_JOB_NR_EVENTS; i++) {
		int from = i / AG_JOB_NR_EVENTS, to = expected[from][i % AG_JOB_NR_EVENTS];

		snprintf(sentences[i], sizeof(sentences[i]), "%s + %s %s%s", ag_job_state_name(from),
			 events[i % AG_JOB_NR_EVENTS], to == NO ? "is refused" : "becomes ",
			 to == NO ? "" : ag_job_state_name(to));
		harness_add_row(suite, sentences[i], move, i);
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		center_add(suite, tests[i].sentence, *tests[i].test, 0);
	return harness_run(suite, "check_center_job");
}
