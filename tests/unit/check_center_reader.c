// SPDX-License-Identifier: MIT
// Lists and reports: every row once, in order, page by page.
#include "center_fixture.h"
#include "harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 1000	/* rows of a full one */
/* A table n with a column i from 1 to nr. */
#define ROWS(nr) "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " #nr ")"

/* Asks for all pages of a list; the rows of all, and how many pages there were. */
static json_t *read_all(json_t *in, const char *name, int *ret_pages)
{
	json_t *all = json_array(), *next;

	*ret_pages = 0;
	do {
		json_t *out = center_read("o", json_deep_copy(in));

		ck_assert_str_eq(json_string_value(json_object_get(out, "result")), "ok");
		ck_assert_uint_le(json_array_size(json_object_get(out, name)), PAGE);
		json_array_extend(all, json_object_get(out, name));
		next = json_object_get(out, "next");
		if (next)
			json_object_set(in, "after", next);
		json_decref(out);
		(*ret_pages)++;
	} while (next);
	json_decref(in);
	return all;
}

static int64_t member(json_t *rows, size_t i, const char *name)
{
	return json_integer_value(json_object_get(json_array_get(rows, i), name));
}

/* Four boots of 700 records each, the third one over a hole and a fork. */
static void ship_boots(void)
{
	static struct center_chain chain;
	struct ag_answer answer;

	for (int boot = 1; boot <= 4; boot++) {
		uint64_t seq = chain.next_seq;
		uint8_t tip[32];

		memcpy(tip, chain.tip, sizeof(tip));
		chain_start(&chain, 5 - boot);	/* ids fall while time rises */
		chain.next_seq = seq;
		memcpy(chain.tip, tip, sizeof(tip));
		center_now_s += 100;
		for (int i = 0; i < 700; i += 50) {
			chain.nr = 0;
			while (chain.nr < 50)
				chain_add(&chain, ATMGUARD_EV_RUN, 0, 0, 0, "/usr/bin/diag");
			center_ship(ATM_A, &chain, 0, chain.nr, false, &answer);
			ck_assert(is_ok(&answer));
		}
		center_now_s += 100;
	}
	/* A second history of the last record: kept apart under the same number. */
	chain.records[49].pid = 7;
	chain_rehash(chain.records[48].hash, &chain.records[49]);
	center_ship(ATM_A, &chain, 49, 1, false, &answer);
	ck_assert(is_ok(&answer));
}

START_TEST(audit_pages)
{
	json_t *rows;
	int pages;

	ship_boots();
	rows = read_all(json_pack("{s:s, s:s}", "do", "audit-list", "atm", ATM_A), "records", &pages);
	ck_assert_int_eq(pages, 3);
	ck_assert_uint_eq(json_array_size(rows), 2801);
	for (size_t i = 0; i < 2800; i++)
		ck_assert_int_eq(member(rows, i, "seq"), i);
	ck_assert_int_eq(member(rows, 2800, "seq"), 2799);
	ck_assert(json_is_true(json_object_get(json_array_get(rows, 2800), "apart")));
	json_decref(rows);
}
END_TEST

START_TEST(audit_full_page)
{
	json_t *rows;
	int pages;

	ship_boots();
	center_sql("DELETE FROM record WHERE seq >= 2000");
	rows = read_all(json_pack("{s:s, s:s}", "do", "audit-list", "atm", ATM_A), "records", &pages);
	ck_assert_uint_eq(json_array_size(rows), 2000);
	ck_assert_int_eq(pages, 3);	/* the last one empty */
	json_decref(rows);
}
END_TEST

/* A machine that was taken over can begin boots without end. */
START_TEST(audit_many_boots)
{
	json_t *rows;
	int pages;

	center_sql(ROWS(20000) " INSERT INTO chain (atm, boot_id, started_s, first_seq, next_seq, tip) SELECT '" ATM_A
		   "', CAST(printf('%016d', (i * 7919) % 20000) AS BLOB), i / 50, i, i + 1, zeroblob(32) FROM n");
	center_sql("INSERT INTO record (atm, boot_id, seq, apart, received_s, type, job, data)"
		   " SELECT atm, boot_id, first_seq, 0, started_s, 6, 0, zeroblob(352) FROM chain");
	rows = read_all(json_pack("{s:s, s:s}", "do", "audit-list", "atm", ATM_A), "records", &pages);
	ck_assert_uint_eq(json_array_size(rows), 20000);
	json_decref(rows);
}
END_TEST

