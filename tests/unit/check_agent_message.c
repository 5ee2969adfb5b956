// SPDX-License-Identifier: MIT
// The conversation with the center: what is asked, and which answers are believed.
#include <endian.h>
#include <errno.h>
#include "lib/hex.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/message.h"
#include "agent/common/secret.h"
#include "harness.h"

static const uint8_t nonce[ATMGUARD_NONCE_LEN] = { 7, 1 };
static const uint8_t boot_id[ATMGUARD_UUID_LEN] = { 9, 2 };

/* Replaces %G and %R in @format by a grant and a receipt, and pads to 1024. */
static char *make_answer(const char *format, const struct ag_grant *grant,
			 const struct ag_receipt *receipt)
{
	static char text[4 * AG_MESSAGE_AUDIT_MAX];
	char base64[AG_BASE64_SIZE(sizeof(*grant))];
	size_t len = 0;

	for (const char *p = format; *p; p++) {
		if (p[0] == '%' && (p[1] == 'G' || p[1] == 'R')) {
			if (*++p == 'G')
				ag_base64_encode(grant, sizeof(*grant), base64);
			else
				ag_base64_encode(receipt, sizeof(*receipt), base64);
			strcpy(text + len, base64);
			len += strlen(base64);
		} else {
			text[len++] = *p;
		}
	}
	while (len < AG_MESSAGE_UNLOCK_LEN)
		text[len++] = ' ';
	text[len] = '\0';
	return text;
}

static struct ag_grant good_grant(void)
{
	struct ag_grant grant = { .purpose = AG_PURPOSE_GRANT, .job = htole64(17) };

	memcpy(grant.nonce, nonce, sizeof(nonce));
	return grant;
}

static struct ag_receipt good_receipt(void)
{
	struct ag_receipt receipt = { .purpose = AG_PURPOSE_RECEIPT, .seq = htole64(41) };

	memcpy(receipt.boot_id, boot_id, sizeof(boot_id));
	return receipt;
}

/* ---- unlock ---- */

#define OK_ANSWER "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\",\"sig\":\"AAEC\"}"

START_TEST(unlock_ok)
{
	struct ag_grant grant = good_grant();
	struct ag_message_unlock_answer answer;
	char *text = make_answer(OK_ANSWER, &grant, NULL);

	ck_assert_int_eq(ag_message_parse_unlock(text, strlen(text), nonce, &answer), 0);
	ck_assert(answer.is_ok);
	ck_assert_mem_eq(&answer.grant, &grant, sizeof(grant));
	ck_assert_uint_eq(answer.sig.len, 3);
	ck_assert_mem_eq(answer.sig.bytes, "\0\1\2", 3);
}
END_TEST

START_TEST(unlock_ng)
{
	struct ag_message_unlock_answer answer = { .is_ok = true };
	char *text = make_answer("{\"result\":\"ng\",\"later\":[1,{}]}", NULL, NULL);

	ck_assert_int_eq(ag_message_parse_unlock(text, strlen(text), nonce, &answer), 0);
	ck_assert(!answer.is_ok);
}
END_TEST

