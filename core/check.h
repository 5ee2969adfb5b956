/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Checks signed objects byte by byte before anything reads them.
 *
 * The only parser that meets these bytes inside the kernel: no allocation, no
 * recursion, no floating point, every loop bounded by a count that was checked
 * first.  The signature says who wrote an object; this says that it is one.
 *
 * Common to all: @data is aligned to 8 bytes (as malloc(3) and kvmalloc()
 * align) and does not change while it is looked at.  Text fields end with at
 * least one NUL, hold nothing behind the first NUL, and no control characters,
 * so callers may print them as they are.
 *
 * Return: 0, -EMSGSIZE (@len is 0 or above ATMGUARD_OBJECT_MAX), -EPROTO (not
 * an object of this purpose, or malformed inside).
 */
#ifndef AG_CORE_CHECK_H
#define AG_CORE_CHECK_H

#include <atmguard/object.h>

#include "portable.h"

#define AG_MAJOR_MAX	0xfffu		/* of a device number, as the kernel splits it */
#define AG_MINOR_MAX	0xfffffu

/* A checked policy, in the caller's memory: it lives as long as that does. */
struct ag_policy_view {
	const struct ag_policy_header *header;
	const struct ag_policy_entry *entries;	/* strictly ascending by digest */
	const struct ag_policy_node *nodes;	/* ranges do not overlap */
	const struct ag_policy_usb *usb;
	const struct ag_policy_path *paths;	/* absolute, normalised, each once */
	const struct ag_policy_path *reads;	/* the same */
	const struct ag_policy_filesystem *filesystems;	/* each UUID and each path once */
	__u64 version;			/* >= 1 */
	__u64 floor;			/* <= version */
	__u64 not_before_s;
	__u64 not_after_s;		/* 0: never; else >= not_before_s */
	__u32 flags;			/* AG_POLICY_* */
	__u32 nr_entries;		/* <= AG_ENTRIES_MAX */
	__u32 nr_nodes;			/* <= AG_NODES_MAX */
	__u32 nr_usb;			/* <= AG_USB_MAX */
	__u32 nr_paths;			/* <= AG_PATHS_MAX */
	__u32 nr_reads;			/* <= AG_PATHS_MAX */
	__u32 nr_filesystems;		/* <= AG_FILESYSTEMS_MAX */
};

/* *ret_view is written only on success; its numbers are in CPU order. */
int ag_policy_check(const void *data, size_t len, struct ag_policy_view *ret_view);

/* struct ag_identity: an ATM number of 1 to 15 digits, a boot UUID other than
 * the nil UUID, version >= 1. */
int ag_identity_check(const void *data, size_t len);

/* struct ag_grant: ATM and employee of 1 to 15 digits, job, scopes and
 * duration within the bounds of object.h. */
int ag_grant_check(const void *data, size_t len);

/* struct ag_receipt: an ATM number of 1 to 15 digits. */
int ag_receipt_check(const void *data, size_t len);

/* Whether @path is what struct ag_policy_path may hold: absolute, at least one
 * component, no empty, "." or ".." component, no slash at the end. */
bool ag_path_is_normal(const char *path);

/* Whether @text of @len bytes is UTF-8 (RFC 3629) without control characters. */
bool ag_text_is_clean(const char *text, size_t len);

#endif
