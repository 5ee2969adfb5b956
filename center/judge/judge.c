// SPDX-License-Identifier: MIT
// Who asks, is it known, and which handler answers.
#include "judge.h"
#include "alarm.h"
#include "lib/hex.h"
#include "center/common/log.h"
#include "center/store/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HELLO_INTERVAL_S	30

void ag_answer_set(struct ag_answer *answer, int status, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(answer->body, sizeof(answer->body), format, args);
	va_end(args);
	answer->status = status;
	answer->len = len < (int)sizeof(answer->body) ? len : 0;
}

static int handle_hello(struct ag_judge *judge, const struct ag_machine *machine,
			const struct ag_request *request, const struct atmguard_record *records,
			struct ag_answer *ret_answer)
{
	int64_t now_s = judge->now_s();
	int r = ag_store_run(judge->store, "UPDATE atm SET seen_s = ?, state = ?, policy_version = ?,"
			     " next_seq = ?, boot_id = ? WHERE number = ?",
			     AG_VALUES(AG_INT(now_s), AG_TEXT(ag_request_state_name(request->state)),
				       AG_INT(request->policy_version), AG_INT(request->next_seq),
				       AG_BLOB(request->boot_id, sizeof(request->boot_id)),
				       AG_TEXT(machine->number)));

	if (r == 0 && request->state == ATMGUARD_TAMPERED && machine->state != ATMGUARD_TAMPERED)
		r = ag_alarm_raise(judge->store, now_s, "tampered", machine->number, 0,
				   "boot evidence failed");
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"interval_s\":%d}", HELLO_INTERVAL_S);
	return r;
}

/* The request itself was not understood; the machine is known. */
static int handle_invalid(struct ag_judge *judge, const struct ag_machine *machine,
			  const struct ag_request *request, const struct atmguard_record *records,
			  struct ag_answer *ret_answer)
{
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\"}");
	return 0;
}

static const struct {
	enum ag_request_kind kind;
	const char *name;
	int (*handle)(struct ag_judge *judge, const struct ag_machine *machine,
		      const struct ag_request *request, const struct atmguard_record *records,
		      struct ag_answer *ret_answer);
} handlers[] = {
	{ AG_REQUEST_INVALID, "invalid", handle_invalid },
	{ AG_REQUEST_UNLOCK, "unlock", ag_unlock_handle },
	{ AG_REQUEST_AUDIT, "audit", ag_audit_handle },
	{ AG_REQUEST_HELLO, "hello", handle_hello },
};
#define NR_HANDLERS (sizeof(handlers) / sizeof(handlers[0]))

static uint32_t state_number(const char *name)
{
	uint32_t state = 0;

	while (state < ATMGUARD_NR_STATES && strcmp(name, ag_request_state_name(state)))
		state++;
	return state;
}

/*
 * Looks up who asks.  The number alone is not enough: a certificate that was
 * replaced by a new enrolment, or issued behind the center's back, has the
 * right name and the wrong fingerprint.
 *
 * -EACCES: unknown, revoked, or another certificate.
 */
static int identify(struct ag_judge *judge, const struct ag_request *request,
		    struct ag_machine *ret_machine)
{
	uint8_t cert[sizeof(request->cert_sha256)];
	sqlite3_stmt *row;
	char state[16];
	int r = ag_store_ask(judge->store, "SELECT cert_sha256, revoked_s IS NULL, wrong, state"
			     " FROM atm WHERE number = ?", AG_VALUES(AG_TEXT(request->atm)), &row);

	if (r)
		return r == -ENOENT ? -EACCES : r;
	r = ag_store_blob(row, 0, cert, sizeof(cert));
	if (r == 0 && (!sqlite3_column_int(row, 1) || memcmp(cert, request->cert_sha256, sizeof(cert))))
		r = -EACCES;
	memcpy(ret_machine->number, request->atm, sizeof(ret_machine->number));
	ret_machine->wrong = sqlite3_column_int64(row, 2);
	ag_store_text(row, 3, state, sizeof(state));
	ret_machine->state = state_number(state);
	ag_store_done(row);
	return r;
}

static int refuse(struct ag_judge *judge, const struct ag_request *request,
		  struct ag_answer *ret_answer)
{
	char print[17];

	ag_hex_encode(request->cert_sha256, 8, print);
	ag_log("refused atm=%s certificate=%s reason=unknown-or-revoked", request->atm, print);
	ag_answer_set(ret_answer, 403, "{\"error\":\"this machine is not enrolled\"}");
	return 0;
}

static int decide(struct ag_judge *judge, enum ag_request_kind kind,
		  const struct ag_request *request, const struct atmguard_record *records,
		  struct ag_answer *ret_answer)
{
	struct ag_machine machine;
	int r = identify(judge, request, &machine);

	if (r == -EACCES)
		return refuse(judge, request, ret_answer);
	for (size_t i = 0; i < NR_HANDLERS && r == 0; i++)
		if (handlers[i].kind == kind)
			return handlers[i].handle(judge, &machine, request, records, ret_answer);
	return r ? r : -EINVAL;
}

static void set_unavailable(struct ag_answer *answer)
{
	ag_answer_set(answer, 503, "{\"error\":\"nothing was decided; try again\"}");
}

int ag_judge_decide(struct ag_judge *judge, enum ag_request_kind kind,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer)
{
	int r = ag_store_step(judge->store);

	if (r == 0) {
		r = decide(judge, kind, request, records, ret_answer);
		if (r == 0)
			r = ag_store_keep_step(judge->store);
		if (r == 0)
			return 0;
		ag_log("undecided atm=%s error=%s store=%s", request->atm, strerror(-r),
		       ag_store_error(judge->store));
		r = ag_store_undo_step(judge->store);
	}
	set_unavailable(ret_answer);
	return r ? -EIO : 0;
}

void ag_judge_decide_one(struct ag_judge *judge, enum ag_request_kind kind,
			 const struct ag_request *request, const struct atmguard_record *records,
			 struct ag_answer *ret_answer)
{
	int r = ag_store_begin(judge->store);

	if (r == 0)
		r = ag_judge_decide(judge, kind, request, records, ret_answer);
	if (r == 0)
		r = ag_store_commit(judge->store);
	if (r) {
		ag_store_rollback(judge->store);
		set_unavailable(ret_answer);
	}
}
