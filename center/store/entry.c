// SPDX-License-Identifier: MIT
// Entries: the grants of a job.
#include "entry.h"
#include "sql.h"

#include <errno.h>

#define SELECT "SELECT at_s, retries, object, sig FROM entry "
#define NONCE(p) AG_BLOB(p, ATMGUARD_NONCE_LEN)

static int read_row(sqlite3_stmt *row, struct ag_entry *entry)
{
	int r = ag_sql_blob(row, 2, &entry->grant, sizeof(entry->grant));

	entry->at_s = sqlite3_column_int64(row, 0);
	entry->retries = sqlite3_column_int64(row, 1);
	entry->sig_len = sqlite3_column_bytes(row, 3);
	if (r == 0 && entry->sig_len > sizeof(entry->sig))
		r = -EUCLEAN;
	return r ? r : ag_sql_blob(row, 3, entry->sig, entry->sig_len);
}

int ag_store_entry_load(struct ag_store *store, int64_t job, const uint8_t nonce[ATMGUARD_NONCE_LEN],
			struct ag_entry *ret_entry)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, SELECT "WHERE job = ? AND nonce = ?", AG_VALUES(AG_INT(job), NONCE(nonce)), &row);

	if (r)
		return r;
	r = read_row(row, ret_entry);
	ag_sql_done(row);
	return r;
}

int ag_store_entry_add(struct ag_store *store, const struct ag_entry *entry)
{
	const struct ag_grant *grant = &entry->grant;

	return ag_sql_run(store, "INSERT INTO entry (job, nonce, at_s, object, sig) VALUES (?, ?, ?, ?, ?)",
			  AG_VALUES(AG_INT(grant->job), NONCE(grant->nonce), AG_INT(entry->at_s),
				    AG_BLOB(grant, sizeof(*grant)), AG_BLOB(entry->sig, entry->sig_len)));
}

int ag_store_entry_count_retry(struct ag_store *store, const struct ag_entry *entry)
{
	return ag_sql_run(store, "UPDATE entry SET retries = retries + 1 WHERE job = ? AND nonce = ?",
			  AG_VALUES(AG_INT(entry->grant.job), NONCE(entry->grant.nonce)));
}

struct use {
	int (*use)(const struct ag_entry *entry, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	struct ag_entry entry;
	int r = read_row(row, &entry);

	return r ? r : use->use(&entry, use->arg);
}

int ag_store_entry_list(struct ag_store *store, int64_t job,
			int (*use)(const struct ag_entry *entry, void *arg), void *arg)
{
	return ag_sql_each(store, SELECT "WHERE job = ? ORDER BY at_s, nonce", AG_VALUES(AG_INT(job)),
			   use_row, &(struct use){ use, arg });
}
