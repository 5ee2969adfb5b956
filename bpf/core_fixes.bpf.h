/* SPDX-License-Identifier: GPL-2.0-only */
/* What newer kernels have and the one that vmlinux.h comes from does not. */
#ifndef AG_CORE_FIXES_BPF_H
#define AG_CORE_FIXES_BPF_H

/* Compressed modules got an id of their own after 6.12. */
enum kernel_read_file_id___new {
	READING_MODULE_COMPRESSED = 1000,	/* placeholder, relocated at load */
};

/*
 * The hook that file_setattr(2) brought, 6.17; older kernels have neither.  The
 * question mark leaves it to the loader whether the program can be attached.
 */
#define SEC_FILE_SETATTR "?lsm/inode_file_setattr"
struct file_kattr;

#endif