START_TEST(audit_of_another)
{
	json_t *rows;
	int pages;

	ship_boots();
	rows = read_all(json_pack("{s:s, s:s}", "do", "audit-list", "atm", ATM_B), "records", &pages);
	ck_assert_uint_eq(json_array_size(rows), 0);
	json_decref(rows);
}
END_TEST

START_TEST(report_pages)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	json_t *rows;
	int pages;

	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ship_boots();
	center_sql("UPDATE record SET job = 1 WHERE seq % 2 = 0");	/* 1400 of its own */
	center_sql("UPDATE record SET type = 6 WHERE seq % 4 = 1");	/* 700 refusals meanwhile */
	rows = read_all(json_pack("{s:s, s:I}", "do", "job-show", "job", (json_int_t)job.id), "records", &pages);
	ck_assert_int_eq(pages, 3);
	ck_assert_uint_eq(json_array_size(rows), 2100);
	for (size_t i = 1; i < 2100; i++)
		ck_assert_int_lt(member(rows, i - 1, "seq"), member(rows, i, "seq"));
	json_decref(rows);
}
END_TEST

static const struct list {
	const char *sentence, *sql, *request, *name, *member;
	size_t nr;
	int pages;
	bool is_falling;
} lists[] = {
	{ "the list of jobs has each once, the newest first", ROWS(2500) " INSERT INTO job (atm, employee, work,"
	  " state, created_s, created_by, opens_s, expires_s, salt, mac, closed_s) SELECT '" ATM_A "', '" EMPLOYEE
	  "', 'boot', 'expired', i, 'uid 0', i, i, zeroblob(16), zeroblob(32), i FROM n",
	  "job-list", "jobs", "job", 2500, 3, true },
	{ "the list of alarms has each once, the newest first", ROWS(2000) " INSERT INTO alarm (kind, atm, job,"
	  " detail, first_s, last_s) SELECT 'fork', '', 0, i, i, (i * 7919) % 2000 / 4 FROM n",
	  "alarm-list", "alarms", "id", 2000, 3, true },
	{ "the list of machines has each once, by number", ROWS(1500) " INSERT INTO atm (number, class, boot_uuid,"
	  " cert_sha256, version, added_s) SELECT printf('%06d', i), 'std', zeroblob(16), zeroblob(32), 1, i FROM n",
	  "atm-list", "atms", "added_s", 1502, 2, false },
	{ "the list of employees has each once, by number", ROWS(999) " INSERT INTO employee (number, name, added_s)"
	  " SELECT printf('%06d', i), '-', i FROM n", "employee-list", "employees", "added_s", 1001, 2, false },
};

START_TEST(list_pages)
{
	const struct list *list = &lists[_i];
	json_t *rows;
	int pages;

	center_sql(list->sql);
	rows = read_all(json_pack("{s:s}", "do", list->request), list->name, &pages);
	ck_assert_int_eq(pages, list->pages);
	ck_assert_uint_eq(json_array_size(rows), list->nr);
	for (size_t i = 1; i < list->nr; i++) {
		int64_t before = member(rows, i - 1, list->member), now = member(rows, i, list->member);

		/* What the fixture added comes between by number, not by time. */
		if (before >= START_S || now >= START_S || before == 1 || now == 1)
			continue;
		ck_assert_msg(list->is_falling ? now <= before : now > before, "row %zu", i);
		ck_assert(!json_equal(json_array_get(rows, i), json_array_get(rows, i - 1)));
	}
	json_decref(rows);
}
END_TEST

START_TEST(alarm_raised_between)
{
	bool is_seen = false;
	json_t *in = json_pack("{s:s}", "do", "alarm-list"), *out;

	center_sql(ROWS(2000) " INSERT INTO alarm (kind, atm, job, detail, first_s, last_s)"
		   " SELECT 'fork', '', 0, i, i, i FROM n");
	for (int page = 0; page < 3; page++) {
		out = center_read("o", json_incref(in));
		for (size_t i = 0; i < json_array_size(json_object_get(out, "alarms")); i++)
			is_seen |= member(json_object_get(out, "alarms"), i, "id") == 7;
		json_object_set(in, "after", json_object_get(out, "next"));
		json_decref(out);
		center_sql("UPDATE alarm SET times = times + 1, last_s = 5000 WHERE id = 7");
	}
	ck_assert(is_seen);
	json_decref(in);
}
END_TEST

