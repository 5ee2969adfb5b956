/* SPDX-License-Identifier: GPL-2.0-only */
/* The loaded policy: one immutable copy under RCU, replaced as a whole. */
#ifndef AG_KMOD_POLICY_H
#define AG_KMOD_POLICY_H

#include <linux/types.h>
#include <linux/atmguard.h>

#include "../policy/eval.h"

/*
 * ag_policy_load - check @data and make it the policy in force
 *
 * Takes over @data (kvmalloc'ed) on success.
 * Return: 0, -EPROTO (malformed), -EXDEV (for another class), -ESTALE (not
 * newer than the loaded one, or below its floor), -ENOMEM.
 */
int ag_policy_load(void *data, size_t len);

bool ag_policy_is_loaded(void);
bool ag_policy_is_observe(void);

/* Look-ups under RCU; each copies what it found. */
bool ag_policy_lookup(const u8 digest[ATMGUARD_HASH_LEN], struct ag_policy_entry *ret_entry);
u8 ag_policy_owner(u32 major, u32 minor);
bool ag_policy_protects(const char *path);
/* Whether interpreters read what lies at @path whatever it holds. */
bool ag_policy_is_readable(const char *path);
/* Whether @path is an ancestor of a protected directory: "/opt" of "/opt/atm". */
bool ag_policy_protects_below(const char *path);
/* As ag_policy_usb_verdict(); *ret_scopes are the scopes of the rule that fits. */
int ag_policy_usb(const struct ag_usb_device *dev, u32 scopes, u32 *ret_scopes);

void ag_policy_status(struct atmguard_status *status);

#endif
