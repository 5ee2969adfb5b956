/* SPDX-License-Identifier: GPL-2.0-only */
/* The strings of a program that is about to start, one after the other. */
#ifndef AG_STRINGS_H
#define AG_STRINGS_H

#include <linux/binfmts.h>
#include <linux/types.h>

/* Where reading is: the arguments lie from bprm->p on, the environment behind
 * them, each string with its NUL.  Begin with AG_STRINGS(), end with _close(). */
struct ag_strings {
	struct linux_binprm *bprm;
	unsigned long pos;
	struct page *page;	/* the one pos lies in, or NULL */
};

#define AG_STRINGS(of)	((struct ag_strings){ .bprm = (of), .pos = (of)->p })

/* Go past the end of the present string, which the kernel bounds
 * (MAX_ARG_STRLEN).  Return: 0 or -EFAULT. */
int ag_strings_skip(struct ag_strings *s);

/* Copy the present string and go past its end; one longer than @buf is cut off,
 * and *ret_whole becomes false.  Return: 0 or -EFAULT. */
int ag_strings_copy(struct ag_strings *s, char *buf, size_t size, bool *ret_whole);

void ag_strings_close(struct ag_strings *s);

#endif
