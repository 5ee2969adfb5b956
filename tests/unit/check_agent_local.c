// SPDX-License-Identifier: MIT
// The local socket: what the agent takes from a client, and a client from the agent.
#include <errno.h>
#include <string.h>

#include "agent/common/local.h"
#include "agent/common/secret.h"
#include "harness.h"

static const struct {
	const char *sentence, *text;
	int expected;
} packets[] = {
	{ "status is understood", "{\"do\":\"status\"}", AG_LOCAL_STATUS },
	{ "complete is understood", "{\"do\":\"complete\"}", AG_LOCAL_COMPLETE },
	{ "unlock is understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"100234\"}", AG_LOCAL_UNLOCK },
	{ "an employee number of 15 digits is understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"123456789012345\"}", AG_LOCAL_UNLOCK },
	{ "members not known yet are ignored", "{\"do\":\"status\",\"why\":null}", AG_LOCAL_STATUS },
	{ "an empty packet is not understood", "", -EBADMSG },
	{ "text that is not JSON is not understood", "status", -EBADMSG },
	{ "an array is not understood", "[\"status\"]", -EBADMSG },
	{ "an empty object is not understood", "{}", -EBADMSG },
	{ "another request is not understood", "{\"do\":\"open\"}", -EBADMSG },
	{ "a request that is a number is not understood", "{\"do\":1}", -EBADMSG },
	{ "a request stated twice is not understood", "{\"do\":\"status\",\"do\":\"complete\"}", -EBADMSG },
	{ "two requests in a packet are not understood", "{\"do\":\"status\"}{\"do\":\"status\"}", -EBADMSG },
	{ "unlock without values is not understood", "{\"do\":\"unlock\"}", -EBADMSG },
	{ "unlock without an employee is not understood", "{\"do\":\"unlock\",\"otp\":\"123456786\"}", -EBADMSG },
	{ "a password that is a number is not understood", "{\"do\":\"unlock\",\"otp\":123456786,\"employee\":\"1\"}", -EBADMSG },
	{ "a password of eight digits is not understood", "{\"do\":\"unlock\",\"otp\":\"12345678\",\"employee\":\"1\"}", -EBADMSG },
	{ "a password of ten digits is not understood", "{\"do\":\"unlock\",\"otp\":\"1234567860\",\"employee\":\"1\"}", -EBADMSG },
	{ "a password with a letter is not understood", "{\"do\":\"unlock\",\"otp\":\"12345678a\",\"employee\":\"1\"}", -EBADMSG },
	{ "a password with a wrong check digit is not understood", "{\"do\":\"unlock\",\"otp\":\"123456787\",\"employee\":\"1\"}", -EBADMSG },
	{ "a password with two digits swapped is not understood", "{\"do\":\"unlock\",\"otp\":\"213456786\",\"employee\":\"1\"}", -EBADMSG },
	{ "an empty employee number is not understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"\"}", -EBADMSG },
	{ "an employee number of 16 digits is not understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"1234567890123456\"}", -EBADMSG },
	{ "an employee number with a sign is not understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"-1\"}", -EBADMSG },
	{ "an employee number in full-width digits is not understood", "{\"do\":\"unlock\",\"otp\":\"123456786\",\"employee\":\"\xef\xbc\x91\"}", -EBADMSG },
};

START_TEST(parse)
{
	struct ag_local_request request;
	int r = ag_local_parse_request(packets[_i].text, strlen(packets[_i].text), &request);

	if (packets[_i].expected < 0) {
		ck_assert_int_eq(r, packets[_i].expected);
		return;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq((int)request.what, packets[_i].expected);
}
END_TEST

START_TEST(too_long)
{
	char text[AG_LOCAL_PACKET_MAX + 2];
	struct ag_local_request request;

	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"do\":\"status\"}", 15);
	ck_assert_int_eq(ag_local_parse_request(text, AG_LOCAL_PACKET_MAX, &request), 0);
	ck_assert_int_eq(ag_local_parse_request(text, AG_LOCAL_PACKET_MAX + 1, &request), -EBADMSG);
}
END_TEST

START_TEST(request_round_trip)
{
	struct ag_local_request got;

	for (int what = 0; what < AG_LOCAL_NR_REQUESTS; what++) {
		const struct ag_local_request request = { (enum ag_local_do)what, "123456786", "100234" };
		char *text = ag_local_write_request(&request);

		ck_assert_int_eq(ag_local_parse_request(text, strlen(text), &got), 0);
		ck_assert_int_eq((int)got.what, what);
		ck_assert_str_eq(got.otp, what == AG_LOCAL_UNLOCK ? request.otp : "");
		ck_assert_str_eq(got.employee, what == AG_LOCAL_UNLOCK ? request.employee : "");
		ag_secret_free(text);
	}
}
END_TEST

/* Takes the text of an answer over. */
static struct ag_local_answer through(char *text, enum ag_local_do what)
{
	struct ag_local_answer answer;

	ck_assert_ptr_nonnull(text);
	ck_assert_uint_le(strlen(text), AG_LOCAL_PACKET_MAX);
	ck_assert_int_eq(ag_local_parse_answer(text, strlen(text), what, &answer), 0);
	ag_secret_free(text);
	return answer;
}

