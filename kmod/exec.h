/* SPDX-License-Identifier: GPL-2.0-only */
/* What is suspicious about the start of a program that has powers or runs what it reads. */
#ifndef AG_EXEC_H
#define AG_EXEC_H

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <atmguard/exec.h>
#include <atmguard/object.h>

/*
 * ag_exec_has_foreign_root - whether somebody else can choose what paths mean to a new program
 *
 * It would start behind a chroot, or sharing its root directory with another
 * process, and find configuration of that one's, and scripts under names that
 * are not theirs.
 */
bool ag_exec_has_foreign_root(const struct linux_binprm *bprm);

/*
 * ag_exec_examine - the reasons not to let a program start so
 *
 * *ret_reasons becomes AG_EXEC_*, as include/atmguard/exec.h explains them.
 * @flags are the program's AG_FLAG_*; without AG_FLAG_INTERPRETER it is not
 * looked at what text it will run.  May sleep.
 *
 * Return: the script that its first argument names, opened to be judged
 * (release with fput()), where AG_EXEC_UNLISTED_TEXT depends on it, else NULL.
 */
struct file *ag_exec_examine(struct linux_binprm *bprm, u32 flags, u32 *ret_reasons);

#endif
