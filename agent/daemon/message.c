// SPDX-License-Identifier: MIT
// Writes requests to the center and reads its answers.
#include "message.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "agent/common/json.h"
#include "agent/common/secret.h"
#include "lib/hex.h"
#include "lib/names.h"

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "records go on the wire as they stand in memory, little endian"
#endif

char *ag_message_unlock(const char *otp, const char *employee, const uint8_t *nonce)
{
	char hex[2 * ATMGUARD_NONCE_LEN + 1];

	ag_hex_encode(nonce, ATMGUARD_NONCE_LEN, hex);
	return ag_json_dump(json_pack("{si ss ss ss}", "v", 1, "otp", otp, "employee", employee,
				      "nonce", hex));
}

char *ag_message_audit(const uint8_t *boot_id, const struct atmguard_record *records,
		       size_t nr_records, bool is_lost)
{
	size_t len = nr_records * sizeof(*records);
	char *base64 = ag_secret_alloc(AG_BASE64_SIZE(len));
	char hex[2 * ATMGUARD_UUID_LEN + 1];
	json_t *object;

	if (!base64)
		return NULL;
	ag_base64_encode(records, len, base64);
	ag_hex_encode(boot_id, ATMGUARD_UUID_LEN, hex);
	object = json_pack("{si ss ss}", "v", 1, "boot_id", hex, "records", base64);
	ag_secret_free(base64);
	if (object && is_lost && json_object_set_new(object, "lost", json_true())) {
		json_decref(object);
		return NULL;
	}
	return ag_json_dump(object);
}

char *ag_message_hello(const struct atmguard_status *status)
{
	char hex[2 * ATMGUARD_UUID_LEN + 1];

	ag_hex_encode(status->boot_id, ATMGUARD_UUID_LEN, hex);
	return ag_json_dump(json_pack("{si ss sI sI ss}", "v", 1, "state",
				      ag_names_word(AG_NAMES_STATE, status->state).text, "policy_version",
				      (json_int_t)status->policy_version, "next_seq",
				      (json_int_t)status->next_seq, "boot_id", hex));
}

static int parse_base64(const json_t *object, const char *name, void *ret_data, size_t size,
			size_t *ret_len)
{
	const char *text = ag_json_string(object, name);

	if (!text || ag_base64_decode(text, strlen(text), ret_data, size, ret_len))
		return -EBADMSG;
	return 0;
}

static int parse_sig(const json_t *object, struct ag_message_sig *ret_sig)
{
	int r = parse_base64(object, "sig", ret_sig->bytes, sizeof(ret_sig->bytes),
			     &ret_sig->len);

	return r || !ret_sig->len ? -EBADMSG : 0;
}

/* An object's first field names its purpose, NUL padded. */
static bool has_purpose(const char *field, const char *purpose)
{
	char padded[AG_PURPOSE_LEN] = "";

	memcpy(padded, purpose, strlen(purpose));
	return !memcmp(field, padded, AG_PURPOSE_LEN);
}

static int parse_grant(const json_t *object, const uint8_t *nonce,
		       struct ag_message_unlock_answer *answer)
{
	struct ag_grant *grant = &answer->grant;
	uint64_t job;
	size_t len;

	if (ag_json_u64(object, "job", 1, INT64_MAX, &job) ||
	    parse_base64(object, "grant", grant, sizeof(*grant), &len) ||
	    len != sizeof(*grant) || parse_sig(object, &answer->sig))
		return -EBADMSG;
	if (!has_purpose(grant->purpose, AG_PURPOSE_GRANT) || le64toh(grant->job) != job ||
	    memcmp(grant->nonce, nonce, ATMGUARD_NONCE_LEN))
		return -EBADMSG;
	return 0;
}

static int parse_receipt(const json_t *object, const uint8_t *boot_id,
			 struct ag_message_audit_answer *answer)
{
	struct ag_receipt *receipt = &answer->receipt;
	size_t len;

	if (parse_base64(object, "receipt", receipt, sizeof(*receipt), &len) ||
	    len != sizeof(*receipt) || parse_sig(object, &answer->sig))
		return -EBADMSG;
	if (!has_purpose(receipt->purpose, AG_PURPOSE_RECEIPT) ||
	    memcmp(receipt->boot_id, boot_id, ATMGUARD_UUID_LEN))
		return -EBADMSG;
	return 0;
}

int ag_message_parse_unlock(const char *text, size_t len, const uint8_t *nonce,
			    struct ag_message_unlock_answer *ret_answer)
{
	struct ag_message_unlock_answer answer = { .is_ok = false };
	json_t *object = len == AG_MESSAGE_UNLOCK_LEN ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	answer.is_ok = ag_json_is(object, "result", "ok");
	if (answer.is_ok)
		r = parse_grant(object, nonce, &answer);
	else if (ag_json_is(object, "result", "ng"))
		r = 0;
	json_decref(object);
	if (!r)
		*ret_answer = answer;
	return r;
}

int ag_message_parse_audit(const char *text, size_t len, const uint8_t *boot_id,
			   struct ag_message_audit_answer *ret_answer)
{
	struct ag_message_audit_answer answer = { .is_gap = false };
	json_t *object = len <= AG_MESSAGE_AUDIT_MAX ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	answer.is_gap = ag_json_is(object, "result", "gap");
	if (answer.is_gap)
		r = ag_json_u64(object, "expected", 0, INT64_MAX, &answer.expected);
	else if (ag_json_is(object, "result", "ok"))
		r = parse_receipt(object, boot_id, &answer);
	json_decref(object);
	if (!r)
		*ret_answer = answer;
	return r;
}

int ag_message_parse_hello(const char *text, size_t len, struct ag_message_hello_answer *ret_answer)
{
	json_t *object = len <= AG_MESSAGE_HELLO_MAX ? ag_json_load(text, len) : NULL;
	uint64_t interval_s = 0;
	int r = -EBADMSG;

	if (ag_json_is(object, "result", "ok"))
		r = ag_json_u64(object, "interval_s", AG_MESSAGE_INTERVAL_LEAST_S, AG_MESSAGE_INTERVAL_MOST_S,
				&interval_s);
	json_decref(object);
	if (!r)
		ret_answer->interval_s = (uint32_t)interval_s;
	return r;
}