START_TEST(status_round_trip)
{
	/* An ATM number may fill its field without a NUL. */
	struct atmguard_status status = {
		.state = ATMGUARD_MAINTENANCE, .job = 17, .remaining_ms = 3599001,
		.scopes = ATMGUARD_SCOPE_TOOLS | ATMGUARD_SCOPE_DECOMMISSION,
		.atm = { '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '1', '2', '3', '4', '5', '6' },
	};
	struct ag_local_answer answer = through(ag_local_write_status(&status, AG_CENTER_UP),
						AG_LOCAL_STATUS);

	ck_assert_int_eq((int)answer.state, ATMGUARD_MAINTENANCE);
	ck_assert_int_eq((int)answer.center, AG_CENTER_UP);
	ck_assert_str_eq(answer.atm, "1234567890123456");
	ck_assert_uint_eq(answer.job, 17);
	ck_assert_uint_eq(answer.remaining_s, 3600);
	ck_assert_uint_eq(answer.scopes, status.scopes);
}
END_TEST

START_TEST(other_round_trips)
{
	const struct atmguard_status status = { .job = 3, .scopes = 2, .remaining_ms = 1 };
	struct ag_local_answer answer = through(ag_local_write_opened(&status), AG_LOCAL_UNLOCK);

	ck_assert_uint_eq(answer.job, 3);
	ck_assert_uint_eq(answer.remaining_s, 1);
	answer = through(ag_local_write_ng(), AG_LOCAL_UNLOCK);
	ck_assert_int_eq((int)answer.result, AG_LOCAL_NG);
	answer = through(ag_local_write_completed(2), AG_LOCAL_COMPLETE);
	ck_assert_uint_eq(answer.survivors, 2);
	for (int reason = 0; reason < AG_NR_REASONS; reason++) {
		answer = through(ag_local_write_error((enum ag_reason)reason, "E"), AG_LOCAL_STATUS);
		ck_assert_int_eq((int)answer.result, AG_LOCAL_ERROR);
		ck_assert_int_eq((int)answer.reason, reason);
		ck_assert_str_eq(answer.detail, "E");
	}
}
END_TEST

#define STATUS(atm, scopes) "{\"result\":\"ok\",\"state\":\"locked\",\"atm\":" atm ",\"job\":0," \
	"\"scopes\":" scopes ",\"remaining_s\":0,\"center\":\"up\"}"

static const struct {
	const char *sentence, *text;
	enum ag_local_do what;
} answers_refused[] = {
	{ "an empty answer is refused", "", AG_LOCAL_STATUS },
	{ "an answer without a result is refused", "{}", AG_LOCAL_STATUS },
	{ "a status without a state is refused", "{\"result\":\"ok\"}", AG_LOCAL_STATUS },
	{ "a status in an unknown state is refused", "{\"result\":\"ok\",\"state\":\"open\",\"atm\":\"1\",\"job\":0,\"scopes\":[],\"remaining_s\":0,\"center\":\"up\"}", AG_LOCAL_STATUS },
	{ "an ATM number that steers a terminal is refused", STATUS("\"\\u001b[2J\"", "[]"), AG_LOCAL_STATUS },
	{ "an ATM number that is too long is refused", STATUS("\"12345678901234567\"", "[]"), AG_LOCAL_STATUS },
	{ "scopes that are no list are refused", STATUS("\"1\"", "1"), AG_LOCAL_STATUS },
	{ "an error without a reason is refused", "{\"result\":\"error\"}", AG_LOCAL_UNLOCK },
	{ "an error of an unknown reason is refused", "{\"result\":\"error\",\"reason\":\"x\"}", AG_LOCAL_UNLOCK },
	{ "ng to a completion is refused", "{\"result\":\"ng\"}", AG_LOCAL_COMPLETE },
	{ "a completion without survivors is refused", "{\"result\":\"ok\"}", AG_LOCAL_COMPLETE },
	{ "an unlock without a job is refused", "{\"result\":\"ok\",\"scopes\":[],\"remaining_s\":0}", AG_LOCAL_UNLOCK },
};

START_TEST(refuses_answer)
{
	struct ag_local_answer answer;

	ck_assert_int_eq(ag_local_parse_answer(answers_refused[_i].text, strlen(answers_refused[_i].text),
					       answers_refused[_i].what, &answer), -EBADMSG);
}
END_TEST

START_TEST(new_scopes)
{
	static const char text[] = STATUS("\"1\"", "[\"later\",\"tools\",7]");
	struct ag_local_answer answer;

	ck_assert_int_eq(ag_local_parse_answer(text, strlen(text), AG_LOCAL_STATUS, &answer), 0);
	ck_assert_uint_eq(answer.scopes, ATMGUARD_SCOPE_TOOLS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent request");

	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		harness_add_row(suite, packets[i].sentence, parse, (int)i);
	harness_add(suite, "a packet of more than 4096 bytes is not understood", too_long);
	harness_add(suite, "the agent understands what its clients write", request_round_trip);
	harness_add(suite, "a status arrives whole, its seconds rounded up", status_round_trip);
	harness_add(suite, "every other answer arrives whole", other_round_trips);
	for (size_t i = 0; i < sizeof(answers_refused) / sizeof(answers_refused[0]); i++)
		harness_add_row(suite, answers_refused[i].sentence, refuses_answer, (int)i);
	harness_add(suite, "a scope not known yet does not hide the others", new_scopes);
	return harness_run(suite, "check_agent_local");
}
