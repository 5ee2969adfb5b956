/* SPDX-License-Identifier: MIT */
/* The center's database: opening it, and transactions; what stands in it is in
 * the headers beside this one, a noun each. */
#ifndef AG_CENTER_STORE_STORE_H
#define AG_CENTER_STORE_STORE_H

struct ag_store;

/*
 * Errors of every call of center/store/: -ENOENT (no such row), -ENOSPC (disk
 * full), -EBUSY (locked by another process), -EEXIST (a constraint), -EUCLEAN
 * (damaged or not a database), -EIO (anything else).
 *
 * Rows cross as structures and times are seconds since 1970, 0 for never.
 * What lists many rows calls @use for each until it returns other than 0,
 * which is then returned; @use must not call the store.
 */

/* Says what opening did that a person should know, a line each. */
typedef void ag_store_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * ag_store_open - open or create @path, and bring an older one up to date
 *
 * A migration goes forward only, in one transaction, after a copy of the
 * database as it was, beside it and named after its version (center.db and
 * version 1: center-v1.db), has reached the disk.  @tell says so, and what
 * went wrong; an error leaves the database as it was.
 *
 * Return: 0, -ENOTSUP (made by a newer program), or an error as above.
 */
int ag_store_open(const char *path, ag_store_tell *tell, struct ag_store **ret_store);

/* Opens for reading alone; -ENOTSUP: of another version than this program. */
int ag_store_open_to_read(const char *path, struct ag_store **ret_store);

void ag_store_close(struct ag_store *store);

/* Why the last call failed, for the log. */
const char *ag_store_error(struct ag_store *store);

/* A transaction, and inside it a step that can be undone alone. */
int ag_store_begin(struct ag_store *store);
int ag_store_commit(struct ag_store *store);
void ag_store_rollback(struct ag_store *store);
int ag_store_step(struct ag_store *store);
int ag_store_keep_step(struct ag_store *store);
/* 0, or -EIO: the whole transaction is gone. */
int ag_store_undo_step(struct ag_store *store);

/* A transaction that only reads: everything in it is of one moment. */
int ag_store_begin_to_read(struct ag_store *store);

#endif
