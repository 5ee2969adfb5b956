// SPDX-License-Identifier: MIT
// Audit records and chains: keep, find, list.
#include "record.h"
#include "job.h"
#include "sql.h"

#include <errno.h>
#include <stdlib.h>

#define BOOT(boot) AG_TEXT((boot)->atm), AG_BLOB((boot)->id, ATMGUARD_UUID_LEN)

/* ---- chains ---- */

int ag_store_chain_load(struct ag_store *store, const struct ag_boot *boot, struct ag_chain *ret_chain)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, "SELECT next_seq, tip FROM chain WHERE atm = ? AND boot_id = ?",
			   AG_VALUES(BOOT(boot)), &row);

	if (r)
		return r;
	ret_chain->next_seq = sqlite3_column_int64(row, 0);
	r = ag_sql_blob(row, 1, ret_chain->tip, sizeof(ret_chain->tip));
	ag_sql_done(row);
	return r;
}

int ag_store_chain_add(struct ag_store *store, const struct ag_boot *boot, int64_t now_s, uint64_t first_seq,
		       const uint8_t tip[ATMGUARD_HASH_LEN])
{
	return ag_sql_run(store, "INSERT INTO chain (atm, boot_id, started_s, first_seq, next_seq, tip)"
			  " VALUES (?, ?, ?, ?4, ?4, ?5)",
			  AG_VALUES(BOOT(boot), AG_INT(now_s), AG_INT(first_seq), AG_BLOB(tip, ATMGUARD_HASH_LEN)));
}

int ag_store_chain_save(struct ag_store *store, const struct ag_boot *boot, const struct ag_chain *chain)
{
	return ag_sql_run(store, "UPDATE chain SET next_seq = ?3, tip = ?4 WHERE atm = ?1 AND boot_id = ?2",
			  AG_VALUES(BOOT(boot), AG_INT(chain->next_seq), AG_BLOB(chain->tip, sizeof(chain->tip))));
}

int ag_store_chain_highest(struct ag_store *store, const char *atm, int64_t *ret_next)
{
	/* The last record says it at once; of chains there may be very many. */
	return ag_sql_number(store, "SELECT coalesce(max(seq) + 1, 0) FROM record WHERE atm = ?",
			     AG_VALUES(AG_TEXT(atm)), 0, ret_next);
}

/* ---- one record ---- */

int ag_store_record_add(struct ag_store *store, const struct ag_boot *boot, int64_t now_s, bool is_apart,
			const struct atmguard_record *record)
{
	return ag_sql_run(store, "INSERT OR IGNORE INTO record (atm, boot_id, seq, apart, received_s, type, job,"
			  " data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			  AG_VALUES(BOOT(boot), AG_INT(record->seq), AG_INT(is_apart), AG_INT(now_s),
				    AG_INT(record->type), AG_INT(record->job), AG_BLOB(record, sizeof(*record))));
}

struct find {
	int (*use)(const struct atmguard_record *record, void *arg);
	void *arg;
};

static int use_found(sqlite3_stmt *row, void *arg)
{
	struct find *find = arg;
	struct atmguard_record record;
	int r = ag_sql_blob(row, 0, &record, sizeof(record));

	return r ? r : find->use(&record, find->arg);
}

int ag_store_record_find(struct ag_store *store, const struct ag_boot *boot, uint64_t seq,
			 int (*use)(const struct atmguard_record *record, void *arg), void *arg)
{
	struct find find = { use, arg };

	if (!boot->id)
		return ag_sql_each(store, "SELECT data FROM record WHERE atm = ? AND seq = ?",
				   AG_VALUES(AG_TEXT(boot->atm), AG_INT(seq)), use_found, &find);
	return ag_sql_each(store, "SELECT data FROM record WHERE atm = ? AND boot_id = ? AND seq = ?",
			   AG_VALUES(BOOT(boot), AG_INT(seq)), use_found, &find);
}

/* ---- lists ---- */

#define COLUMNS "received_s, seq, boot_id, apart, data"

struct list {
	ag_record_use *use;
	void *arg;
	int nr;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct list *list = arg;
	struct ag_record_row out = {
		.key = { .received_s = sqlite3_column_int64(row, 0), .seq = sqlite3_column_int64(row, 1),
			 .is_apart = sqlite3_column_int(row, 3) },
	};
	int r = ag_sql_blob(row, 2, out.key.boot_id, sizeof(out.key.boot_id));

	if (r == 0)
		r = ag_sql_blob(row, 4, &out.record, sizeof(out.record));
	list->nr++;
	return r ? r : list->use(&out, list->arg);
}

struct boots {
	uint8_t (*ids)[ATMGUARD_UUID_LEN];
	int nr;
};

