// SPDX-License-Identifier: MIT
// Transactions, and the steps inside them.
#include "sql.h"
#include "store.h"

#include <errno.h>

int ag_store_begin(struct ag_store *store)
{
	/* IMMEDIATE: fail at the start when another writer has the lock. */
	return ag_sql_run(store, "BEGIN IMMEDIATE", AG_NO_VALUES);
}

int ag_store_begin_to_read(struct ag_store *store)
{
	return ag_sql_run(store, "BEGIN", AG_NO_VALUES);
}

int ag_store_commit(struct ag_store *store)
{
	int r = ag_sql_run(store, "COMMIT", AG_NO_VALUES);

	if (r)
		ag_store_rollback(store);
	return r;
}

void ag_store_rollback(struct ag_store *store)
{
	/* A full disk makes SQLite roll back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		ag_sql_run(store, "ROLLBACK", AG_NO_VALUES);
}

int ag_store_step(struct ag_store *store)
{
	/* Outside a transaction SQLite would begin one, and end it with the step. */
	if (sqlite3_get_autocommit(store->db))
		return -EIO;
	return ag_sql_run(store, "SAVEPOINT step", AG_NO_VALUES);
}

int ag_store_keep_step(struct ag_store *store)
{
	return ag_sql_run(store, "RELEASE step", AG_NO_VALUES);
}

int ag_store_undo_step(struct ag_store *store)
{
	if (sqlite3_get_autocommit(store->db))
		return -EIO;
	if (ag_sql_run(store, "ROLLBACK TO step", AG_NO_VALUES))
		return -EIO;
	return ag_store_keep_step(store) ? -EIO : 0;
}

const char *ag_store_error(struct ag_store *store)
{
	return sqlite3_errmsg(store->db);
}
