// SPDX-License-Identifier: MIT
// Decide one request in a transaction of its own, where the service takes many.
#include "center_alone.h"
#include "center/common/log.h"
#include "center/store/store.h"

void center_decide(struct ag_judge *judge, enum ag_request_kind kind,
		   const struct ag_request *request, const struct atmguard_record *records,
		   struct ag_answer *ret_answer)
{
	size_t mark = ag_log_mark();
	int r = ag_store_begin(judge->store);

	if (r == 0)
		r = ag_judge_decide(judge, kind, request, records, ret_answer);
	if (r == 0)
		r = ag_store_commit(judge->store);
	if (r) {
		ag_store_rollback(judge->store);
		ag_log_undo(mark);
		ag_answer_set_unavailable(ret_answer);
	}
	ag_log_flush();
}
