// SPDX-License-Identifier: MIT
// Writes and parses the requests and answers of the local socket.
#include "local.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/names.h"
#include "json.h"

#define NR(table) (sizeof(table) / sizeof((table)[0]))

static const char *const reasons[] = {
	[AG_REASON_CENTER_UNREACHABLE] = "center-unreachable",
	[AG_REASON_CENTER_GARBLED] = "center-garbled",
	[AG_REASON_GRANT_REFUSED] = "grant-refused",
	[AG_REASON_STATE] = "state",
	[AG_REASON_REQUEST] = "request",
	[AG_REASON_BUSY] = "busy",
	[AG_REASON_KERNEL] = "kernel",
};
_Static_assert(NR(reasons) == AG_NR_REASONS, "every reason has a name");

static const char *const centers[] = {
	[AG_CENTER_UNKNOWN] = "unknown",
	[AG_CENTER_UP] = "up",
	[AG_CENTER_DOWN] = "down",
};

static int find(const char *const *names, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -ENOENT;
}

const char *ag_local_reason_name(enum ag_reason reason)
{
	return reasons[reason];
}

/* ---- requests ---- */

char *ag_local_write_request(const struct ag_local_request *request)
{
	switch (request->what) {
	case AG_LOCAL_STATUS:
		return ag_json_dump(json_pack("{ss}", "do", "status"));
	case AG_LOCAL_COMPLETE:
		return ag_json_dump(json_pack("{ss}", "do", "complete"));
	case AG_LOCAL_UNLOCK:
		return ag_json_dump(json_pack("{ss ss ss}", "do", "unlock", "otp", request->otp,
					      "employee", request->employee));
	default:
		return NULL;
	}
}

static int parse_nothing(const json_t *object, struct ag_local_request *request)
{
	return 0;
}

static int parse_unlock(const json_t *object, struct ag_local_request *request)
{
	if (ag_json_digits(object, "otp", request->otp, sizeof(request->otp)) ||
	    ag_json_digits(object, "employee", request->employee, sizeof(request->employee)))
		return -EBADMSG;
	if (strlen(request->otp) != AG_OTP_LEN || !ag_damm_is_valid(request->otp))
		return -EBADMSG;
	return 0;
}

static const struct {
	const char *name;
	int (*parse)(const json_t *object, struct ag_local_request *request);
} requests[] = {
	[AG_LOCAL_STATUS] = { "status", parse_nothing },
	[AG_LOCAL_UNLOCK] = { "unlock", parse_unlock },
	[AG_LOCAL_COMPLETE] = { "complete", parse_nothing },
};
_Static_assert(NR(requests) == AG_LOCAL_NR_REQUESTS, "every request has a parser");

int ag_local_parse_request(const char *text, size_t len, struct ag_local_request *ret_request)
{
	struct ag_local_request request = { .otp = "" };
	json_t *object = len <= AG_LOCAL_PACKET_MAX ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	for (size_t i = 0; object && i < NR(requests); i++) {
		if (!ag_json_is(object, "do", requests[i].name))
			continue;
		request.what = (enum ag_local_do)i;
		r = requests[i].parse(object, &request);
	}
	json_decref(object);
	if (!r)
		*ret_request = request;
	explicit_bzero(&request, sizeof(request));
	return r;
}

/* ---- answers: written by the agent ---- */

/* Rounded up: a machine that is open has at least a second left. */
static json_int_t remaining_s(const struct atmguard_status *status)
{
	return (json_int_t)(status->remaining_ms / 1000 + (status->remaining_ms % 1000 != 0));
}

char *ag_local_write_status(const struct atmguard_status *status, enum ag_center_health center)
{
	char atm[ATMGUARD_ATM_LEN + 1] = "";

	memcpy(atm, status->atm, ATMGUARD_ATM_LEN);
	return ag_json_dump(json_pack("{ss ss ss sI so sI ss}", "result", "ok", "state",
				      ag_names_word(AG_NAMES_STATE, status->state).text, "atm", atm, "job",
				      (json_int_t)status->job, "scopes",
				      ag_json_names(AG_NAMES_SCOPE, status->scopes), "remaining_s",
				      remaining_s(status), "center", centers[center]));
}

char *ag_local_write_opened(const struct atmguard_status *status)
{
	return ag_json_dump(json_pack("{ss sI so sI}", "result", "ok", "job",
				      (json_int_t)status->job, "scopes",
				      ag_json_names(AG_NAMES_SCOPE, status->scopes), "remaining_s",
				      remaining_s(status)));
}

