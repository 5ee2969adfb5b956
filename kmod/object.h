/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes signed objects from user space: copies, verifies, records refusals. */
#ifndef AG_OBJECT_H
#define AG_OBJECT_H

#include <linux/types.h>
#include <linux/atmguard.h>
#include <atmguard/object.h>

/* Load the anchors compiled in; an empty anchor set makes init fail. */
int ag_object_init(void);

/*
 * ag_object_get - copy the object of @purpose that @blob names and verify it
 *
 * *ret_data is 8-byte aligned, signed by an anchor of the purpose and not yet
 * looked into; free it with kvfree().  Errors as struct atmguard_blob says.
 * The caller reports any refusal, its own included, by ag_object_refused().
 */
int ag_object_get(enum ag_purpose purpose, const struct atmguard_blob *blob,
		  void **ret_data, size_t *ret_len);

/* Record that an object of @purpose was refused with @error; returns @error. */
int ag_object_refused(enum ag_purpose purpose, int error);

#endif
