/* SPDX-License-Identifier: GPL-2.0-only */
/* Admission of file systems to those that code may come from (pin.h). */
#ifndef AG_ADMIT_H
#define AG_ADMIT_H

#include <linux/fs.h>

/*
 * ag_admit_root - pin @sb, and look at what is mounted from its disk already
 *
 * At the seal.  Until then only the initramfs ran, so what it mounted and
 * the policy names is pinned with it.
 * Return: 0, -EEXIST or -ENOSPC as ag_pin_add().
 */
int ag_admit_root(struct super_block *sb);

/* A file system of the machine's own disk is being mounted; if it is pinned, a
 * record says so.  Return: as ag_pin_add(). */
int ag_admit(struct super_block *sb);

#endif