static int use_boot(sqlite3_stmt *row, void *arg)
{
	struct boots *boots = arg;

	return ag_sql_blob(row, 0, boots->ids[boots->nr++], ATMGUARD_UUID_LEN);
}

/* At most @max boots in the order they came, those behind @id (NULL: from the
 * first).  Together: a machine may have very many, and each look goes through
 * all of them. */
static int list_boots(struct ag_store *store, const char *atm, const uint8_t *id, int max, struct boots *boots)
{
	if (!id)
		return ag_sql_each(store, "SELECT boot_id FROM chain WHERE atm = ?"
				   " ORDER BY started_s, first_seq, boot_id LIMIT ?",
				   AG_VALUES(AG_TEXT(atm), AG_INT(max)), use_boot, boots);
	return ag_sql_each(store, "SELECT n.boot_id FROM chain c JOIN chain n ON n.atm = c.atm AND"
			   " (n.started_s, n.first_seq, n.boot_id) > (c.started_s, c.first_seq, c.boot_id)"
			   " WHERE c.atm = ? AND c.boot_id = ? ORDER BY n.started_s, n.first_seq, n.boot_id"
			   " LIMIT ?", AG_VALUES(AG_TEXT(atm), AG_BLOB(id, ATMGUARD_UUID_LEN), AG_INT(max)),
			   use_boot, boots);
}

static int list_boot(struct ag_store *store, const struct ag_boot *boot, int64_t seq, bool is_apart, int max,
		     struct list *list)
{
	return ag_sql_each(store, "SELECT " COLUMNS " FROM record WHERE atm = ? AND boot_id = ?"
			   " AND (seq, apart) > (?, ?) ORDER BY seq, apart LIMIT ?",
			   AG_VALUES(BOOT(boot), AG_INT(seq), AG_INT(is_apart), AG_INT(max)), use_row, list);
}

/* The rest of the boot that @after stands in, then the boots behind it; each
 * has a record at least, so that @max of them are enough. */
static int list_on(struct ag_store *store, const char *atm, const struct ag_record_key *after, int max,
		   struct boots *boots, struct list *list)
{
	const uint8_t *id = after ? after->boot_id : NULL;
	int r = after ? list_boot(store, &(struct ag_boot){ atm, id }, after->seq, after->is_apart, max, list) : 0;

	if (r == 0 && list->nr < max)
		r = list_boots(store, atm, id, max - list->nr, boots);
	for (int i = 0; i < boots->nr && list->nr < max && r == 0; i++)
		r = list_boot(store, &(struct ag_boot){ atm, boots->ids[i] }, -1, false, max - list->nr, list);
	return r;
}

int ag_store_record_list(struct ag_store *store, const char *atm, const struct ag_record_key *after, int max,
			 ag_record_use *use, void *arg)
{
	struct boots boots = { .ids = calloc(max, sizeof(*boots.ids)) };
	struct list list = { use, arg, 0 };
	int r = boots.ids ? list_on(store, atm, after, max, &boots, &list) : -ENOMEM;

	free(boots.ids);
	return r;
}

int ag_store_record_list_of_job(struct ag_store *store, const struct ag_record_story *story,
				const struct ag_record_key *after, int max, ag_record_use *use, void *arg)
{
	static const struct ag_record_key first = { .received_s = INT64_MIN };
	const struct ag_record_key *key = after ? after : &first;
	const struct ag_job *job = story->job;
	const uint16_t *types = story->types;
	struct list list = { use, arg, 0 };

	/* Each half has an index of its own; both together would have none. */
	return ag_sql_each(store, "SELECT " COLUMNS " FROM record WHERE job = ?2 AND job > 0 AND atm = ?1"
			   " AND (received_s, seq, boot_id, apart) > (?5, ?6, ?7, ?8)"
			   " UNION ALL SELECT " COLUMNS " FROM record WHERE atm = ?1 AND job <> ?2"
			   " AND received_s >= ?3 AND received_s <= ?4"
			   " AND (received_s, seq, boot_id, apart) > (?5, ?6, ?7, ?8)"
			   " AND (type IN (?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) OR type >= ?18)"
			   " ORDER BY 1, 2, 3, 4 LIMIT ?9",
			   AG_VALUES(AG_TEXT(job->atm), AG_INT(job->id), AG_INT(job->created_s),
				     AG_INT(job->closed_s ? job->closed_s : INT64_MAX), AG_INT(key->received_s),
				     AG_INT(key->seq), AG_BLOB(key->boot_id, sizeof(key->boot_id)),
				     AG_INT(key->is_apart), AG_INT(max), AG_INT(types[0]), AG_INT(types[1]),
				     AG_INT(types[2]), AG_INT(types[3]), AG_INT(types[4]), AG_INT(types[5]),
				     AG_INT(types[6]), AG_INT(types[7]), AG_INT(story->unknown_from)),
			   use_row, &list);
}
