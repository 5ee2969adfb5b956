// SPDX-License-Identifier: MIT
// SQLite: open safely, keep prepared statements, map errors.
#include "store.h"
#include "schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX	160	/* all literals of the center, with room */
#define BUSY_MS		500	/* an administrator's backup may hold the lock that long */

struct ag_store {
	sqlite3 *db;
	int nr;
	struct { const char *sql; sqlite3_stmt *statement; } kept[STATEMENTS_MAX];
};

static int map(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK: case SQLITE_DONE: case SQLITE_ROW: return 0;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_BUSY: case SQLITE_LOCKED: return -EBUSY;
	case SQLITE_CONSTRAINT: return -EEXIST;
	case SQLITE_CORRUPT: case SQLITE_NOTADB: return -EUCLEAN;
	default: return -EIO;
	}
}

static int exec(struct ag_store *store, const char *sql)
{
	return map(sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

static int prepare(struct ag_store *store, const char *sql, sqlite3_stmt **ret)
{
	int r;

	for (int i = 0; i < store->nr; i++)
		if (store->kept[i].sql == sql) {
			*ret = store->kept[i].statement;
			return 0;
		}
	if (store->nr == STATEMENTS_MAX)
		return -EIO;
	r = map(sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL));
	if (r)
		return r;
	store->kept[store->nr].sql = sql;
	store->kept[store->nr++].statement = *ret;
	return 0;
}

static int bind_one(sqlite3_stmt *statement, int i, const struct ag_value *value)
{
	switch (value->type) {
	case AG_VALUE_INT: return sqlite3_bind_int64(statement, i, value->number);
	case AG_VALUE_TEXT: return sqlite3_bind_text(statement, i, value->data, value->len, SQLITE_STATIC);
	case AG_VALUE_BLOB: return sqlite3_bind_blob(statement, i, value->data, value->len, SQLITE_STATIC);
	default: return sqlite3_bind_null(statement, i);
	}
}

int ag_store_ask(struct ag_store *store, const char *sql, const struct ag_value *values, size_t nr,
		 sqlite3_stmt **ret_row)
{
	sqlite3_stmt *statement;
	int r = prepare(store, sql, &statement);

	if (r)
		return r;
	for (size_t i = 0; i < nr && r == 0; i++)
		r = map(bind_one(statement, i + 1, &values[i]));
	if (r == 0)
		r = ag_store_next(statement);
	if (r)
		ag_store_done(statement);
	else
		*ret_row = statement;
	return r;
}

int ag_store_next(sqlite3_stmt *row)
{
	int rc = sqlite3_step(row);

	return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? -ENOENT : map(rc);
}

void ag_store_done(sqlite3_stmt *row)
{
	sqlite3_reset(row);
	sqlite3_clear_bindings(row);
}

int ag_store_run(struct ag_store *store, const char *sql, const struct ag_value *values, size_t nr)
{
	sqlite3_stmt *row;
	int r = ag_store_ask(store, sql, values, nr, &row);

	if (r == 0)
		ag_store_done(row);
	return r == -ENOENT ? 0 : r;
}

int ag_store_number(struct ag_store *store, const char *sql, const struct ag_value *values,
		    size_t nr, int64_t otherwise, int64_t *ret_number)
{
	sqlite3_stmt *row;
	int r = ag_store_ask(store, sql, values, nr, &row);

	if (r == -ENOENT) {
		*ret_number = otherwise;
		return 0;
	}
	if (r)
		return r;
	*ret_number = sqlite3_column_int64(row, 0);
	ag_store_done(row);
	return 0;
}

int64_t ag_store_last_id(struct ag_store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

int ag_store_changes(struct ag_store *store)
{
	return sqlite3_changes(store->db);
}

int ag_store_begin(struct ag_store *store)
{
	/* IMMEDIATE: fail at the start when another writer has the lock. */
	return ag_store_run(store, "BEGIN IMMEDIATE", NULL, 0);
}

int ag_store_commit(struct ag_store *store)
{
	int r = ag_store_run(store, "COMMIT", NULL, 0);

	if (r)
		ag_store_rollback(store);
	return r;
}

void ag_store_rollback(struct ag_store *store)
{
	/* A full disk makes SQLite roll back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		ag_store_run(store, "ROLLBACK", NULL, 0);
}

int ag_store_step(struct ag_store *store)
{
	/* Outside a transaction SQLite would begin one, and end it with the step. */
	if (sqlite3_get_autocommit(store->db))
		return -EIO;
	return ag_store_run(store, "SAVEPOINT step", NULL, 0);
}

int ag_store_keep_step(struct ag_store *store)
{
	return ag_store_run(store, "RELEASE step", NULL, 0);
}

int ag_store_undo_step(struct ag_store *store)
{
	if (sqlite3_get_autocommit(store->db))
		return -EIO;
	if (ag_store_run(store, "ROLLBACK TO step", NULL, 0))
		return -EIO;
	return ag_store_keep_step(store) ? -EIO : 0;
}

void ag_store_text(sqlite3_stmt *row, int i, char *text, size_t size)
{
	const char *value = (const char *)sqlite3_column_text(row, i);

	memset(text, 0, size);
	if (value)
		strncpy(text, value, size - 1);
}

int ag_store_blob(sqlite3_stmt *row, int i, void *data, size_t len)
{
	const void *value = sqlite3_column_blob(row, i);

	if (!value || (size_t)sqlite3_column_bytes(row, i) != len)
		return -EUCLEAN;
	memcpy(data, value, len);
	return 0;
}

/* Creates the schema in an empty database, refuses one of another version. */
static int migrate(struct ag_store *store)
{
	int64_t version;
	int r = ag_store_number(store, "PRAGMA user_version", NULL, 0, 0, &version);

	if (r || version == AG_SCHEMA_VERSION)
		return r;
	if (version > AG_SCHEMA_VERSION)
		return -ENOTSUP;
	r = ag_store_begin(store);
	if (r)
		return r;
	r = exec(store, ag_schema);
	if (r) {
		ag_store_rollback(store);
		return r;
	}
	return ag_store_commit(store);
}

int ag_store_open(const char *path, struct ag_store **ret_store)
{
	static const char settings[] =
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON;";
	struct ag_store *store = calloc(1, sizeof(*store));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
	int r;

	if (!store)
		return -ENOMEM;
	r = map(sqlite3_open_v2(path, &store->db, flags, NULL));
	if (r == 0)
		r = map(sqlite3_busy_timeout(store->db, BUSY_MS));
	if (r == 0)
		r = map(sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL));
	if (r == 0)
		r = exec(store, settings);
	if (r == 0)
		r = migrate(store);
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

const char *ag_store_error(struct ag_store *store)
{
	return sqlite3_errmsg(store->db);
}
