// SPDX-License-Identifier: MIT
// Copy the database with SQLite's own means, then see that it is on the disk.
#include "backup.h"
#include "sql.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int ag_backup_name(const char *path, int64_t version, char ret_copy[PATH_MAX])
{
	size_t len = strlen(path);

	if (len > 3 && strcmp(path + len - 3, ".db") == 0)
		len -= 3;
	return snprintf(ret_copy, PATH_MAX, "%.*s-v%lld.db", (int)len, path, (long long)version) < PATH_MAX
		       ? 0 : -ENAMETOOLONG;
}

/* All pages at once: whoever else wrote would make it begin again and again,
 * and the caller keeps others from writing. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return ag_sql_error(sqlite3_errcode(to));
	rc = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	return rc == SQLITE_DONE ? 0 : rc == SQLITE_OK ? -EIO : ag_sql_error(rc);
}

/* A connection of its own: the one that holds the lock cannot be copied from. */
static int copy_file(const char *path, const char *copy)
{
	sqlite3 *from = NULL, *to = NULL;
	int r = ag_sql_error(sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, NULL));

	if (r == 0)
		r = ag_sql_error(sqlite3_open_v2(copy, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
						 SQLITE_OPEN_NOFOLLOW, NULL));
	if (r == 0)
		r = copy_pages(from, to);
	sqlite3_close(from);
	sqlite3_close(to);
	return r;
}

/* Whether what was written can be read: a copy nobody can use is none. */
static int check_copy(const char *copy)
{
	struct ag_store store = { 0 };
	sqlite3_stmt *row;
	int r = ag_sql_error(sqlite3_open_v2(copy, &store.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL));

	if (r == 0)
		r = ag_sql_error(sqlite3_prepare_v2(store.db, "PRAGMA quick_check(1)", -1, &row, NULL));
	if (r == 0) {
		r = ag_sql_next(row);
		if (r == 0 && strcmp((const char *)sqlite3_column_text(row, 0), "ok"))
			r = -EUCLEAN;
		sqlite3_finalize(row);
	}
	sqlite3_close(store.db);
	return r;
}

static int sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
	int r = fd < 0 || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return r;
}

/* The name appears when everything behind it is on the disk. */
static int publish(const char *part, const char *copy)
{
	char dir[PATH_MAX];
	int r = sync_path(part, 0);

	if (r)
		return r;
	if (rename(part, copy))
		return -errno;
	strcpy(dir, copy);
	return sync_path(dirname(dir), O_DIRECTORY);
}

int ag_backup(const char *path, const char *copy)
{
	char part[PATH_MAX];
	int r;

	if (snprintf(part, sizeof(part), "%s.part", copy) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	if (unlink(part) && errno != ENOENT)	/* of a start that was cut off */
		return -errno;
	r = copy_file(path, part);
	if (r == 0)
		r = check_copy(part);
	if (r == 0)
		r = publish(part, copy);
	if (r)
		unlink(part);
	return r;
}
