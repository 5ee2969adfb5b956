/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Questions to a checked policy.  Pure look-ups: no state, no allocation, no
 * sleeping, so they may be asked from any context that keeps the policy alive. */
#ifndef AG_CORE_EVAL_H
#define AG_CORE_EVAL_H

#include "check.h"

/* Interfaces of one device over all configurations and altsettings; a device
 * that shows more is refused (cameras, the richest seen, show about 20). */
#define AG_USB_DEVICE_INTERFACES	32u

/* *ret_rule where no rule was needed or none fits. */
#define AG_USB_RULE_NONE		0xffffffffu

/* A USB device as its descriptors show it. */
struct ag_usb_device {
	__u16 vendor;
	__u16 product;
	const char *serial;		/* NULL or "": has none */
	const char *port;		/* as in sysfs: "1-2.1" */
	__u32 nr_interfaces;		/* the true number, even if above the bound */
	struct ag_usb_triple {
		__u8 base_class, subclass, protocol;
	} interface[AG_USB_DEVICE_INTERFACES];
};

/* The entry of a content's SHA-256 or, with @verity, of a digest of fs-verity;
 * NULL if there is none of that kind.  A handful of probes where digests are
 * uniform, at most 2 * log2(n) + 6 for any set of digests. */
const struct ag_policy_entry *ag_policy_find(const struct ag_policy_view *view,
					     const __u8 digest[ATMGUARD_HASH_LEN], bool verity);

/* The file system @uuid that the policy names, or NULL. */
const struct ag_policy_filesystem *
ag_policy_find_filesystem(const struct ag_policy_view *view, const __u8 uuid[ATMGUARD_UUID_LEN]);

/* The owner group of a character device, 0: anybody may open it. */
__u8 ag_policy_node_owner(const struct ag_policy_view *view, __u32 major, __u32 minor);

/* Whether @path is @dir or below it, by whole components. */
bool ag_path_is_at_or_below(const char *path, const char *dir);

/* Whether @path is a protected directory or lies below one, by whole
 * components ("/usr" covers "/usr/bin", not "/usrlocal").  @path is absolute
 * and normalised, as d_path() gives it. */
bool ag_policy_path_protected(const struct ag_policy_view *view, const char *path);

/* Whether @path is exactly a file that interpreters read whatever it holds. */
bool ag_policy_path_readable(const struct ag_policy_view *view, const char *path);

/*
 * ag_policy_usb_verdict - may this device have drivers, with these scopes open?
 *
 * A rule fits if vendor, product, serial and port agree and each interface the
 * device shows is among the rule's: a keyboard hidden in a stick makes the
 * stick unknown.  Devices with nothing but hub interfaces are always allowed.
 *
 * Return: 0 (allowed), -EPERM (no rule fits), -EACCES (a rule fits, but none
 * of its scopes is open).  *ret_rule is always written: the index of the rule
 * that allowed it or that would under another scope, else AG_USB_RULE_NONE.
 */
int ag_policy_usb_verdict(const struct ag_policy_view *view, const struct ag_usb_device *dev,
			  __u32 open_scopes, __u32 *ret_rule);

#endif
