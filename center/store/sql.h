/* SPDX-License-Identifier: MIT */
/* SQLite behind a few typed calls; only for the files of center/store/. */
#ifndef AG_CENTER_STORE_SQL_H
#define AG_CENTER_STORE_SQL_H

#include "store.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#define AG_SQL_STATEMENTS_MAX	160	/* all literals of the store, with room */

struct ag_store {
	sqlite3 *db;
	int nr;
	struct { const char *sql; sqlite3_stmt *statement; } kept[AG_SQL_STATEMENTS_MAX];
};

/* One value for a `?` of a statement. */
struct ag_sql_value {
	enum { AG_SQL_INT = 1, AG_SQL_TEXT, AG_SQL_BLOB } type;
	int64_t number;
	const void *data;	/* NULL: the value NULL */
	int len;
};
#define AG_INT(v)	{ .type = AG_SQL_INT, .number = (int64_t)(v) }
#define AG_TEXT(s)	{ .type = AG_SQL_TEXT, .data = (s), .len = -1 }
#define AG_BLOB(p, l)	{ .type = AG_SQL_BLOB, .data = (p), .len = (int)(l) }

#define AG_VALUES(...) \
	(const struct ag_sql_value[]){ __VA_ARGS__ }, \
	sizeof((const struct ag_sql_value[]){ __VA_ARGS__ }) / sizeof(struct ag_sql_value)
#define AG_NO_VALUES NULL, 0

/* The error of store.h for a result of SQLite. */
int ag_sql_error(int rc);

/* A script of several statements, not kept. */
int ag_sql_script(struct ag_store *store, const char *sql);

/* Runs @sql with @values.  @sql must be a string literal: statements are kept
 * by its address. */
int ag_sql_run(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr);

/* The same, for a statement that must change exactly one row: else -ENOENT. */
int ag_sql_change(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr);

/*
 * ag_sql_ask - first row of a query; -ENOENT when there is none
 *
 * On success *@ret_row is to be read with sqlite3_column_*() and given back
 * by ag_sql_done().  ag_sql_next() goes to the following row, -ENOENT at
 * the end.
 */
int ag_sql_ask(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr,
	       sqlite3_stmt **ret_row);
int ag_sql_next(sqlite3_stmt *row);
void ag_sql_done(sqlite3_stmt *row);

/* Calls @use for each row until it returns other than 0, which is returned;
 * 0 after the last one, also when there is none. */
int ag_sql_each(struct ag_store *store, const char *sql, const struct ag_sql_value *values, size_t nr,
		int (*use)(sqlite3_stmt *row, void *arg), void *arg);

/* One number from a query of one column; @otherwise when there is no row. */
int ag_sql_number(struct ag_store *store, const char *sql, const struct ag_sql_value *values,
		  size_t nr, int64_t otherwise, int64_t *ret_number);

/* Copies column @i as text, cut to @size; "" for NULL. */
void ag_sql_text(sqlite3_stmt *row, int i, char *text, size_t size);
/* Copies column @i if it is a blob of exactly @len bytes, else -EUCLEAN. */
int ag_sql_blob(sqlite3_stmt *row, int i, void *data, size_t len);

#endif
