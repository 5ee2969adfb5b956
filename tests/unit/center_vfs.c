// SPDX-License-Identifier: MIT
// SQLite's own disk with a counter in front.
#include "center_vfs.h"

#include <sqlite3.h>
#include <unistd.h>

/* Behind the real file, which keeps its place and its layout. */
struct more {
	const sqlite3_io_methods *real;
	sqlite3_io_methods methods;	/* the real ones but for those below */
};

static sqlite3_vfs disk, *real_disk;
static int rest;
static enum vfs_fault at_end;

/* SQLITE_OK: go on. */
static int strike(void)
{
	if (at_end == VFS_FINE || --rest > 0)
		return SQLITE_OK;
	if (at_end == VFS_CRASH)
		_exit(VFS_CRASHED);
	return SQLITE_FULL;
}

static struct more *more_of(sqlite3_file *file)
{
	return (struct more *)((char *)file + real_disk->szOsFile);
}

static int on_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	int rc = strike();

	return rc ? rc : more_of(file)->real->xWrite(file, data, len, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = strike();

	return rc ? rc : more_of(file)->real->xTruncate(file, size);
}

static int on_sync(sqlite3_file *file, int flags)
{
	int rc = strike();

	return rc ? rc : more_of(file)->real->xSync(file, flags);
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct more *more = more_of(file);
	int rc = real_disk->xOpen(real_disk, name, file, flags, ret_flags);

	if (rc || !file->pMethods)
		return rc;
	more->real = file->pMethods;
	more->methods = *file->pMethods;
	more->methods.xWrite = on_write;
	more->methods.xTruncate = on_truncate;
	more->methods.xSync = on_sync;
	file->pMethods = &more->methods;
	return SQLITE_OK;
}

void vfs_install(void)
{
	real_disk = sqlite3_vfs_find(NULL);
	disk = *real_disk;
	disk.zName = "failing";
	disk.szOsFile = real_disk->szOsFile + (int)sizeof(struct more);
	disk.xOpen = on_open;
	sqlite3_vfs_register(&disk, 1);
}

void vfs_fail_at(int nr, enum vfs_fault fault)
{
	rest = nr;
	at_end = fault;
}
