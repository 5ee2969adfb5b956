/* SPDX-License-Identifier: GPL-2.0-only */
/* Code in the environment of a program that is about to start. */
#ifndef AG_ENVIRON_H
#define AG_ENVIRON_H

#include <linux/binfmts.h>
#include <linux/types.h>

/* Whether a variable of the new program's environment brings in code.  Fails
 * closed: true if the environment cannot be read. */
bool ag_environ_has_code(struct linux_binprm *bprm);

#endif
