/* SPDX-License-Identifier: MIT */
/* Writes files that are whole or not there. */
#ifndef AG_POLICY_OUTPUT_H
#define AG_POLICY_OUTPUT_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * A file being written beside its destination.  Until commit, the destination
 * is as it was; after, it is the new one, on the disk.  @path NULL or "-"
 * means standard output; that, and a device or pipe, cannot be taken back.
 */
struct ag_output {
	FILE *file;
	char *path;		/* NULL: not renamed to */
	char *temporary;
};

int ag_output_open(struct ag_output *out, const char *path, mode_t mode);
int ag_output_commit(struct ag_output *out);
void ag_output_abort(struct ag_output *out);	/* nothing after a commit */

/* All three in one. */
int ag_output_write(const char *path, mode_t mode, const void *data, size_t len);

#endif