static const struct {
	const char *sentence, *answer;
} unlock_refused[] = {
	{ "an answer without a result is garbled", "{}" },
	{ "an answer that is an array is garbled", "[\"ok\"]" },
	{ "an answer that is a string is garbled", "\"ng\"" },
	{ "a result that is a number is garbled", "{\"result\":1}" },
	{ "another result is garbled", "{\"result\":\"OK\"}" },
	{ "a result stated twice is garbled", "{\"result\":\"ng\",\"result\":\"ng\"}" },
	{ "an object with something behind it is garbled", "{\"result\":\"ng\"}x" },
	{ "two objects are garbled", "{\"result\":\"ng\"}{\"result\":\"ng\"}" },
	{ "ok without anything is garbled", "{\"result\":\"ok\"}" },
	{ "ok without a job is garbled", "{\"result\":\"ok\",\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "job 0 is garbled", "{\"result\":\"ok\",\"job\":0,\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "a negative job is garbled", "{\"result\":\"ok\",\"job\":-17,\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "a job with a fraction is garbled", "{\"result\":\"ok\",\"job\":17.0,\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "a job that is a string is garbled", "{\"result\":\"ok\",\"job\":\"17\",\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "a job beyond 63 bits is garbled", "{\"result\":\"ok\",\"job\":9223372036854775808,\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "another job than the grant's is garbled", "{\"result\":\"ok\",\"job\":18,\"grant\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "a grant that is a number is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":1,\"sig\":\"AAEC\"}" },
	{ "an empty grant is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"\",\"sig\":\"AAEC\"}" },
	{ "a short grant is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"AAEC\",\"sig\":\"AAEC\"}" },
	{ "a receipt as a grant is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%R\",\"sig\":\"AAEC\"}" },
	{ "a grant and more is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%GAAEC\",\"sig\":\"AAEC\"}" },
	{ "ok without a signature is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\"}" },
	{ "an empty signature is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\",\"sig\":\"\"}" },
	{ "base64 without padding is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\",\"sig\":\"AAE\"}" },
	{ "base64 with a space is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\",\"sig\":\"AA C\"}" },
	{ "base64 with loose bits is garbled", "{\"result\":\"ok\",\"job\":17,\"grant\":\"%G\",\"sig\":\"AAF=\"}" },
	{ "a zero byte in a string is garbled", "{\"result\":\"ng\\u0000\"}" },
};

START_TEST(unlock_refuses)
{
	struct ag_grant grant = good_grant();
	struct ag_receipt receipt = good_receipt();
	struct ag_message_unlock_answer answer;
	char *text = make_answer(unlock_refused[_i].answer, &grant, &receipt);

	ck_assert_int_eq(ag_message_parse_unlock(text, strlen(text), nonce, &answer), -EBADMSG);
}
END_TEST

START_TEST(unlock_refuses_purpose)
{
	struct ag_grant grant = good_grant();
	struct ag_message_unlock_answer answer;

	grant.purpose[AG_PURPOSE_LEN - 1] = 1;
	make_answer(OK_ANSWER, &grant, NULL);
	ck_assert_int_eq(ag_message_parse_unlock(make_answer(OK_ANSWER, &grant, NULL),
						 AG_MESSAGE_UNLOCK_LEN, nonce, &answer),
			 -EBADMSG);
}
END_TEST

START_TEST(unlock_refuses_nonce)
{
	struct ag_grant grant = good_grant();
	struct ag_message_unlock_answer answer;

	grant.nonce[31] ^= 1;
	ck_assert_int_eq(ag_message_parse_unlock(make_answer(OK_ANSWER, &grant, NULL),
						 AG_MESSAGE_UNLOCK_LEN, nonce, &answer),
			 -EBADMSG);
}
END_TEST

START_TEST(unlock_refuses_length)
{
	struct ag_message_unlock_answer answer;
	char *text = make_answer("{\"result\":\"ng\"}", NULL, NULL);

	ck_assert_int_eq(ag_message_parse_unlock(text, 0, nonce, &answer), -EBADMSG);
	ck_assert_int_eq(ag_message_parse_unlock(text, 1023, nonce, &answer), -EBADMSG);
	strcat(text, " ");
	ck_assert_int_eq(ag_message_parse_unlock(text, 1025, nonce, &answer), -EBADMSG);
}
END_TEST

START_TEST(unlock_request)
{
	char *text = ag_message_unlock("123456786", "100234", nonce);
	json_t *object = json_loads(text, 0, NULL);

	ck_assert_str_eq(json_string_value(json_object_get(object, "otp")), "123456786");
	ck_assert_str_eq(json_string_value(json_object_get(object, "employee")), "100234");
	ck_assert_uint_eq(json_string_length(json_object_get(object, "nonce")), 64);
	ck_assert_int_eq(strncmp(json_string_value(json_object_get(object, "nonce")), "070100", 6), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "v")), 1);
	json_decref(object);
	ag_secret_free(text);
}
END_TEST

/* ---- audit ---- */

START_TEST(audit_ok)
{
	struct ag_receipt receipt = good_receipt();
	struct ag_message_audit_answer answer;
	char *text = make_answer("{\"result\":\"ok\",\"receipt\":\"%R\",\"sig\":\"AAEC\"}", NULL,
				 &receipt);

	ck_assert_int_eq(ag_message_parse_audit(text, strlen(text), boot_id, &answer), 0);
	ck_assert(!answer.is_gap);
	ck_assert_mem_eq(&answer.receipt, &receipt, sizeof(receipt));
}
END_TEST

START_TEST(audit_gap)
{
	struct ag_message_audit_answer answer;
	static const char text[] = "{\"result\":\"gap\",\"expected\":1234}";

	ck_assert_int_eq(ag_message_parse_audit(text, strlen(text), boot_id, &answer), 0);
	ck_assert(answer.is_gap);
	ck_assert_uint_eq(answer.expected, 1234);
}
END_TEST

static const struct {
	const char *sentence, *answer;
} audit_refused[] = {
	{ "a gap without a number is garbled", "{\"result\":\"gap\"}" },
	{ "a gap at a negative number is garbled", "{\"result\":\"gap\",\"expected\":-1}" },
	{ "a gap at a string is garbled", "{\"result\":\"gap\",\"expected\":\"1\"}" },
	{ "an acknowledgement without a receipt is garbled", "{\"result\":\"ok\",\"sig\":\"AAEC\"}" },
	{ "a receipt without a signature is garbled", "{\"result\":\"ok\",\"receipt\":\"%R\"}" },
	{ "a grant as a receipt is garbled", "{\"result\":\"ok\",\"receipt\":\"%G\",\"sig\":\"AAEC\"}" },
	{ "ng to records is garbled", "{\"result\":\"ng\"}" },
};

START_TEST(audit_refuses)
{
	struct ag_grant grant = good_grant();
	struct ag_receipt receipt = good_receipt();
	struct ag_message_audit_answer answer;
	char *text = make_answer(audit_refused[_i].answer, &grant, &receipt);

	ck_assert_int_eq(ag_message_parse_audit(text, strlen(text), boot_id, &answer), -EBADMSG);
}
END_TEST

START_TEST(audit_refuses_other_boot)
{
	struct ag_receipt receipt = good_receipt();
	struct ag_message_audit_answer answer;
	char *text;

	receipt.boot_id[0]++;
	text = make_answer("{\"result\":\"ok\",\"receipt\":\"%R\",\"sig\":\"AAEC\"}", NULL, &receipt);
	ck_assert_int_eq(ag_message_parse_audit(text, strlen(text), boot_id, &answer), -EBADMSG);
}
END_TEST

START_TEST(audit_request)
{
	struct atmguard_record records[2] = { { .seq = 5 }, { .seq = 6 } }, back[2];
	char *text = ag_message_audit(boot_id, records, 2, true);
	json_t *object = json_loads(text, 0, NULL), *data = json_object_get(object, "records");
	size_t len;

	ck_assert(json_is_true(json_object_get(object, "lost")));
	ck_assert_int_eq(ag_base64_decode(json_string_value(data), json_string_length(data), back,
					  sizeof(back), &len), 0);
	ck_assert_uint_eq(len, sizeof(records));
	ck_assert_mem_eq(back, records, sizeof(records));
	json_decref(object);
	ag_secret_free(text);
	text = ag_message_audit(boot_id, records, 2, false);
	ck_assert_ptr_null(strstr(text, "lost"));
	ag_secret_free(text);
}
END_TEST

START_TEST(audit_request_fits)
{
	struct atmguard_record *records = calloc(AG_MESSAGE_BATCH, sizeof(*records));
	char *text = ag_message_audit(boot_id, records, AG_MESSAGE_BATCH, true);

	ck_assert_uint_lt(strlen(text), 1u << 20);
	ag_secret_free(text);
	free(records);
}
END_TEST

/* ---- hello ---- */

static const struct {
	const char *sentence, *answer;
	int expected;
} hellos[] = {
	{ "a heartbeat every 30 s is taken", "{\"result\":\"ok\",\"interval_s\":30}", 0 },
	{ "a heartbeat every second is taken", "{\"result\":\"ok\",\"interval_s\":1}", 0 },
	{ "a heartbeat every hour is taken", "{\"result\":\"ok\",\"interval_s\":3600}", 0 },
	{ "a heartbeat without a pause is refused", "{\"result\":\"ok\",\"interval_s\":0}", -EBADMSG },
	{ "a heartbeat every two hours is refused", "{\"result\":\"ok\",\"interval_s\":7200}", -EBADMSG },
	{ "a heartbeat without an interval is refused", "{\"result\":\"ok\"}", -EBADMSG },
	{ "a heartbeat answered with ng is refused", "{\"result\":\"ng\",\"interval_s\":30}", -EBADMSG },
};

START_TEST(hello)
{
	struct ag_message_hello_answer answer;

	ck_assert_int_eq(ag_message_parse_hello(hellos[_i].answer, strlen(hellos[_i].answer), &answer),
			 hellos[_i].expected);
}
END_TEST

START_TEST(hello_request)
{
	const struct atmguard_status status = { .state = ATMGUARD_TAMPERED, .next_seq = 57 };
	char *text = ag_message_hello(&status);

	ck_assert_ptr_nonnull(strstr(text, "\"state\":\"tampered\""));
	ck_assert_ptr_nonnull(strstr(text, "\"next_seq\":57"));
	ag_secret_free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent message");

	harness_add(suite, "a grant over our nonce is taken", unlock_ok);
	harness_add(suite, "ng is taken, with members not known yet", unlock_ng);
	for (size_t i = 0; i < sizeof(unlock_refused) / sizeof(unlock_refused[0]); i++)
		harness_add_row(suite, unlock_refused[i].sentence, unlock_refuses, (int)i);
	harness_add(suite, "a grant of another purpose is garbled", unlock_refuses_purpose);
	harness_add(suite, "a grant over another nonce is garbled", unlock_refuses_nonce);
	harness_add(suite, "an answer to unlock of any length but 1024 is garbled", unlock_refuses_length);
	harness_add(suite, "the request to unlock carries the three values", unlock_request);
	harness_add(suite, "a receipt for this boot is taken", audit_ok);
	harness_add(suite, "a gap is taken", audit_gap);
	for (size_t i = 0; i < sizeof(audit_refused) / sizeof(audit_refused[0]); i++)
		harness_add_row(suite, audit_refused[i].sentence, audit_refuses, (int)i);
	harness_add(suite, "a receipt for another boot is garbled", audit_refuses_other_boot);
	harness_add(suite, "records go out as they are, with their loss admitted", audit_request);
	harness_add(suite, "a full batch stays under a megabyte", audit_request_fits);
	for (size_t i = 0; i < sizeof(hellos) / sizeof(hellos[0]); i++)
		harness_add_row(suite, hellos[i].sentence, hello, (int)i);
	harness_add(suite, "the heartbeat names state and number", hello_request);
	return harness_run(suite, "check_agent_message");
}
