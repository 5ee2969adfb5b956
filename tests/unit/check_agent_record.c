// SPDX-License-Identifier: MIT
// Audit records as text: readable, complete, and unable to forge a line.
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "agent/ctl/record.h"
#include "agent/common/secret.h"
#include "harness.h"

#define BASE .seq = 57, .wall_ns = 1700000000000000000ull

static const struct {
	const char *sentence;
	struct atmguard_record record;
	const char *line;
} rows[] = {
	{ "a denial names hook, error, path and process",
	  { BASE, .type = ATMGUARD_EV_DENY, .code = ATMGUARD_HOOK_EXEC, .error = -EACCES, .pid = 812,
	    .uid = 1000, .comm = "bash", .detail = "/tmp/x" },
	  "2023-11-14T22:13:20Z #57 DENY exec EACCES /tmp/x (pid 812 uid 1000 bash)" },
	{ "an unlock names scopes, employee and job",
	  { BASE, .type = ATMGUARD_EV_UNLOCK, .aux = 3, .job = 17, .detail = "100234" },
	  "2023-11-14T22:13:20Z #57 UNLOCK tools,storage-read, employee 100234 job 17" },
	{ "a relock names its reason and the survivors",
	  { BASE, .type = ATMGUARD_EV_RELOCK, .code = ATMGUARD_RELOCK_TIMER, .job = 17 },
	  "2023-11-14T22:13:20Z #57 RELOCK timer, 0 survivors job 17" },
	{ "a refused object names its purpose",
	  { BASE, .type = ATMGUARD_EV_REFUSED, .code = 3, .error = -ENOKEY },
	  "2023-11-14T22:13:20Z #57 REFUSED grant ENOKEY" },
	{ "without a wall clock the time since boot is shown",
	  { .seq = 1, .boot_ns = 2500000000ull, .type = ATMGUARD_EV_BOOT, .detail = "6.12" },
	  "boot+2s #1 BOOT 6.12" },
	{ "repeated denials are counted",
	  { BASE, .type = ATMGUARD_EV_DENY, .code = ATMGUARD_HOOK_NODE, .error = -EPERM, .repeats = 9 },
	  "2023-11-14T22:13:20Z #57 DENY node EPERM and 9 more" },
	{ "an event of a newer kernel is shown by its numbers, with all that it brings",
	  { BASE, .type = 77, .code = 99, .aux = 5, .error = -4000, .detail = "/x" },
	  "2023-11-14T22:13:20Z #57 event 77 code 99, aux 5 E4000 /x" },
	{ "a hook of a newer kernel is shown by its number",
	  { BASE, .type = ATMGUARD_EV_DENY, .code = 99, .error = -EPERM },
	  "2023-11-14T22:13:20Z #57 DENY hook 99 EPERM" },
	{ "a purpose of a newer kernel is shown by its number",
	  { BASE, .type = ATMGUARD_EV_REFUSED, .code = 9, .error = -ENOKEY },
	  "2023-11-14T22:13:20Z #57 REFUSED purpose 9 ENOKEY" },
	{ "a reason of a newer kernel is shown by its number",
	  { BASE, .type = ATMGUARD_EV_RELOCK, .code = 3 },
	  "2023-11-14T22:13:20Z #57 RELOCK relock 3, 0 survivors" },
	{ "scopes of a newer center are shown by their numbers",
	  { BASE, .type = ATMGUARD_EV_UNLOCK, .aux = 1u << 31 | 1u << 9 | 1u, .detail = "100234" },
	  "2023-11-14T22:13:20Z #57 UNLOCK tools,scope 9,scope 31, employee 100234" },
	{ "an unlock without scopes says so",
	  { BASE, .type = ATMGUARD_EV_UNLOCK, .detail = "100234" },
	  "2023-11-14T22:13:20Z #57 UNLOCK -, employee 100234" },
	{ "a path in Japanese stays readable",
	  { BASE, .type = ATMGUARD_EV_MOUNT, .detail = "/媒体/保守" },
	  "2023-11-14T22:13:20Z #57 MOUNT /媒体/保守" },
	{ "control bytes in a path are escaped",
	  { BASE, .type = ATMGUARD_EV_ALARM, .detail = "a\n2023 #1 UNLOCK\x1b[2J\x7f\xc2\x9b" },
	  "2023-11-14T22:13:20Z #57 ALARM a\\x0a2023 #1 UNLOCK\\x1b[2J\\x7f\\xc2\x9b" },
};

