/* SPDX-License-Identifier: MIT */
/* A disk that fails SQLite at a chosen write. */
#ifndef AG_CENTER_VFS_H
#define AG_CENTER_VFS_H

enum vfs_fault {
	VFS_FINE,
	VFS_CRASH,	/* the process ends with status VFS_CRASHED, before the write */
	VFS_FULL,	/* this write and all after it find no space */
};

#define VFS_CRASHED 99

/* Puts the disk under all databases opened from now on. */
void vfs_install(void);

/* The @nr-th write, truncation or synchronisation from now on has @fault. */
void vfs_fail_at(int nr, enum vfs_fault fault);

#endif
