/* SPDX-License-Identifier: GPL-2.0-only */
/* Denials: every one leaves a record, and holds unless the policy only observes. */
#ifndef AG_DENY_H
#define AG_DENY_H

#include <linux/binfmts.h>

#include "audit.h"

/*
 * ag_deny - record that a hook (ATMGUARD_HOOK_*) refuses @what with @error
 * Return: @error, or 0 where the policy only observes.  Process context only.
 */
int ag_deny(u32 hook, int error, const struct ag_event *what);

/*
 * ag_deny_start - the same for an interpreter that may not start so
 *
 * The record says how it was to be, so that whoever writes the policy sees which
 * command it would need.  May sleep.
 */
int ag_deny_start(struct linux_binprm *bprm);

#endif
