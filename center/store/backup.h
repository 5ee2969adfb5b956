/* SPDX-License-Identifier: MIT */
/* A copy of the database that is on the disk before anything is changed. */
#ifndef AG_CENTER_STORE_BACKUP_H
#define AG_CENTER_STORE_BACKUP_H

#include <limits.h>
#include <stdint.h>

/* Name of the copy of @path as of @version: center.db, 1 -> center-v1.db;
 * -ENAMETOOLONG. */
int ag_backup_name(const char *path, int64_t version, char ret_copy[PATH_MAX]);

/*
 * ag_backup - copy the database at @path to @copy
 *
 * Has reached the disk, whole and readable, when this returns 0; before, the
 * name @copy is not there or is that of an older copy.
 *
 * Return: 0, -ENOSPC, -EBUSY, -EUCLEAN (the copy does not read right), -EIO.
 */
int ag_backup(const char *path, const char *copy);

#endif
