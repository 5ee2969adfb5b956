/* SPDX-License-Identifier: MIT */
/* The center's database: SQLite behind a few typed calls. */
#ifndef AG_CENTER_STORE_STORE_H
#define AG_CENTER_STORE_STORE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

struct ag_store;

/* One value for a `?` of a statement. */
struct ag_value {
	enum { AG_VALUE_NULL, AG_VALUE_INT, AG_VALUE_TEXT, AG_VALUE_BLOB } type;
	int64_t number;
	const void *data;
	int len;
};
#define AG_INT(v)	{ .type = AG_VALUE_INT, .number = (int64_t)(v) }
#define AG_TEXT(s)	{ .type = AG_VALUE_TEXT, .data = (s), .len = -1 }
#define AG_BLOB(p, l)	{ .type = AG_VALUE_BLOB, .data = (p), .len = (int)(l) }
#define AG_NULL		{ .type = AG_VALUE_NULL }

#define AG_VALUES(...) \
	(const struct ag_value[]){ __VA_ARGS__ }, \
	sizeof((const struct ag_value[]){ __VA_ARGS__ }) / sizeof(struct ag_value)

/*
 * Errors of all calls below: -ENOSPC (disk full), -EBUSY (locked by another
 * process), -EEXIST (a constraint), -EUCLEAN (damaged or not a database),
 * -EIO (anything else).
 */

/* Opens or creates @path and brings its schema up to date; -ENOTSUP: made by a
 * newer version. */
int ag_store_open(const char *path, struct ag_store **ret_store);
void ag_store_close(struct ag_store *store);

/* Why the last call failed, for the log. */
const char *ag_store_error(struct ag_store *store);

/* Runs @sql with @values.  @sql must be a string literal: statements are kept
 * by its address. */
int ag_store_run(struct ag_store *store, const char *sql, const struct ag_value *values, size_t nr);

/*
 * ag_store_ask - first row of a query; -ENOENT when there is none
 *
 * On success *@ret_row is to be read with sqlite3_column_*() and given back
 * by ag_store_done().  ag_store_next() goes to the following row, -ENOENT at
 * the end.
 */
int ag_store_ask(struct ag_store *store, const char *sql, const struct ag_value *values, size_t nr,
		 sqlite3_stmt **ret_row);
int ag_store_next(sqlite3_stmt *row);
void ag_store_done(sqlite3_stmt *row);

/* One number from a query of one column; @otherwise when there is no row. */
int ag_store_number(struct ag_store *store, const char *sql, const struct ag_value *values,
		    size_t nr, int64_t otherwise, int64_t *ret_number);

int64_t ag_store_last_id(struct ag_store *store);
int ag_store_changes(struct ag_store *store);

/* A transaction, and inside it a step that can be undone alone. */
int ag_store_begin(struct ag_store *store);
int ag_store_commit(struct ag_store *store);
void ag_store_rollback(struct ag_store *store);
int ag_store_step(struct ag_store *store);
int ag_store_keep_step(struct ag_store *store);
/* 0, or -EIO: the whole transaction is gone. */
int ag_store_undo_step(struct ag_store *store);

/* Copies column @i as text, cut to @size; "" for NULL. */
void ag_store_text(sqlite3_stmt *row, int i, char *text, size_t size);
/* Copies column @i if it is a blob of exactly @len bytes, else -EUCLEAN. */
int ag_store_blob(sqlite3_stmt *row, int i, void *data, size_t len);

#endif
