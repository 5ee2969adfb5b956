// SPDX-License-Identifier: MIT
// Writes requests to the agent and reads its answers.
#include "answer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

char *ag_answer_request(const struct ag_request *request)
{
	switch (request->what) {
	case AG_REQUEST_STATUS:
		return ag_json_dump(json_pack("{ss}", "do", "status"));
	case AG_REQUEST_COMPLETE:
		return ag_json_dump(json_pack("{ss}", "do", "complete"));
	case AG_REQUEST_UNLOCK:
		return ag_json_dump(json_pack("{ss ss ss}", "do", "unlock", "otp", request->otp,
					      "employee", request->employee));
	default:
		return NULL;
	}
}

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

static int parse_opened(const json_t *object, struct ag_answer *answer)
{
	if (ag_json_u64(object, "job", 0, INT64_MAX, &answer->job) ||
	    ag_json_u64(object, "remaining_s", 0, UINT32_MAX, &answer->remaining_s))
		return -EBADMSG;
	answer->state = ATMGUARD_MAINTENANCE;
	return parse_scopes(object, &answer->scopes);
}

static int parse_status(const json_t *object, struct ag_answer *answer)
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
	center_nr = ag_request_find_center(center);
	if (state_nr < 0 || center_nr < 0)
		return -EBADMSG;
	r = parse_opened(object, answer);
	answer->state = (enum atmguard_state)state_nr;
	answer->center = (enum ag_center)center_nr;
	strcpy(answer->atm, atm);
	return r;
}

static int parse_completed(const json_t *object, struct ag_answer *answer)
{
	uint64_t survivors;

	if (ag_json_u64(object, "survivors", 0, UINT32_MAX, &survivors))
		return -EBADMSG;
	answer->survivors = (uint32_t)survivors;
	return 0;
}

static int parse_error(const json_t *object, struct ag_answer *answer)
{
	const char *reason = ag_json_string(object, "reason");
	const char *detail = ag_json_string(object, "detail");
	int nr = reason ? ag_request_find_reason(reason) : -ENOENT;

	if (nr < 0)
		return -EBADMSG;
	answer->reason = (enum ag_reason)nr;
	snprintf(answer->detail, sizeof(answer->detail), "%s", detail ? detail : "");
	return 0;
}

static int parse_ok(const json_t *object, enum ag_request_do what, struct ag_answer *answer)
{
	switch (what) {
	case AG_REQUEST_STATUS: return parse_status(object, answer);
	case AG_REQUEST_UNLOCK: return parse_opened(object, answer);
	case AG_REQUEST_COMPLETE: return parse_completed(object, answer);
	default: return -EBADMSG;
	}
}

int ag_answer_parse(const char *text, size_t len, enum ag_request_do what,
		    struct ag_answer *ret_answer)
{
	struct ag_answer answer = { .result = AG_ANSWER_OK };
	json_t *object = len <= AG_REQUEST_MAX ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	if (ag_json_is(object, "result", "ok")) {
		r = parse_ok(object, what, &answer);
	} else if (ag_json_is(object, "result", "ng")) {
		answer.result = AG_ANSWER_NG;
		r = what == AG_REQUEST_UNLOCK ? 0 : -EBADMSG;
	} else if (ag_json_is(object, "result", "error")) {
		answer.result = AG_ANSWER_ERROR;
		r = parse_error(object, &answer);
	}
	json_decref(object);
	if (!r)
		*ret_answer = answer;
	return r;
}
