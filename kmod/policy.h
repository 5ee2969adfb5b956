/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy in force: one immutable copy under RCU, replaced as a whole, and questions to it. */
#ifndef AG_KMOD_POLICY_H
#define AG_KMOD_POLICY_H

#include <linux/types.h>
#include <linux/atmguard.h>

#include "core/eval.h"

struct ag_policy;

/*
 * ag_policy_open - check @data and make a policy of it that is not in force
 *
 * Takes over @data (kvmalloc'ed) once it is in force, not before.
 * Return: 0, -EPROTO (malformed), -ENOMEM.
 */
int ag_policy_open(void *data, size_t len, struct ag_policy **ret_policy);

/* Let go of one that did not come into force; its data is the caller's again. */
void ag_policy_close(struct ag_policy *p);

const struct ag_policy_view *ag_policy_view(const struct ag_policy *p);

/* For the loader, one at a time: whether @p is newer than what is in force and
 * not below its floor; and put it in force, which lives until the next one. */
bool ag_policy_is_newest(const struct ag_policy *p);
void ag_policy_replace(struct ag_policy *p);

bool ag_policy_is_expired(const struct ag_policy_view *view);

bool ag_policy_is_loaded(void);
bool ag_policy_is_observe(void);

/* Look-ups under RCU; each copies what it found. */
/* By the SHA-256 of a content or, with @verity, by a digest of fs-verity. */
bool ag_policy_lookup(const u8 digest[ATMGUARD_HASH_LEN], bool verity,
		      struct ag_policy_entry *ret_entry);
/* Whether the policy names the file system @uuid; the path it stands for. */
bool ag_policy_filesystem(const u8 uuid[ATMGUARD_UUID_LEN],
			  char ret_path[sizeof_field(struct ag_policy_filesystem, path)]);
/* Number, from 1, of the named file system that stands for @path; 0: none. */
u32 ag_policy_filesystem_point(const char *path);
u8 ag_policy_owner(u32 major, u32 minor);
bool ag_policy_protects(const char *path);
/* Whether interpreters read what lies at @path whatever it holds. */
bool ag_policy_is_readable(const char *path);
/* Whether @base is the last component of such a path. */
bool ag_policy_is_readable_base(const char *base);
/* Whether @path is an ancestor of a protected directory: "/opt" of "/opt/atm". */
bool ag_policy_protects_below(const char *path);
/* As ag_policy_usb_verdict(); *ret_scopes are the scopes of the rule that fits. */
int ag_policy_usb(const struct ag_usb_device *dev, u32 scopes, u32 *ret_scopes);

void ag_policy_status(struct atmguard_status *status);

#endif
