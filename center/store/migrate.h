/* SPDX-License-Identifier: MIT */
/* From the schema that a database has to the one this program knows. */
#ifndef AG_CENTER_STORE_MIGRATE_H
#define AG_CENTER_STORE_MIGRATE_H

#include "store.h"

/* Creates the schema in an empty database, brings an older one up to date
 * after a backup, refuses a newer one; see ag_store_open(). */
int ag_migrate(struct ag_store *store, const char *path, ag_store_tell *tell);

/* 0 when the schema is the one this program knows, else -ENOTSUP. */
int ag_migrate_check(struct ag_store *store);

#endif
