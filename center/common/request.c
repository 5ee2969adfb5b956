// SPDX-License-Identifier: MIT
// Parse the bodies of doc/PROTOCOL.md; no sockets here, so a fuzzer can hold it.
#include "request.h"
#include "lib/hex.h"
#include "lib/names.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *ag_request_state_name(uint32_t state)
{
	const struct ag_name *name = ag_names_get(AG_NAMES_STATE, state);

	return name ? name->word.en : "unknown";
}

bool ag_request_is_number(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	return len > 0 && len < size && strspn(text, "0123456789") == len;
}

static const char *string(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	/* A NUL inside would hide what follows it from every comparison below. */
	if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
		return NULL;
	return json_string_value(value);
}

static int number(json_t *object, const char *name, char *text, size_t size)
{
	const char *value = string(object, name);

	if (!value || strlen(value) >= size || !ag_request_is_number(value, size))
		return -EINVAL;
	strcpy(text, value);
	return 0;
}

static int hex(json_t *object, const char *name, void *data, size_t len)
{
	const char *value = string(object, name);

	return value ? ag_hex_decode(value, data, len) : -EINVAL;
}

static int count(json_t *object, const char *name, uint64_t *ret)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -EINVAL;
	*ret = json_integer_value(value);
	return 0;
}

static const char *parse_unlock(json_t *body, struct ag_request *request,
				struct atmguard_record **records)
{
	if (number(body, "otp", request->otp, sizeof(request->otp)) || strlen(request->otp) != AG_OTP_LEN)
		return "otp: nine digits expected";
	if (number(body, "employee", request->employee, sizeof(request->employee)))
		return "employee: 1 to 15 digits expected";
	if (hex(body, "nonce", request->nonce, sizeof(request->nonce)))
		return "nonce: 32 bytes in lower-case hexadecimal expected";
	return NULL;
}

static const char *parse_records(json_t *body, struct ag_request *request,
				 struct atmguard_record **records)
{
	static const char wrong[] = "records: base64 of 1 to 512 audit records expected";
	const size_t max = AG_REQUEST_RECORDS_MAX * sizeof(struct atmguard_record);
	const char *text = string(body, "records");
	size_t len;

	if (!text)
		return wrong;
	*records = malloc(max);
	if (!*records)
		return "";
	if (ag_base64_decode(text, strlen(text), *records, max, &len) || len == 0 ||
	    len % sizeof(**records))
		return wrong;
	request->nr_records = len / sizeof(**records);
	for (uint32_t i = 1; i < request->nr_records; i++)
		if ((*records)[i].seq != (*records)[0].seq + i)
			return "records: out of order or with a hole";
	/* Numbers are kept as signed 64 bit. */
	if ((*records)[0].seq > INT64_MAX - AG_REQUEST_RECORDS_MAX)
		return "records: number out of range";
	return NULL;
}

static const char *parse_audit(json_t *body, struct ag_request *request,
			       struct atmguard_record **records)
{
	json_t *lost = json_object_get(body, "lost");

	if (hex(body, "boot_id", request->boot_id, sizeof(request->boot_id)))
		return "boot_id: 16 bytes in lower-case hexadecimal expected";
	if (lost && !json_is_boolean(lost))
		return "lost: true or false expected";
	request->is_lost = json_is_true(lost);
	return parse_records(body, request, records);
}

static const char *parse_hello(json_t *body, struct ag_request *request,
			       struct atmguard_record **records)
{
	const char *word = string(body, "state");
	const struct ag_name *state = word ? ag_names_find(AG_NAMES_STATE, word) : NULL;

	if (!state)
		return "state: unsealed, locked, maintenance, relocking or tampered expected";
	request->state = state->number;
	if (count(body, "policy_version", &request->policy_version))
		return "policy_version: integer expected";
	if (count(body, "next_seq", &request->next_seq))
		return "next_seq: integer expected";
	if (hex(body, "boot_id", request->boot_id, sizeof(request->boot_id)))
		return "boot_id: 16 bytes in lower-case hexadecimal expected";
	return NULL;
}

static const struct {
	const char *path;
	enum ag_request_kind kind;
	const char *(*parse)(json_t *body, struct ag_request *request,
			     struct atmguard_record **records);
} endpoints[] = {
	{ "/v1/unlock", AG_REQUEST_UNLOCK, parse_unlock },
	{ "/v1/audit", AG_REQUEST_AUDIT, parse_audit },
	{ "/v1/hello", AG_REQUEST_HELLO, parse_hello },
};
#define NR_ENDPOINTS (sizeof(endpoints) / sizeof(endpoints[0]))

enum ag_request_kind ag_request_kind(const char *path)
{
	for (size_t i = 0; i < NR_ENDPOINTS; i++)
		if (strcmp(path, endpoints[i].path) == 0)
			return endpoints[i].kind;
	return 0;
}

static const char *parse(enum ag_request_kind kind, json_t *body, struct ag_request *request,
			 struct atmguard_record **records)
{
	json_t *version = json_object_get(body, "v");

	if (!json_is_object(body))
		return "body: a JSON object expected";
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return "v: 1 expected";
	for (size_t i = 0; i < NR_ENDPOINTS; i++)
		if (endpoints[i].kind == kind)
			return endpoints[i].parse(body, request, records);
	return "no such request";
}

int ag_request_parse(enum ag_request_kind kind, const char *body, size_t len,
		     struct ag_request *ret_request, struct atmguard_record **ret_records,
		     const char **ret_error)
{
	struct ag_request request = *ret_request;
	struct atmguard_record *records = NULL;
	json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	const char *error = json ? parse(kind, json, &request, &records) : "body: not JSON";

	json_decref(json);
	if (error) {
		free(records);
		*ret_error = error;
		return *error ? -EINVAL : -ENOMEM;
	}
	*ret_request = request;
	*ret_records = records;
	return 0;
}

bool ag_request_is_sane(const struct ag_request *request, enum ag_request_kind kind, size_t len)
{
	if (!ag_request_is_number(request->atm, sizeof(request->atm)) || request->reserved)
		return false;
	if (request->nr_records > AG_REQUEST_RECORDS_MAX ||
	    len != sizeof(*request) + request->nr_records * sizeof(struct atmguard_record))
		return false;
	switch (kind) {
	case AG_REQUEST_INVALID: return true;
	case AG_REQUEST_UNLOCK:
		return ag_request_is_number(request->otp, sizeof(request->otp)) &&
		       ag_request_is_number(request->employee, sizeof(request->employee));
	case AG_REQUEST_AUDIT: return request->nr_records > 0;
	case AG_REQUEST_HELLO:
		return request->state < ATMGUARD_NR_STATES && request->policy_version <= INT64_MAX &&
		       request->next_seq <= INT64_MAX;
	default: return false;
	}
}
