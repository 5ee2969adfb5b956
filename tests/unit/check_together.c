// SPDX-License-Identifier: MIT
// Agent and center in one process: what either writes, the other reads.
//
// Both sides' own code, without the TLS between them.  jansson's memory is the
// agent's here (agent/common/json.h), also for the center.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/common/secret.h"
#include "agent/daemon/message.h"
#include "center/common/request.h"
#include "lib/cms.h"
#include "center_fixture.h"
#include "harness.h"

_Static_assert(AG_MESSAGE_BATCH <= AG_REQUEST_RECORDS_MAX, "the center takes the agent's full batch");
_Static_assert(AG_SIG_MAX <= ATMGUARD_SIG_MAX, "the agent takes the center's longest signature");

/* ---- the way of a text through both ---- */

struct arrived {
	struct ag_request request;
	struct atmguard_record *records;
};

/* Takes @text, which the agent wrote, over; as a TLS worker of the center reads it. */
static struct arrived arrive(const char *path, char *text)
{
	struct arrived arrived = { .request = { .atm = ATM_A, .cert_sha256 = { 0xaa } } };
	const char *error = "";
	enum ag_request_kind kind = ag_request_kind(path);

	ck_assert_ptr_nonnull(text);
	ck_assert_uint_le(strlen(text), AG_REQUEST_BODY_MAX);
	ck_assert_msg(!ag_request_parse(kind, text, strlen(text), &arrived.request, &arrived.records,
					&error), "%s", error);
	ck_assert(ag_request_is_sane(&arrived.request, kind,
				     sizeof(arrived.request) + arrived.request.nr_records *
				     sizeof(*arrived.records)));
	ag_secret_free(text);
	return arrived;
}

/* The center's answer to @text. */
static struct ag_answer answer_to(const char *path, char *text)
{
	struct arrived arrived = arrive(path, text);
	struct ag_answer answer;

	center_decide(&center, ag_request_kind(path), &arrived.request, arrived.records, &answer);
	free(arrived.records);
	ck_assert_int_eq(answer.status, 200);
	return answer;
}

static void is_signed(const void *object, size_t len, const struct ag_message_sig *sig)
{
	STACK_OF(X509) *anchors = sk_X509_new_null();

	sk_X509_push(anchors, center_keys.grant_cert);
	ck_assert_int_eq(ag_cms_verify(anchors, object, len, sig->bytes, sig->len), 0);
	sk_X509_free(anchors);
}

/* ---- heartbeat ---- */

START_TEST(hello_arrives)
{
	struct atmguard_status status = {
		.state = (__u32)_i, .policy_version = INT64_MAX, .next_seq = 1ull << 40, .boot_id = { 1, 2, 3 },
	};
	struct arrived arrived = arrive("/v1/hello", ag_message_hello(&status));

	ck_assert_uint_eq(arrived.request.state, status.state);
	ck_assert_uint_eq(arrived.request.policy_version, status.policy_version);
	ck_assert_uint_eq(arrived.request.next_seq, status.next_seq);
	ck_assert_mem_eq(arrived.request.boot_id, status.boot_id, sizeof(status.boot_id));
}
END_TEST

START_TEST(hello_is_answered)
{
	const struct atmguard_status status = { .state = ATMGUARD_LOCKED };
	struct ag_answer answer = answer_to("/v1/hello", ag_message_hello(&status));
	struct ag_message_hello_answer hello;

	ck_assert_int_eq(ag_message_parse_hello(answer.body, answer.len, &hello), 0);
}
END_TEST

/* ---- unlock ---- */

static struct ag_message_unlock_answer unlock(const char *otp, const char *employee, uint8_t first)
{
	const uint8_t nonce[ATMGUARD_NONCE_LEN] = { first };
	struct ag_answer answer = answer_to("/v1/unlock", ag_message_unlock(otp, employee, nonce));
	struct ag_message_unlock_answer unlock;

	ck_assert_int_eq(ag_message_parse_unlock(answer.body, answer.len, nonce, &unlock), 0);
	return unlock;
}

START_TEST(unlock_arrives)
{
	const uint8_t nonce[ATMGUARD_NONCE_LEN] = { 0, 0xff, 0x80, 7 };
	struct arrived arrived = arrive("/v1/unlock", ag_message_unlock("123456786", "123456789012345", nonce));

	ck_assert_str_eq(arrived.request.otp, "123456786");
	ck_assert_str_eq(arrived.request.employee, "123456789012345");
	ck_assert_mem_eq(arrived.request.nonce, nonce, sizeof(nonce));
}
END_TEST

