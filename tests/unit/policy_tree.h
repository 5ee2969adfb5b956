/* SPDX-License-Identifier: MIT */
/* A tree in a temporary directory, for what reads and writes files. */
#ifndef AG_POLICY_TREE_H
#define AG_POLICY_TREE_H

#include <stddef.h>
#include <sys/types.h>

extern char root[];	/* where it is */

void make_root(void);
void remove_root(void);

/* The path below the root; good for four calls. */
char *below(const char *path);

/* Makes a file and the directories above it. */
void put(const char *path, const void *data, size_t len, mode_t mode);
void put_text(const char *path, const char *text, mode_t mode);

#endif
