// SPDX-License-Identifier: MIT
// The audit records of a machine.
#include "center/store/record.h"
#include "handler.h"
#include "lib/hex.h"
#include "page.h"
#include "record.h"

#include <errno.h>

struct listing {
	struct ag_list_page page;
	bool is_raw;	/* with the bytes as the machine made them */
};

static int add_record(const struct ag_record_row *row, void *arg)
{
	char raw[AG_BASE64_SIZE(sizeof(row->record))];
	struct listing *listing = arg;
	json_t *object = ag_record_row_json(row);

	if (listing->is_raw) {
		ag_base64_encode(&row->record, sizeof(row->record), raw);
		json_object_set_new(object, "raw", json_string(raw));
	}
	return ag_page_add(&listing->page, object, ag_record_key_json(&row->key));
}

/* In the order the machine wrote them: boots as they came, numbers inside. */
int ag_reader_audit_list(struct ag_reader *reader, json_t *in, json_t *out)
{
	struct listing listing = { .is_raw = json_is_true(json_object_get(in, "raw")) };
	const struct ag_record_key *after;
	struct ag_record_key key;
	char atm[ATMGUARD_ATM_LEN];
	int r = ag_member_number(in, "atm", atm, &reader->reason);

	if (r == 0)
		r = ag_record_after(reader, in, &key, &after);
	if (r == 0)
		r = ag_page_open(&listing.page);
	if (r)
		return r;
	r = ag_store_record_list(reader->store, atm, after, AG_PAGE_MAX, add_record, &listing);
	return ag_page_close(&listing.page, r, out, "records");
}
