/* SPDX-License-Identifier: GPL-2.0-only */
/* The seal: from here on nothing can be taken away from the guard. */
#ifndef AG_SEAL_H
#define AG_SEAL_H

#include <linux/atmguard.h>

/*
 * ag_seal - take references to the BPF links, pin the root file system, lock
 * Errors: see struct atmguard_seal.
 */
int ag_seal(const struct atmguard_seal *seal);

#endif
