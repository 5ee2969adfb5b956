/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that is about to start is told by its arguments. */
#ifndef AG_ARGUMENT_H
#define AG_ARGUMENT_H

#include <linux/binfmts.h>
#include <linux/types.h>
#include <atmguard/object.h>

/*
 * ag_argument_command - hash the command a program is given: its first two arguments
 *
 * Return: 0, -ENOENT (the first is not AG_COMMAND_OPTION, or there is no second
 * that fits AG_COMMAND_MAX), -ENOMEM, -EFAULT.
 */
int ag_argument_command(struct linux_binprm *bprm, u8 ret_digest[ATMGUARD_HASH_LEN]);

/* The arguments of a new program behind the first, with a blank before each, as
 * far as they fit into @text: for a record.  What cannot be read is left out. */
void ag_argument_print(struct linux_binprm *bprm, char *text, size_t size);

#endif
