/* SPDX-License-Identifier: MIT */
/* A request alone in its transaction, for unit tests and fuzzers. */
#ifndef AG_CENTER_ALONE_H
#define AG_CENTER_ALONE_H

#include "center/judge/judge.h"

void center_decide(struct ag_judge *judge, enum ag_request_kind kind,
		   const struct ag_request *request, const struct atmguard_record *records,
		   struct ag_answer *ret_answer);

#endif
