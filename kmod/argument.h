/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that is about to start is told by its arguments. */
#ifndef AG_ARGUMENT_H
#define AG_ARGUMENT_H

#include <linux/binfmts.h>
#include <linux/types.h>

/* Whether the policy lists the command that a program is given: AG_COMMAND_OPTION
 * and the argument behind it. */
bool ag_argument_is_listed_command(struct linux_binprm *bprm);

/* The arguments of a new program behind the first, with a blank before each, as
 * far as they fit into @text: for a record.  What cannot be read is left out. */
void ag_argument_print(struct linux_binprm *bprm, char *text, size_t size);

#endif
