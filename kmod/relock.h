/* SPDX-License-Identifier: GPL-2.0-only */
/* Relocking as a transaction: stop what the scopes allowed, then prove it. */
#ifndef AG_RELOCK_H
#define AG_RELOCK_H

#include <linux/fs.h>
#include <linux/types.h>

/* Remember that a program of class maintenance was started from @inode. */
void ag_relock_note_program(const struct inode *inode);

/*
 * ag_relock_run - kill tasks of class maintenance and tasks that hold a
 * maintenance medium, take the media's drivers away
 *
 * Return: how many tasks and interfaces are left after the bound; 0 is right.
 */
u32 ag_relock_run(void);

/* What could not be closed ends with the machine: it comes back locked. */
void ag_relock_reboot(void);

#endif
