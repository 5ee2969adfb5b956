// SPDX-License-Identifier: MIT
// Bring a database up to date: a copy first, then one transaction, forward only.
#include "migrate.h"
#include "backup.h"
#include "schema.h"
#include "sql.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void tell_nobody(const char *format, ...)
{
}

static int read_version(struct ag_store *store, int64_t *ret_version)
{
	return ag_sql_number(store, "PRAGMA user_version", AG_NO_VALUES, 0, ret_version);
}

int ag_migrate_check(struct ag_store *store)
{
	int64_t version;
	int r = read_version(store, &version);

	return r ? r : version == AG_SCHEMA_VERSION ? 0 : -ENOTSUP;
}

static int keep_copy(const char *path, int64_t version, ag_store_tell *tell)
{
	char copy[PATH_MAX];
	int r = ag_backup_name(path, version, copy);

	if (r == 0)
		r = ag_backup(path, copy);
	if (r)
		tell("%s: cannot keep a copy of version %lld: %s", path, (long long)version, strerror(-r));
	else
		tell("%s: version %lld is kept as %s", path, (long long)version, copy);
	return r;
}

/* Tables that were made anew must still fit together. */
static int check_references(struct ag_store *store)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, "PRAGMA foreign_key_check", AG_NO_VALUES, &row);

	if (r == 0)
		ag_sql_done(row);
	return r == -ENOENT ? 0 : r ? r : -EUCLEAN;
}

static int take_steps(struct ag_store *store, int64_t version, const char *path, ag_store_tell *tell)
{
	int r = 0;

	for (; version < AG_SCHEMA_VERSION && r == 0; version++)
		r = ag_sql_script(store, ag_schema_steps[version]);
	if (r == 0)
		r = check_references(store);
	if (r)
		tell("%s: cannot be changed: %s", path, ag_store_error(store));
	return r;
}

/* The lock is taken before the copy: nothing falls between copy and change.
 * Whoever had it before may have changed the version: then a copy would put a
 * newer database in the place of the old one that was kept. */
static int upgrade(struct ag_store *store, int64_t version, const char *path, ag_store_tell *tell)
{
	int64_t present;
	int r = ag_store_begin(store);

	if (r)
		return r;
	r = read_version(store, &present);
	if (r == 0 && present != version)
		r = -EBUSY;
	if (r == 0 && version > 0)
		r = keep_copy(path, version, tell);
	if (r == 0)
		r = take_steps(store, version, path, tell);
	if (r) {
		ag_store_rollback(store);
		return r;
	}
	return ag_store_commit(store);
}

static int refuse_newer(int64_t version, const char *path, ag_store_tell *tell)
{
	tell("%s: is of version %lld, and this program knows versions up to %d only: start the newer"
	     " program, or put back the copy that it kept", path, (long long)version, AG_SCHEMA_VERSION);
	return -ENOTSUP;
}

int ag_migrate(struct ag_store *store, const char *path, ag_store_tell *tell)
{
	int64_t version;
	int r = read_version(store, &version);

	if (!tell)
		tell = tell_nobody;
	if (r || version == AG_SCHEMA_VERSION)
		return r;
	if (version < 0 || version > AG_SCHEMA_VERSION)
		return refuse_newer(version, path, tell);
	/* A table is replaced while others refer to it, which is looked at in the
	 * end instead.  Has no effect inside a transaction. */
	r = ag_sql_script(store, "PRAGMA foreign_keys=OFF");
	if (r == 0)
		r = upgrade(store, version, path, tell);
	if (r == 0)
		r = ag_sql_script(store, "PRAGMA foreign_keys=ON");
	if (version > 0 && r == 0)
		tell("%s: is of version %d now", path, AG_SCHEMA_VERSION);
	else if (r)
		tell("%s: stays as it was: %s", path, strerror(-r));
	return r;
}
