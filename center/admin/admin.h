/* SPDX-License-Identifier: MIT */
/* What an administrator asks the judge to do. */
#ifndef AG_CENTER_ADMIN_ADMIN_H
#define AG_CENTER_ADMIN_ADMIN_H

#include "center/common/actor.h"
#include "center/common/member.h"
#include "center/judge/judge.h"

/* One request being answered. */
struct ag_admin {
	struct ag_judge *judge;
	struct ag_store *store;			/* of the judge */
	const char *ca;				/* PEM, for enrolments */
	struct ag_actor actor;			/* who asks */
	int64_t now_s;
	struct ag_refusal reason;		/* why not */
	char revoked[ATMGUARD_ATM_LEN];		/* set by a request that revokes a machine */
};

/* Answers @in, an object {"do": NAME, ...}; the caller frees the answer,
 * {"result":"ok", ...} or {"result":"error", "error":"..."}.  Runs in its own
 * transaction.  NULL: out of memory. */
json_t *ag_admin_answer(struct ag_admin *admin, json_t *in);

#endif
