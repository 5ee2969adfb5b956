/* SPDX-License-Identifier: MIT */
/* Handlers of the requests of a machine, a file each. */
#ifndef AG_CENTER_JUDGE_HANDLER_H
#define AG_CENTER_JUDGE_HANDLER_H

#include "judge.h"

struct ag_atm;

/* Answers @request of @atm, who is who it says; an error means that nothing
 * was decided. */
typedef int ag_handler(struct ag_judge *judge, const struct ag_atm *atm, const struct ag_request *request,
		       const struct atmguard_record *records, struct ag_answer *ret_answer);

ag_handler ag_unlock_handle;	/* unlock.c */
ag_handler ag_audit_handle;	/* audit.c */
ag_handler ag_hello_handle;	/* hello.c */

#endif
