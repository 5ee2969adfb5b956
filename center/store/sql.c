// SPDX-License-Identifier: MIT
// SQLite: keep prepared statements, bind and read values, map errors.
#include "sql.h"

#include <errno.h>
#include <string.h>

int ag_sql_error(int rc)
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

int ag_sql_script(struct ag_store *store, const char *sql)
{
	return ag_sql_error(sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

static int prepare(struct ag_store *store, const char *sql, sqlite3_stmt **ret)
{
	int r;

	for (int i = 0; i < store->nr; i++)
		if (store->kept[i].sql == sql) {
			*ret = store->kept[i].statement;
			return 0;
		}
	if (store->nr == AG_SQL_STATEMENTS_MAX)
		return -EIO;
	r = ag_sql_error(sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL));
	if (r)
		return r;
	store->kept[store->nr].sql = sql;
	store->kept[store->nr++].statement = *ret;
	return 0;
}

static int bind_one(sqlite3_stmt *statement, int i, const struct ag_sql_value *value)
{
	switch (value->type) {
	case AG_SQL_INT: return sqlite3_bind_int64(statement, i, value->number);
	case AG_SQL_TEXT: return sqlite3_bind_text(statement, i, value->data, value->len, SQLITE_STATIC);
	case AG_SQL_BLOB: return sqlite3_bind_blob(statement, i, value->data, value->len, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

int ag_sql_ask(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr,
	       sqlite3_stmt **ret_row)
{
	sqlite3_stmt *statement;
	int r = prepare(store, sql, &statement);

	if (r)
		return r;
	for (size_t i = 0; i < nr && r == 0; i++)
		r = ag_sql_error(bind_one(statement, i + 1, &values[i]));
	if (r == 0)
		r = ag_sql_next(statement);
	if (r)
		ag_sql_done(statement);
	else
		*ret_row = statement;
	return r;
}

int ag_sql_next(sqlite3_stmt *row)
{
	int rc = sqlite3_step(row);

	return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? -ENOENT : ag_sql_error(rc);
}

void ag_sql_done(sqlite3_stmt *row)
{
	sqlite3_reset(row);
	sqlite3_clear_bindings(row);
}

int ag_sql_run(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, sql, values, nr, &row);

	if (r == 0)
		ag_sql_done(row);
	return r == -ENOENT ? 0 : r;
}

int ag_sql_change(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr)
{
	int r = ag_sql_run(store, sql, values, nr);

	return r ? r : sqlite3_changes(store->db) == 1 ? 0 : -ENOENT;
}

int ag_sql_each(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr,
		int (*use)(sqlite3_stmt *row, void *arg), void *arg)
{
	sqlite3_stmt *row;
	int used = 0, r = ag_sql_ask(store, sql, values, nr, &row);

	if (r)
		return r == -ENOENT ? 0 : r;
	do
		used = use(row, arg);
	while (used == 0 && (r = ag_sql_next(row)) == 0);
	ag_sql_done(row);
	return used ? used : r == -ENOENT ? 0 : r;
}

int ag_sql_number(struct ag_store *store, const char *sql, const struct ag_sql_value *values,
		  size_t nr, int64_t otherwise, int64_t *ret_number)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, sql, values, nr, &row);

	if (r == -ENOENT) {
		*ret_number = otherwise;
		return 0;
	}
	if (r)
		return r;
	*ret_number = sqlite3_column_int64(row, 0);
	ag_sql_done(row);
	return 0;
}

void ag_sql_text(sqlite3_stmt *row, int i, char *text, size_t size)
{
	const char *value = (const char *)sqlite3_column_text(row, i);

	memset(text, 0, size);
	if (value)
		strncpy(text, value, size - 1);
}

int ag_sql_blob(sqlite3_stmt *row, int i, void *data, size_t len)
{
	const void *value = sqlite3_column_blob(row, i);

	if (!value || (size_t)sqlite3_column_bytes(row, i) != len)
		return -EUCLEAN;
	memcpy(data, value, len);
	return 0;
}