START_TEST(unlock_is_granted)
{
	struct center_job job = center_open(ATM_A, "media-read");
	struct ag_message_unlock_answer answer = unlock(job.otp, EMPLOYEE, 1), again;

	ck_assert(answer.is_ok);
	ck_assert_int_eq((int64_t)answer.grant.job, job.id);
	ck_assert_str_eq(answer.grant.atm, ATM_A);
	is_signed(&answer.grant, sizeof(answer.grant), &answer.sig);
	/* A lost reply is asked for again. */
	again = unlock(job.otp, EMPLOYEE, 1);
	ck_assert(again.is_ok);
	ck_assert_mem_eq(&again.grant, &answer.grant, sizeof(answer.grant));
}
END_TEST

START_TEST(unlock_is_denied)
{
	struct center_job job = center_open(ATM_A, "media-read");

	ck_assert(!unlock(wrong_otp(job.otp), EMPLOYEE, 1).is_ok);
	ck_assert(!unlock(job.otp, OTHER_EMPLOYEE, 2).is_ok);
}
END_TEST

/* ---- audit ---- */

static struct ag_message_audit_answer ship(const struct center_chain *chain, uint32_t from, uint32_t nr,
					   bool is_lost)
{
	struct ag_answer answer = answer_to("/v1/audit", ag_message_audit(chain->boot_id,
									  chain->records + from,
									  nr, is_lost));
	struct ag_message_audit_answer audit;

	ck_assert_int_eq(ag_message_parse_audit(answer.body, answer.len, chain->boot_id, &audit), 0);
	return audit;
}

static void make_chain(struct center_chain *chain, int nr)
{
	chain_start(chain, 9);
	for (int i = 0; i < nr; i++)
		chain_add(chain, ATMGUARD_EV_DENY, ATMGUARD_HOOK_EXEC, 0, 0, "/tmp/x");
}

START_TEST(records_arrive)
{
	const uint8_t boot_id[ATMGUARD_UUID_LEN] = { 9, 0, 0xff };
	struct atmguard_record *records = calloc(AG_MESSAGE_BATCH, sizeof(*records));
	struct arrived arrived;

	for (size_t i = 0; i < AG_MESSAGE_BATCH; i++) {
		memset(&records[i], (int)i, sizeof(records[i]));
		records[i].seq = 1000 + i;
	}
	arrived = arrive("/v1/audit", ag_message_audit(boot_id, records, AG_MESSAGE_BATCH, true));
	ck_assert_uint_eq(arrived.request.nr_records, AG_MESSAGE_BATCH);
	ck_assert_mem_eq(arrived.records, records, AG_MESSAGE_BATCH * sizeof(*records));
	ck_assert_mem_eq(arrived.request.boot_id, boot_id, sizeof(boot_id));
	ck_assert(arrived.request.is_lost);
	free(arrived.records);
	free(records);
}
END_TEST

START_TEST(records_are_receipted)
{
	struct ag_message_audit_answer answer;
	struct center_chain chain;

	make_chain(&chain, 5);
	answer = ship(&chain, 0, 5, false);
	ck_assert(!answer.is_gap);
	ck_assert_uint_eq(answer.receipt.seq, 4);
	ck_assert_mem_eq(answer.receipt.hash, chain.tip, sizeof(chain.tip));
	is_signed(&answer.receipt, sizeof(answer.receipt), &answer.sig);
}
END_TEST

START_TEST(gap_is_told)
{
	struct ag_message_audit_answer answer;
	struct center_chain chain;

	make_chain(&chain, 8);
	ship(&chain, 0, 3, false);
	answer = ship(&chain, 5, 3, false);
	ck_assert(answer.is_gap);
	ck_assert_uint_eq(answer.expected, 3);
	ck_assert(!ship(&chain, 5, 3, true).is_gap);
}
END_TEST

int main(void)
{
	static const char *const states[ATMGUARD_NR_STATES] = {
		[ATMGUARD_UNSEALED] = "the center reads a heartbeat of an unsealed machine",
		[ATMGUARD_LOCKED] = "the center reads a heartbeat of a locked machine",
		[ATMGUARD_MAINTENANCE] = "the center reads a heartbeat of a machine in maintenance",
		[ATMGUARD_RELOCKING] = "the center reads a heartbeat of a relocking machine",
		[ATMGUARD_TAMPERED] = "the center reads a heartbeat of a tampered machine",
	};
	Suite *suite = suite_create("agent and center");

	for (int i = 0; i < ATMGUARD_NR_STATES; i++)
		harness_add_row(suite, states[i], hello_arrives, i);
	center_add(suite, "the agent reads the center's answer to a heartbeat", hello_is_answered, 0);
	harness_add(suite, "the center reads the three values of an unlock", unlock_arrives);
	center_add(suite, "the agent reads the grant, twice the same over one nonce", unlock_is_granted, 0);
	center_add(suite, "the agent reads the center's no", unlock_is_denied, 0);
	harness_add(suite, "the center reads a full batch of records, byte by byte", records_arrive);
	center_add(suite, "the agent reads a receipt over all it sent", records_are_receipted, 0);
	center_add(suite, "the agent reads where the center misses records", gap_is_told, 0);
	return harness_run(suite, "check_together");
}
