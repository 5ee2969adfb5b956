/* SPDX-License-Identifier: GPL-2.0-only */
/* The script that an interpreter is to run, and whose script it is. */
#ifndef AG_SCRIPT_H
#define AG_SCRIPT_H

#include <linux/binfmts.h>
#include <linux/fs.h>

/*
 * ag_script_open - open the file that argv[1] names
 *
 * The name must be absolute, pass no link, lie where names cannot be changed and
 * not be special, so that the interpreter, which looks it up once more, comes to
 * the same file.
 *
 * Return: the file, opened to be judged, or ERR_PTR: -ENOENT (no argument, an
 * option, no such file), -ELOOP (another path, or not protected), -E2BIG, -EFAULT,
 * -ENOMEM, the file system's error.
 */
struct file *ag_script_open(struct linux_binprm *bprm);

/*
 * ag_script_open_interpreter - open the program that the first line of @script names
 *
 * What one language calls data is code to another: a script is read by its own
 * interpreter only.  "#!/usr/bin/env NAME" means /usr/bin/NAME.
 *
 * Return: the file, opened to be judged, or ERR_PTR: -ENOEXEC (no such line),
 * -ENOENT, the file system's error.
 */
struct file *ag_script_open_interpreter(struct file *script);

/* Whether an interpreter that is told to read the script @name might read
 * something else that nobody judges. */
bool ag_script_is_ambiguous(const char *name);

#endif
