/* SPDX-License-Identifier: GPL-2.0-only */
/* The judgement of contents: what the policy lists them as. */
#ifndef AG_JUDGE_H
#define AG_JUDGE_H

#include <linux/fs.h>
#include <linux/types.h>
#include <atmguard/verdict.h>

/*
 * ag_judge_file - hash @file and look it up
 *
 * On success writers are shut out until ag_judge_allow_writers(), which the
 * caller must call after it has published the verdict where openers for writing
 * look: at no moment is there a judged file that could be opened for writing.
 * May sleep.
 * Return: 0 (listed), -EPERM (not listed, or not on a pinned file system),
 * -ETXTBSY (open for writing), -ENOEXEC (asks for executable memory of its
 * own, or has something behind its end), -EFBIG, -ENOMEM, the file system's error.
 */
int ag_judge_file(struct file *file, struct atmguard_verdict *ret_verdict);

/* From now on writers find the verdict. */
void ag_judge_allow_writers(struct file *file);

/*
 * ag_judge_data - what the @size bytes at @data are listed as
 *
 * For modules that user space unpacked and handed over from memory: what is
 * hashed is the kernel's own copy, which nobody can change any more.
 * Return: AG_TYPE_*, 0 if not listed.
 */
u32 ag_judge_data(const void *data, u64 size);

#endif