START_TEST(line)
{
	char text[AG_RECORD_LINE_SIZE];

	ag_record_line(&rows[_i].record, text, sizeof(text));
	ck_assert_str_eq(text, rows[_i].line);
}
END_TEST

START_TEST(full_fields)
{
	struct atmguard_record record;
	char text[AG_RECORD_LINE_SIZE], small[16];

	memset(&record, 0xff, sizeof(record));
	memset(record.comm, 'c', sizeof(record.comm));
	memset(record.detail, '\n', sizeof(record.detail));
	ag_record_line(&record, text, sizeof(text));
	ck_assert_uint_lt(strlen(text), sizeof(text) - 1);
	ag_record_line(&record, small, sizeof(small));
	ck_assert_uint_eq(strlen(small), sizeof(small) - 1);
}
END_TEST

START_TEST(json)
{
	struct atmguard_record record = { BASE, .type = ATMGUARD_EV_DENY,
					  .code = ATMGUARD_HOOK_MMAP, .error = -EACCES,
					  .digest = { 0xab }, .detail = "a\"\n" };
	char *text = ag_record_json(&record);
	json_t *object = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(object);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "seq")), 57);
	ck_assert_str_eq(json_string_value(json_object_get(object, "event")), "DENY");
	ck_assert_str_eq(json_string_value(json_object_get(object, "what")), "mmap");
	ck_assert_str_eq(json_string_value(json_object_get(object, "error")), "EACCES");
	ck_assert_str_eq(json_string_value(json_object_get(object, "detail")), "a\"\n");
	ck_assert_int_eq(strncmp(json_string_value(json_object_get(object, "digest")), "ab00", 4), 0);
	ck_assert_ptr_null(strchr(text, '\n'));
	json_decref(object);
	ag_secret_free(text);
}
END_TEST

START_TEST(json_newer)
{
	struct atmguard_record record = { BASE, .type = 77, .code = 99, .aux = 5 };
	char *text = ag_record_json(&record);
	json_t *object = json_loads(text, 0, NULL);

	ck_assert_str_eq(json_string_value(json_object_get(object, "event")), "event 77");
	ck_assert_str_eq(json_string_value(json_object_get(object, "what")), "code 99, aux 5");
	ck_assert_int_eq(json_integer_value(json_object_get(object, "code")), 99);
	json_decref(object);
	ag_secret_free(text);
}
END_TEST

START_TEST(json_not_utf8)
{
	struct atmguard_record record = { BASE, .type = ATMGUARD_EV_DENY };
	char *text;
	json_t *object;

	/* A detail cut in the middle of a character, and one of noise. */
	memset(record.detail, 0xe5, sizeof(record.detail));
	text = ag_record_json(&record);
	object = json_loads(text, 0, NULL);
	ck_assert_uint_eq(json_string_length(json_object_get(object, "detail")),
			  4 * sizeof(record.detail));
	json_decref(object);
	ag_secret_free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent record");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		harness_add_row(suite, rows[i].sentence, line, (int)i);
	harness_add(suite, "fields without a NUL and small buffers are not overrun", full_fields);
	harness_add(suite, "JSON carries names and numbers on one line", json);
	harness_add(suite, "JSON carries a record of a newer kernel whole", json_newer);
	harness_add(suite, "JSON stays JSON when a detail is not UTF-8", json_not_utf8);
	return harness_run(suite, "check_agent_record");
}
