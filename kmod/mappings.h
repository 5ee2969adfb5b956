/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends what runs code that the policy in force does not list. */
#ifndef AG_MAPPINGS_H
#define AG_MAPPINGS_H

#include <linux/types.h>

/*
 * ag_mappings_verify - hash what is mapped executable anywhere, and kill who maps what is not listed
 *
 * Each file is read once, however many map it.  Every process that is found is
 * reported by an alarm; where the policy observes, it is left alone.  So is
 * init: the alarm says that the machine must be restarted.  May sleep, for as
 * long as it takes to hash everything that runs.
 *
 * Return: how many processes were sent SIGKILL.
 */
u32 ag_mappings_verify(void);

/* The same in a worker, after a policy was loaded. */
void ag_mappings_verify_later(void);

#endif
