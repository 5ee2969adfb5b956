// SPDX-License-Identifier: MIT
// Who asks, is it known, and which handler answers.
#include "judge.h"
#include "center/common/log.h"
#include "center/store/atm.h"
#include "center/store/store.h"
#include "handler.h"
#include "lib/hex.h"

#include <errno.h>
#include <string.h>

/* The request itself was not understood; the machine is known. */
static int handle_invalid(struct ag_judge *judge, const struct ag_atm *atm, const struct ag_request *request,
			  const struct atmguard_record *records, struct ag_answer *ret_answer)
{
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\"}");
	return 0;
}

static const struct {
	enum ag_request_kind kind;
	ag_handler *handle;
} handlers[] = {
	{ AG_REQUEST_INVALID, handle_invalid },
	{ AG_REQUEST_UNLOCK, ag_unlock_handle },
	{ AG_REQUEST_AUDIT, ag_audit_handle },
	{ AG_REQUEST_HELLO, ag_hello_handle },
};
#define NR_HANDLERS (sizeof(handlers) / sizeof(handlers[0]))

/*
 * Looks up who asks.  The number alone is not enough: a certificate that was
 * replaced by a new enrolment, or issued behind the center's back, has the
 * right name and the wrong fingerprint.
 *
 * -EACCES: unknown, revoked, or another certificate.
 */
static int identify(struct ag_judge *judge, const struct ag_request *request, struct ag_atm *ret_atm)
{
	int r = ag_store_atm_load(judge->store, request->atm, ret_atm);

	if (r)
		return r == -ENOENT ? -EACCES : r;
	return ret_atm->revoked_s || memcmp(ret_atm->cert_sha256, request->cert_sha256, sizeof(request->cert_sha256))
		       ? -EACCES : 0;
}

static int refuse(const struct ag_request *request, struct ag_answer *ret_answer)
{
	char print[17];

	ag_hex_encode(request->cert_sha256, 8, print);
	ag_log_later("refused atm=%s certificate=%s reason=unknown-or-revoked", request->atm, print);
	ag_answer_set(ret_answer, 403, "{\"error\":\"this machine is not enrolled\"}");
	return 0;
}

static int decide(struct ag_judge *judge, enum ag_request_kind kind,
		  const struct ag_request *request, const struct atmguard_record *records,
		  struct ag_answer *ret_answer)
{
	struct ag_atm atm;
	int r = identify(judge, request, &atm);

	if (r == -EACCES)
		return refuse(request, ret_answer);
	for (size_t i = 0; i < NR_HANDLERS && r == 0; i++)
		if (handlers[i].kind == kind)
			return handlers[i].handle(judge, &atm, request, records, ret_answer);
	return r ? r : -EINVAL;
}

int ag_judge_decide(struct ag_judge *judge, enum ag_request_kind kind,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer)
{
	size_t mark = ag_log_mark();
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
	ag_log_undo(mark);
	ag_answer_set_unavailable(ret_answer);
	return r ? -EIO : 0;
}
