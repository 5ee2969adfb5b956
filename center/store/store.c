// SPDX-License-Identifier: MIT
// Open the database safely, and close it.
#include "store.h"
#include "migrate.h"
#include "sql.h"

#include <errno.h>
#include <stdlib.h>

#define BUSY_MS		500	/* an administrator's backup may hold the lock that long */

static int connect_to(const char *path, int flags, const char *settings, struct ag_store *store)
{
	int r = ag_sql_error(sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOFOLLOW |
					     SQLITE_OPEN_NOMUTEX, NULL));

	if (r == 0)
		r = ag_sql_error(sqlite3_busy_timeout(store->db, BUSY_MS));
	if (r == 0)
		r = ag_sql_error(sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL));
	return r ? r : ag_sql_script(store, settings);
}

int ag_store_open(const char *path, ag_store_tell *tell, struct ag_store **ret_store)
{
	static const char settings[] =
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON;";
	struct ag_store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	r = connect_to(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, settings, store);
	if (r == 0)
		r = ag_migrate(store, path, tell);
	if (r) {
		ag_store_close(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

int ag_store_open_to_read(const char *path, struct ag_store **ret_store)
{
	static const char settings[] =
		"PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
		"PRAGMA temp_store=MEMORY;";	/* sorting makes no files */
	struct ag_store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	r = connect_to(path, SQLITE_OPEN_READONLY, settings, store);
	if (r == 0)
		r = ag_migrate_check(store);
	if (r) {
		ag_store_close(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

void ag_store_close(struct ag_store *store)
{
	if (!store)
		return;
	for (int i = 0; i < store->nr; i++)
		sqlite3_finalize(store->kept[i].statement);
	sqlite3_close(store->db);
	free(store);
}