char *ag_local_write_ng(void)
{
	return ag_json_dump(json_pack("{ss}", "result", "ng"));
}

char *ag_local_write_completed(__u32 survivors)
{
	return ag_json_dump(json_pack("{ss sI}", "result", "ok", "survivors",
				      (json_int_t)survivors));
}

char *ag_local_write_error(enum ag_reason reason, const char *detail)
{
	return ag_json_dump(json_pack("{ss ss ss}", "result", "error", "reason", reasons[reason],
				      "detail", detail));
}

/* ---- answers: parsed by its clients ---- */

/* A scope whose name this program does not know yet does not make the answer wrong. */
static int parse_scopes(const json_t *object, uint32_t *ret_scopes)
{
	const json_t *list = json_object_get(object, "scopes"), *item;
	size_t i;

	if (!json_is_array(list))
		return -EBADMSG;
	*ret_scopes = 0;
	json_array_foreach(list, i, item) {
		const char *name = json_string_value(item);
		int bit = name ? ag_names_number(AG_NAMES_SCOPE, name) : -ENOENT;

		if (bit >= 0 && bit < 32)
			*ret_scopes |= 1u << bit;
	}
	return 0;
}

static int parse_opened(const json_t *object, struct ag_local_answer *answer)
{
	if (ag_json_u64(object, "job", 0, INT64_MAX, &answer->job) ||
	    ag_json_u64(object, "remaining_s", 0, UINT32_MAX, &answer->remaining_s))
		return -EBADMSG;
	answer->state = ATMGUARD_MAINTENANCE;
	return parse_scopes(object, &answer->scopes);
}

static int parse_status(const json_t *object, struct ag_local_answer *answer)
{
	const char *state = ag_json_string(object, "state");
	const char *center = ag_json_string(object, "center");
	const char *atm = ag_json_string(object, "atm");
	int r, state_nr, center_nr;

	if (!state || !center || !atm || strlen(atm) > ATMGUARD_ATM_LEN)
		return -EBADMSG;
	for (const char *p = atm; *p; p++)
		if (!isalnum((unsigned char)*p))
			return -EBADMSG;
	state_nr = ag_names_number(AG_NAMES_STATE, state);
	center_nr = find(centers, NR(centers), center);
	if (state_nr < 0 || center_nr < 0)
		return -EBADMSG;
	r = parse_opened(object, answer);
	answer->state = (enum atmguard_state)state_nr;
	answer->center = (enum ag_center_health)center_nr;
	strcpy(answer->atm, atm);
	return r;
}

static int parse_completed(const json_t *object, struct ag_local_answer *answer)
{
	uint64_t survivors;

	if (ag_json_u64(object, "survivors", 0, UINT32_MAX, &survivors))
		return -EBADMSG;
	answer->survivors = (uint32_t)survivors;
	return 0;
}

static int parse_error(const json_t *object, struct ag_local_answer *answer)
{
	const char *reason = ag_json_string(object, "reason");
	const char *detail = ag_json_string(object, "detail");
	int nr = reason ? find(reasons, NR(reasons), reason) : -ENOENT;

	if (nr < 0)
		return -EBADMSG;
	answer->reason = (enum ag_reason)nr;
	snprintf(answer->detail, sizeof(answer->detail), "%s", detail ? detail : "");
	return 0;
}

static int parse_ok(const json_t *object, enum ag_local_do what, struct ag_local_answer *answer)
{
	switch (what) {
	case AG_LOCAL_STATUS: return parse_status(object, answer);
	case AG_LOCAL_UNLOCK: return parse_opened(object, answer);
	case AG_LOCAL_COMPLETE: return parse_completed(object, answer);
	default: return -EBADMSG;
	}
}

int ag_local_parse_answer(const char *text, size_t len, enum ag_local_do what,
			  struct ag_local_answer *ret_answer)
{
	struct ag_local_answer answer = { .result = AG_LOCAL_OK };
	json_t *object = len <= AG_LOCAL_PACKET_MAX ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	if (ag_json_is(object, "result", "ok")) {
		r = parse_ok(object, what, &answer);
	} else if (ag_json_is(object, "result", "ng")) {
		answer.result = AG_LOCAL_NG;
		r = what == AG_LOCAL_UNLOCK ? 0 : -EBADMSG;
	} else if (ag_json_is(object, "result", "error")) {
		answer.result = AG_LOCAL_ERROR;
		r = parse_error(object, &answer);
	}
	json_decref(object);
	if (!r)
		*ret_answer = answer;
	return r;
}
