// SPDX-License-Identifier: MIT
// Reads requests of the local socket and writes the answers.
#include "request.h"

#include "lib/damm.h"
#include <errno.h>
#include <string.h>

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

const char *ag_request_reason_name(enum ag_reason reason) { return reasons[reason]; }
int ag_request_find_reason(const char *name) { return find(reasons, NR(reasons), name); }
const char *ag_request_center_name(enum ag_center center) { return centers[center]; }
int ag_request_find_center(const char *name) { return find(centers, NR(centers), name); }

static int parse_nothing(const json_t *object, struct ag_request *request)
{
	return 0;
}

static int parse_unlock(const json_t *object, struct ag_request *request)
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
	int (*parse)(const json_t *object, struct ag_request *request);
} requests[] = {
	[AG_REQUEST_STATUS] = { "status", parse_nothing },
	[AG_REQUEST_UNLOCK] = { "unlock", parse_unlock },
	[AG_REQUEST_COMPLETE] = { "complete", parse_nothing },
};
_Static_assert(NR(requests) == AG_NR_REQUESTS, "every request has a parser");

int ag_request_parse(const char *text, size_t len, struct ag_request *ret_request)
{
	struct ag_request request = { .otp = "" };
	json_t *object = len <= AG_REQUEST_MAX ? ag_json_load(text, len) : NULL;
	int r = -EBADMSG;

	for (size_t i = 0; object && i < NR(requests); i++) {
		if (!ag_json_is(object, "do", requests[i].name))
			continue;
		request.what = (enum ag_request_do)i;
		r = requests[i].parse(object, &request);
	}
	json_decref(object);
	if (!r)
		*ret_request = request;
	explicit_bzero(&request, sizeof(request));
	return r;
}

/* Rounded up: a machine that is open has at least a second left. */
static json_int_t remaining_s(const struct atmguard_status *status)
{
	return (json_int_t)(status->remaining_ms / 1000 + (status->remaining_ms % 1000 != 0));
}

char *ag_request_answer_status(const struct atmguard_status *status, enum ag_center center)
{
	char atm[ATMGUARD_ATM_LEN + 1] = "";

	memcpy(atm, status->atm, ATMGUARD_ATM_LEN);
	return ag_json_dump(json_pack("{ss ss ss sI so sI ss}", "result", "ok", "state",
				      ag_names_word(AG_NAMES_STATE, status->state).text, "atm", atm, "job",
				      (json_int_t)status->job, "scopes",
				      ag_json_names(AG_NAMES_SCOPE, status->scopes), "remaining_s",
				      remaining_s(status), "center", centers[center]));
}

char *ag_request_answer_opened(const struct atmguard_status *status)
{
	return ag_json_dump(json_pack("{ss sI so sI}", "result", "ok", "job",
				      (json_int_t)status->job, "scopes",
				      ag_json_names(AG_NAMES_SCOPE, status->scopes), "remaining_s",
				      remaining_s(status)));
}

char *ag_request_answer_ng(void)
{
	return ag_json_dump(json_pack("{ss}", "result", "ng"));
}

char *ag_request_answer_completed(__u32 survivors)
{
	return ag_json_dump(json_pack("{ss sI}", "result", "ok", "survivors",
				      (json_int_t)survivors));
}

char *ag_request_answer_error(enum ag_reason reason, const char *detail)
{
	return ag_json_dump(json_pack("{ss ss ss}", "result", "error", "reason", reasons[reason],
				      "detail", detail));
}
