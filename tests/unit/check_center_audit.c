// SPDX-License-Identifier: MIT
// Audit records against a real database: chain, gaps, forks, closing jobs.
#include "center_fixture.h"
#include "harness.h"

#include <stdio.h>
#include <string.h>

static struct center_chain chain;
static struct ag_answer answer;

static void add_some(struct center_chain *c, int nr)
{
	while (nr--)
		chain_add(c, ATMGUARD_EV_DENY, ATMGUARD_HOOK_EXEC, 0, 0, "/tmp/x");
}

static int64_t held(void)
{
	return center_number("SELECT count(*) FROM record WHERE apart = 0");
}

static void ship_all(void)
{
	center_ship(ATM_A, &chain, 0, chain.nr, false, &answer);
}

START_TEST(receipt)
{
	struct ag_receipt r;

	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	ck_assert(is_ok(&answer));
	r = center_receipt(&answer);
	ck_assert_str_eq(r.purpose, AG_PURPOSE_RECEIPT);
	ck_assert_str_eq(r.atm, ATM_A);
	ck_assert_uint_eq(r.seq, 9);
	ck_assert_mem_eq(r.hash, chain.tip, 32);
	ck_assert_mem_eq(r.boot_id, chain.boot_id, 16);
	ck_assert_int_eq(held(), 10);
}
END_TEST

START_TEST(again)
{
	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	add_some(&chain, 2);
	ship_all();
	ck_assert_uint_eq(center_receipt(&answer).seq, 11);
	ck_assert_int_eq(held(), 12);
	ck_assert_int_eq(center_number("SELECT count(*) FROM alarm"), 0);
}
END_TEST

START_TEST(gap)
{
	chain_start(&chain, 1);
	add_some(&chain, 10);
	center_ship(ATM_A, &chain, 0, 3, false, &answer);
	center_ship(ATM_A, &chain, 5, 5, false, &answer);
	ck_assert_str_eq(answer.body, "{\"result\":\"gap\", \"expected\":3}");
	ck_assert_int_eq(held(), 3);
	center_ship(ATM_A, &chain, 5, 5, true, &answer);
	ck_assert_uint_eq(center_receipt(&answer).seq, 9);
	ck_assert(has_alarm("lost"));
	ck_assert_int_eq(held(), 8);
}
END_TEST

START_TEST(gap_at_start)
{
	chain_start(&chain, 1);
	add_some(&chain, 10);
	center_ship(ATM_A, &chain, 4, 6, false, &answer);
	ck_assert_str_eq(answer.body, "{\"result\":\"gap\", \"expected\":0}");
	center_ship(ATM_A, &chain, 4, 6, true, &answer);
	ck_assert_uint_eq(center_receipt(&answer).seq, 9);
	ck_assert(has_alarm("lost"));
	ck_assert_int_eq(held(), 6);
}
END_TEST

START_TEST(changed_record)
{
	chain_start(&chain, 1);
	add_some(&chain, 10);
	chain.records[4].detail[1] = 'T';
	ship_all();
	ck_assert_uint_eq(center_receipt(&answer).seq, 9);
	ck_assert(has_alarm("chain-broken"));
	ck_assert_int_eq(center_number("SELECT seq FROM record WHERE apart = 1"), 4);
	ck_assert_int_eq(held(), 9);
}
END_TEST

START_TEST(forked)
{
	struct center_chain other;

	chain_start(&chain, 1);
	add_some(&chain, 10);
	other = chain;
	ship_all();
	other.records[9].pid = 7;
	chain_rehash(other.records[8].hash, &other.records[9]);
	center_ship(ATM_A, &other, 8, 2, false, &answer);
	ck_assert(is_ok(&answer));
	ck_assert(has_alarm("fork"));
	ck_assert_mem_eq(center_receipt(&answer).hash, chain.tip, 32);
	ck_assert_int_eq(center_number("SELECT count(*) FROM record WHERE apart = 1"), 1);
}
END_TEST

