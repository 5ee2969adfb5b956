/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files interpreters and strict programs may read; asked when one is opened.  May sleep. */
#ifndef AG_TEXT_H
#define AG_TEXT_H

#include <linux/fs.h>

/* Whether all of @file's text is the vendor's or the kernel's. */
bool ag_text_is_trusted(struct file *file);

/* Whether an interpreter may read @file though nobody listed it: nobody can put
 * code there, or the policy says that none is looked for there. */
bool ag_text_may_read_unlisted(struct file *file);

/*
 * Whether an interpreter opens @file where it lies and nobody can move it, by a
 * name that nobody can make another file's.  Any listed file read in place of
 * another (a link for a module, for a profile) may be code of somebody else's making.
 */
bool ag_text_has_fixed_name(struct file *file);

#endif
