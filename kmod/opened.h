/* SPDX-License-Identifier: GPL-2.0-only */
/* The name by which the present system call opens a file. */
#ifndef AG_OPENED_H
#define AG_OPENED_H

#include <linux/types.h>

/* Whether the current task is in a system call that opens the file of the name
 * @path, letter by letter. */
bool ag_opened_by(const char *path);

/* Whether it opens a file by a name that nobody can make another file's: one below
 * a protected path, or a `reads` path, where no code is looked for. */
bool ag_opened_by_fixed_name(void);

#endif
