/* SPDX-License-Identifier: MIT */
/* Lists and reports: what can be looked at without asking the judge. */
#ifndef AG_CENTER_READER_READER_H
#define AG_CENTER_READER_READER_H

#include "center/common/member.h"

#include <stdint.h>

struct ag_store;

/* One request being answered. */
struct ag_reader {
	struct ag_store *store;		/* opened for reading is enough */
	int64_t now_s;
	struct ag_refusal reason;	/* why not */
};

/*
 * ag_reader_answer - answer @in, an object {"do": NAME, ...}
 *
 * A list comes in pages: an answer that has a "next" goes on with the same
 * request and that value as its "after".  All of an answer is of one moment.
 * The caller frees the answer, {"result":"ok", ...} or {"result":"error",
 * "error":"..."}.  NULL: out of memory.
 */
json_t *ag_reader_answer(struct ag_reader *reader, json_t *in);

#endif