static const struct { const char *sentence, *in; } garbled[] = {
	{ "a list does not go on after a number that is text", "{\"do\":\"job-list\", \"after\":\"x\"}" },
	{ "a list does not go on after nothing", "{\"do\":\"atm-list\", \"after\":\"\"}" },
	{ "alarms do not go on after half a place", "{\"do\":\"alarm-list\", \"after\":[1]}" },
	{ "records do not go on after a boot that is none",
	  "{\"do\":\"audit-list\", \"atm\":\"1\", \"after\":[1, 1, \"zz\", false]}" },
	{ "records of no machine are not listed", "{\"do\":\"audit-list\"}" },
	{ "a job that is not there has no report", "{\"do\":\"job-show\", \"job\":77}" },
	{ "what changes something is not a reader's", "{\"do\":\"atm-revoke\", \"number\":\"" ATM_A "\"}" },
	{ "what is no object is answered with a reason", "[1]" },
};

START_TEST(garbled_request)
{
	json_t *out = center_read("o", json_loads(garbled[_i].in, 0, NULL));

	ck_assert_str_eq(json_string_value(json_object_get(out, "result")), "error");
	ck_assert_uint_gt(strlen(json_string_value(json_object_get(out, "error"))), 5);
	ck_assert_int_eq(center_number("SELECT count(*) FROM atm WHERE revoked_s IS NOT NULL"), 0);
	json_decref(out);
}
END_TEST

/* What stderr holds, from here on. */
static FILE *watch_log(void)
{
	FILE *file = tmpfile();

	fflush(stderr);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	return file;
}

static bool has_line(FILE *file, const char *part)
{
	char line[1024];

	rewind(file);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, part))
			return true;
	return false;
}

START_TEST(said_when_durable)
{
	struct center_job job = center_open(ATM_A, "diagnosis");
	FILE *log = watch_log();
	struct ag_answer answer;

	/* The machine is revoked and said to be before its job cannot be. */
	center_sql("CREATE TRIGGER full BEFORE UPDATE OF state ON job BEGIN SELECT RAISE(ABORT, 'full'); END");
	ck_assert(!center_does("{s:s, s:s}", "do", "atm-revoke", "number", ATM_A));
	ck_assert(!has_line(log, "revoked by="));
	ck_assert(!center_unlocks(ATM_A, wrong_otp(job.otp), EMPLOYEE, 1));
	ck_assert(has_line(log, "reason=wrong-password"));
	center_unlock(ATM_A, job.otp, EMPLOYEE, 1, &answer);
	ck_assert_int_eq(answer.status, 503);
	ck_assert(!has_line(log, "answer=ok"));
	center_sql("DROP TRIGGER full");
	ck_assert(center_unlocks(ATM_A, job.otp, EMPLOYEE, 1));
	ck_assert(has_line(log, "answer=ok"));
	ck_assert(center_does("{s:s, s:s}", "do", "atm-revoke", "number", ATM_A));
	ck_assert(has_line(log, "atm=" ATM_A " revoked by=uid 0"));
	fclose(log);
}
END_TEST

START_TEST(revocation_told)
{
	ck_assert(!center_does("{s:s, s:s}", "do", "atm-revoke", "number", "777"));
	ck_assert_str_eq(center_revoked, "");
	center_sql("CREATE TRIGGER full BEFORE UPDATE OF revoked_s ON atm BEGIN SELECT RAISE(ABORT, 'full'); END");
	ck_assert(!center_does("{s:s, s:s}", "do", "atm-revoke", "number", ATM_A));
	ck_assert_str_eq(center_revoked, "");
	center_sql("DROP TRIGGER full");
	ck_assert(center_does("{s:s, s:s}", "do", "atm-revoke", "number", ATM_A));
	ck_assert_str_eq(center_revoked, ATM_A);
}
END_TEST

static const struct { const char *sentence; const TTest **test; } tests[] = {
	{ "records come boot by boot in the order written, each once, the one kept apart too", &audit_pages },
	{ "a list that ends with a full page ends", &audit_full_page },
	{ "a machine of very many boots can be read", &audit_many_boots },
	{ "records of another machine are not among them", &audit_of_another },
	{ "the report of a job has its records and what was refused meanwhile, each once", &report_pages },
	{ "an alarm that is raised again between two pages is not missing from both", &alarm_raised_between },
	{ "the log says what was done once it is durable, and nothing of what was undone", &said_when_durable },
	{ "a revocation is told on once it is durable, and not when it failed", &revocation_told },
};

int main(void)
{
	Suite *suite = suite_create("center_reader");

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		center_add(suite, tests[i].sentence, *tests[i].test, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		center_add(suite, lists[i].sentence, list_pages, i);
	for (size_t i = 0; i < sizeof(garbled) / sizeof(garbled[0]); i++)
		center_add(suite, garbled[i].sentence, garbled_request, i);
	return harness_run(suite, "check_center_reader");
}