static void second_boot(uint64_t seq, const uint8_t *tip)
{
	chain_start(&chain, 2);
	chain.next_seq = seq;
	memcpy(chain.tip, tip, 32);
	memcpy(chain_add(&chain, ATMGUARD_EV_CONTINUE, 0, 0, 0, "")->digest, tip, 32);
	chain.nr = 0;
	chain.next_seq = seq;
	memcpy(chain.tip, tip, 32);
	chain_add(&chain, ATMGUARD_EV_CONTINUE, 0, 0, 0, "");
	add_some(&chain, 3);
}

START_TEST(continued)
{
	uint8_t tip[32];

	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	memcpy(tip, chain.tip, 32);
	second_boot(10, tip);
	ship_all();
	ck_assert_uint_eq(center_receipt(&answer).seq, 13);
	ck_assert_int_eq(center_number("SELECT count(*) FROM alarm"), 0);
	ck_assert_int_eq(held(), 14);
}
END_TEST

START_TEST(rewound)
{
	uint8_t tip[32];

	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	memcpy(tip, chain.records[4].hash, 32);
	second_boot(5, tip);
	ship_all();
	ck_assert(is_ok(&answer));
	ck_assert(has_alarm("rewind"));
	ck_assert(!has_alarm("chain-broken"));
}
END_TEST

START_TEST(started_over)
{
	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	chain_start(&chain, 2);
	add_some(&chain, 3);
	ship_all();
	ck_assert_uint_eq(center_receipt(&answer).seq, 2);
	ck_assert(has_alarm("rewind"));
}
END_TEST

START_TEST(wrong_continuation)
{
	uint8_t tip[32] = { 1 };

	chain_start(&chain, 1);
	add_some(&chain, 10);
	ship_all();
	second_boot(10, tip);
	ship_all();
	ck_assert(is_ok(&answer));
	ck_assert(has_alarm("chain-broken"));
}
END_TEST

static const struct closing {
	const char *sentence, *state;
	bool is_entered, is_changed;
	uint16_t code;
	const char *atm;
} closings[] = {
	{ "a relock after the work completes the job", "completed", true, false, ATMGUARD_RELOCK_DONE, ATM_A },
	{ "a relock by the timer expires the job", "expired", true, false, ATMGUARD_RELOCK_TIMER, ATM_A },
	{ "a relock of a job that was never entered closes nothing", "issued", false, false, ATMGUARD_RELOCK_DONE, ATM_A },
	{ "a relock that another machine reports closes nothing", "active", true, false, ATMGUARD_RELOCK_DONE, ATM_B },
	{ "a relock outside the chain closes nothing", "active", true, true, ATMGUARD_RELOCK_DONE, ATM_A },
	{ "a relock of an unknown kind closes nothing", "active", true, false, 77, ATM_A },
};

START_TEST(close_job)
{
	const struct closing *row = &closings[_i];
	struct center_job job = center_open(ATM_A, "diagnosis");

	if (row->is_entered)
		ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	chain_start(&chain, 1);
	chain_add(&chain, ATMGUARD_EV_RELOCK, row->code, job.id, 0, "");
	chain.records[0].pid = row->is_changed;
	center_ship(row->atm, &chain, 0, 1, false, &answer);
	ck_assert(is_ok(&answer));
	ck_assert_str_eq(state_of(job.id), row->state);
}
END_TEST

START_TEST(survivors)
{
	chain_start(&chain, 1);
	chain_add(&chain, ATMGUARD_EV_RELOCK, ATMGUARD_RELOCK_DONE, 1, 2, "");
	ship_all();
	ck_assert(has_alarm("survivors"));
}
END_TEST

START_TEST(alarms_bounded)
{
	char detail[32];

	for (int boot = 1; boot < 8; boot++) {
		chain_start(&chain, boot);
		for (int i = 0; i < 60; i++) {
			snprintf(detail, sizeof(detail), "%d.%d", boot, i);
			chain_add(&chain, ATMGUARD_EV_ALARM, 0, 0, 0, detail);
		}
		ship_all();
	}
	ck_assert_int_le(center_number("SELECT count(*) FROM alarm"), 201);
	ck_assert(has_alarm("many-alarms"));
}
END_TEST

