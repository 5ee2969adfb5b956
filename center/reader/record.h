/* SPDX-License-Identifier: MIT */
/* Audit records as JSON, and where one stands in a list. */
#ifndef AG_CENTER_READER_RECORD_H
#define AG_CENTER_READER_RECORD_H

#include "handler.h"

struct ag_record_key;
struct ag_record_row;

/* NULL: out of memory. */
json_t *ag_record_row_json(const struct ag_record_row *row);
json_t *ag_record_key_json(const struct ag_record_key *key);

/* The key that "after" of @in says, NULL if there is none; -EINVAL. */
int ag_record_after(struct ag_reader *reader, json_t *in, struct ag_record_key *key,
		    const struct ag_record_key **ret_after);

#endif
