/* SPDX-License-Identifier: GPL-2.0-only */
/* How an interpreter is started: its first argument, its environment, its mark. */
#ifndef AG_START_H
#define AG_START_H

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <atmguard/object.h>
#include <atmguard/verdict.h>

/*
 * ag_start_open_script - open the file that argv[1] names
 *
 * The name must be absolute, pass no link and not be special, so that the interpreter, which
 * looks it up once more, comes to the same file.
 *
 * Return: the file, opened to be judged, or ERR_PTR: -ENOENT (no argument, an
 * option, no such file), -ELOOP (another path), -E2BIG, -EFAULT, -ENOMEM, the file system's error.
 */
struct file *ag_start_open_script(struct linux_binprm *bprm);

/*
 * ag_start_open_speaker - open the program that the first line of @script names
 *
 * What one language calls data is code to another: a script is read by its own
 * interpreter only.  "#!/usr/bin/env NAME" means /usr/bin/NAME.
 *
 * Return: the file, opened to be judged, or ERR_PTR: -ENOEXEC (no such line),
 * -ENOENT, the file system's error.
 */
struct file *ag_start_open_speaker(struct file *script);

/*
 * ag_start_command - hash the command a program is given: its first two arguments
 *
 * Return: 0, -ENOENT (the first is not AG_COMMAND_OPTION, or there is no second
 * that fits AG_COMMAND_MAX), -ENOMEM, -EFAULT.
 */
int ag_start_command(struct linux_binprm *bprm, u8 ret_digest[ATMGUARD_HASH_LEN]);

/* Whether the current task is in a system call that opens the file of the name
 * @path, letter by letter. */
bool ag_start_is_opening(const char *path);

/* Whether it opens a file by a name that nobody can make another file's: one below
 * a protected path, or a `reads` path, where no code is looked for. */
bool ag_start_is_opening_steady(void);

/* The arguments of a new program behind the first, with a blank before each, as
 * far as they fit into @text: for a record.  What cannot be read is left out. */
void ag_start_print_arguments(struct linux_binprm *bprm, char *text, size_t size);

/* Whether a variable of the new program's environment brings in code.  Fails
 * closed: true if the environment cannot be read. */
bool ag_start_has_code_env(struct linux_binprm *bprm);

struct bpf_prog;

/* Whether an interpreter that is told to read the script @name might read
 * something else that nobody judges. */
bool ag_start_is_special(const char *name);

/* Whether the seccomp filter @prog can let system calls succeed unmade. */
bool ag_start_is_forging(const struct bpf_prog *prog);

/* Set or clear a mark of AG_PERSONALITY_* on the current task. */
void ag_start_mark(u32 mark, bool on);

#endif
