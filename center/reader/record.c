// SPDX-License-Identifier: MIT
// Turn audit records into JSON that is harmless to show.
#include "record.h"
#include "center/common/text.h"
#include "center/store/record.h"
#include "lib/hex.h"
#include "lib/names.h"

#include <linux/atmguard.h>

json_t *ag_record_row_json(const struct ag_record_row *row)
{
	const struct atmguard_record *record = &row->record;
	char comm[4 * sizeof(record->comm) + 1], detail[4 * sizeof(record->detail) + 1];
	char digest[2 * sizeof(record->digest) + 1], boot_id[2 * sizeof(row->key.boot_id) + 1];

	ag_text_clean(record->comm, sizeof(record->comm), comm, sizeof(comm));
	ag_text_clean(record->detail, sizeof(record->detail), detail, sizeof(detail));
	ag_hex_encode(record->digest, sizeof(record->digest), digest);
	ag_hex_encode(row->key.boot_id, sizeof(row->key.boot_id), boot_id);
	return json_pack("{s:I, s:s, s:i, s:s, s:i, s:i, s:i, s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:b, s:s}",
			 "seq", (json_int_t)record->seq, "event", ag_names_word(AG_NAMES_EVENT, record->type).text,
			 "code", record->code, "hook",
			 record->type == ATMGUARD_EV_DENY ? ag_names_word(AG_NAMES_HOOK, record->code).text : "",
			 "error", record->error, "pid", record->pid, "uid", record->uid,
			 "job", (json_int_t)record->job, "comm", comm, "detail", detail,
			 "aux", (json_int_t)record->aux, "repeats", (json_int_t)record->repeats,
			 "boot_ms", (json_int_t)(record->boot_ns / 1000000),
			 "wall_s", (json_int_t)(record->wall_ns / 1000000000),
			 "received_s", (json_int_t)row->key.received_s, "digest", digest,
			 "apart", row->key.is_apart, "boot_id", boot_id);
}

json_t *ag_record_key_json(const struct ag_record_key *key)
{
	char boot_id[2 * sizeof(key->boot_id) + 1];

	ag_hex_encode(key->boot_id, sizeof(key->boot_id), boot_id);
	return json_pack("[I, I, s, b]", (json_int_t)key->received_s, (json_int_t)key->seq, boot_id, key->is_apart);
}

int ag_record_after(struct ag_reader *reader, json_t *in, struct ag_record_key *key,
		    const struct ag_record_key **ret_after)
{
	json_t *after = json_object_get(in, "after");
	json_int_t received_s, seq;
	const char *boot_id;
	int is_apart;

	*ret_after = NULL;
	if (!after)
		return 0;
	if (json_unpack(after, "[I, I, s, b]", &received_s, &seq, &boot_id, &is_apart) ||
	    ag_hex_decode(boot_id, key->boot_id, sizeof(key->boot_id)))
		return ag_refusal_set(&reader->reason, "after: what \"next\" said expected");
	key->received_s = received_s;
	key->seq = seq;
	key->is_apart = is_apart;
	*ret_after = key;
	return 0;
}
