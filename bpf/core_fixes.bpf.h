/* SPDX-License-Identifier: GPL-2.0-only */
/* What newer kernels have and 6.12, whose types vmlinux.h holds, does not. */
#ifndef AG_CORE_FIXES_BPF_H
#define AG_CORE_FIXES_BPF_H

/* Compressed modules got an id of their own after 6.12.  libbpf puts the number
 * of the running kernel in the place of this one (CO-RE). */
enum kernel_read_file_id___new {
	READING_MODULE_COMPRESSED = 1000,
};

/*
 * The hook of file_setattr(2); both came with 6.17.  The question mark tells
 * libbpf not to load the program by itself: agent/load/load_bpf.c does where the
 * kernel has the hook, and kmod/seal.c demands it there.
 */
#define SEC_FILE_SETATTR "?lsm/inode_file_setattr"
struct file_kattr;

#endif