START_TEST(hostile_text)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	json_t *out;
	const char *detail;

	chain_start(&chain, 1);
	chain_add(&chain, ATMGUARD_EV_DENY, 1, job.id, 0, "/x\033[2J\xff\xe2\x80\xae\n日本");
	ship_all();
	out = center_read("{s:s, s:I}", "do", "job-show", "job", (json_int_t)job.id);
	detail = json_string_value(json_object_get(json_array_get(json_object_get(out, "records"), 0), "detail"));
	ck_assert_str_eq(detail, "/x\\x1b[2J\\xff\\xe2\\x80\\xae\\x0a日本");
	json_decref(out);
}
END_TEST

START_TEST(report)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	json_t *out;

	center_unlocks(ATM_A, "123456786", EMPLOYEE, 1);
	center_unlocks(ATM_A, job.otp, EMPLOYEE, 1);
	chain_start(&chain, 1);
	chain_add(&chain, ATMGUARD_EV_USB, 0, 0, 0, "stick");
	chain_add(&chain, ATMGUARD_EV_UNLOCK, 0, job.id, 1, EMPLOYEE);
	chain_add(&chain, ATMGUARD_EV_RUN, 0, job.id, 0, "/usr/sbin/diag");
	chain_add(&chain, ATMGUARD_EV_MOUNT, 0, 999, 0, "another job's");
	chain_add(&chain, ATMGUARD_EV_RELOCK, ATMGUARD_RELOCK_DONE, job.id, 0, "");
	ship_all();
	out = center_read("{s:s, s:I}", "do", "job-show", "job", (json_int_t)job.id);
	ck_assert_uint_eq(json_array_size(json_object_get(out, "records")), 4);
	ck_assert_uint_eq(json_array_size(json_object_get(out, "entries")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(out, "attempts")), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json_object_get(out, "job"), "state")), "completed");
	json_decref(out);
}
END_TEST

START_TEST(newer)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	json_t *out, *record;

	chain_start(&chain, 1);
	chain_add(&chain, 77, 99, job.id, 5, "/new");
	chain_add(&chain, ATMGUARD_EV_DENY, 99, job.id, 0, "/x");
	ship_all();
	out = center_read("{s:s, s:I}", "do", "job-show", "job", (json_int_t)job.id);
	record = json_array_get(json_object_get(out, "records"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(record, "event")), "event 77");
	ck_assert_int_eq(json_integer_value(json_object_get(record, "code")), 99);
	record = json_array_get(json_object_get(out, "records"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(record, "event")), "DENY");
	ck_assert_str_eq(json_string_value(json_object_get(record, "hook")), "hook 99");
	json_decref(out);
}
END_TEST

static const struct { const char *sentence; const TTest **test; } tests[] = {
	{ "records that follow are kept and receipted with the center's signature", &receipt },
	{ "records that are held already are skipped without an alarm", &again },
	{ "a hole is answered with the number expected; lost records leave an alarm", &gap },
	{ "a boot whose first records are gone can be kept, with an alarm", &gap_at_start },
	{ "a changed record is kept apart, raises an alarm and does not stop shipping", &changed_record },
	{ "a second history under the same numbers is kept apart and raises an alarm", &forked },
	{ "a boot goes on after the record that was receipted last", &continued },
	{ "a boot that goes on after an older record raises the rewind alarm", &rewound },
	{ "a boot that starts over at zero raises the rewind alarm", &started_over },
	{ "a boot that goes on after a hash nobody receipted raises an alarm", &wrong_continuation },
	{ "something left over by a relock raises an alarm", &survivors },
	{ "a machine cannot fill the list of alarms", &alarms_bounded },
	{ "text of a machine cannot steer the terminal of who reads it", &hostile_text },
	{ "the record of a job holds its records and what was plugged in before", &report },
	{ "records of a newer machine are kept and shown with their numbers", &newer },
};

int main(void)
{
	Suite *suite = suite_create("center_audit");

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		center_add(suite, tests[i].sentence, *tests[i].test, 0);
	for (size_t i = 0; i < sizeof(closings) / sizeof(closings[0]); i++)
		center_add(suite, closings[i].sentence, close_job, i);
	return harness_run(suite, "check_center_audit");
}
