// SPDX-License-Identifier: GPL-2.0-only
// Holds the policy in force and answers questions to it.
#include "policy.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

struct ag_policy {
	struct ag_policy_view view;
	void *data;		/* what view points into */
	size_t len;
	struct rcu_head rcu;
};

/* Replaced by the loader, which takes turns with itself (load.c). */
static struct ag_policy __rcu *current_policy;

int ag_policy_open(void *data, size_t len, struct ag_policy **ret_policy)
{
	struct ag_policy *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int r;

	if (!p)
		return -ENOMEM;
	r = ag_policy_check(data, len, &p->view);
	if (r) {
		kfree(p);
		return r;
	}
	p->data = data;
	p->len = len;
	*ret_policy = p;
	return 0;
}

void ag_policy_close(struct ag_policy *p)
{
	kfree(p);
}

const struct ag_policy_view *ag_policy_view(const struct ag_policy *p)
{
	return &p->view;
}

bool ag_policy_is_newest(const struct ag_policy *p)
{
	const struct ag_policy *old = rcu_dereference_protected(current_policy, true);

	return !old || (p->view.version > old->view.version && p->view.version >= old->view.floor);
}

static void free_rcu(struct rcu_head *head)
{
	struct ag_policy *p = container_of(head, struct ag_policy, rcu);

	kvfree(p->data);
	kfree(p);
}

void ag_policy_replace(struct ag_policy *p)
{
	struct ag_policy *old = rcu_replace_pointer(current_policy, p, true);

	if (old)
		call_rcu(&old->rcu, free_rcu);
}

bool ag_policy_is_expired(const struct ag_policy_view *view)
{
	return view->not_after_s && (u64)ktime_get_real_seconds() > view->not_after_s;
}

bool ag_policy_is_loaded(void)
{
	return rcu_access_pointer(current_policy);
}

bool ag_policy_is_observe(void)
{
	struct ag_policy *p;
	bool observe;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	observe = p && (p->view.flags & AG_POLICY_OBSERVE);
	rcu_read_unlock();
	return observe;
}

bool ag_policy_lookup(const u8 digest[ATMGUARD_HASH_LEN], bool verity,
		      struct ag_policy_entry *ret_entry)
{
	const struct ag_policy_entry *e = NULL;
	struct ag_policy *p;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	if (p)
		e = ag_policy_find(&p->view, digest, verity);
	if (e)
		*ret_entry = *e;
	rcu_read_unlock();
	return e;
}

bool ag_policy_filesystem(const u8 uuid[ATMGUARD_UUID_LEN],
			  char ret_path[sizeof_field(struct ag_policy_filesystem, path)])
{
	const struct ag_policy_filesystem *f = NULL;
	struct ag_policy *p;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	if (p)
		f = ag_policy_find_filesystem(&p->view, uuid);
	if (f)
		memcpy(ret_path, f->path, sizeof(f->path));
	rcu_read_unlock();
	return f;
}

u32 ag_policy_filesystem_point(const char *path)
{
	struct ag_policy *p;
	u32 point = 0;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	for (u32 i = 0; p && i < p->view.nr_filesystems && !point; i++)
		if (strcmp(p->view.filesystems[i].path, path) == 0)
			point = i + 1;
	rcu_read_unlock();
	return point;
}

u8 ag_policy_owner(u32 major, u32 minor)
{
	struct ag_policy *p;
	u8 owner;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	owner = p ? ag_policy_node_owner(&p->view, major, minor) : 0;
	rcu_read_unlock();
	return owner;
}

/* What @says of @path in the policy in force; without one, nothing is so. */
static __always_inline bool ask(bool (*says)(const struct ag_policy_view *, const char *),
				const char *path)
{
	struct ag_policy *p;
	bool yes;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	yes = p && says(&p->view, path);
	rcu_read_unlock();
	return yes;
}

bool ag_policy_protects(const char *path)
{
	return ask(ag_policy_path_protected, path);
}

bool ag_policy_is_readable(const char *path)
{
	return ask(ag_policy_path_readable, path);
}

static bool has_readable_base(const struct ag_policy_view *view, const char *base)
{
	for (u32 i = 0; i < view->nr_reads; i++)
		if (strcmp(kbasename(view->reads[i].path), base) == 0)
			return true;
	return false;
}

bool ag_policy_is_readable_base(const char *base)
{
	return ask(has_readable_base, base);
}

static bool has_protected_below(const struct ag_policy_view *view, const char *path)
{
	/* The root is the one path that ends with a slash. */
	size_t len = strcmp(path, "/") ? strlen(path) : 0;

	for (u32 i = 0; i < view->nr_paths; i++) {
		const char *protected = view->paths[i].path;

		if (strncmp(protected, path, len) == 0 && protected[len] == '/')
			return true;
	}
	return false;
}

bool ag_policy_protects_below(const char *path)
{
	return ask(has_protected_below, path);
}

int ag_policy_usb(const struct ag_usb_device *dev, u32 scopes, u32 *ret_scopes)
{
	u32 rule = AG_USB_RULE_NONE;
	struct ag_policy *p;
	int r = -EPERM;

	*ret_scopes = 0;
	rcu_read_lock();
	p = rcu_dereference(current_policy);
	if (p)
		r = ag_policy_usb_verdict(&p->view, dev, scopes, &rule);
	if (rule != AG_USB_RULE_NONE)
		*ret_scopes = le32_to_cpu(p->view.usb[rule].scopes);
	rcu_read_unlock();
	return r;
}

void ag_policy_status(struct atmguard_status *status)
{
	struct ag_policy *p;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	if (p) {
		status->flags |= ATMGUARD_STATUS_POLICY;
		if (p->view.flags & AG_POLICY_OBSERVE)
			status->flags |= ATMGUARD_STATUS_OBSERVE;
		if (ag_policy_is_expired(&p->view))
			status->flags |= ATMGUARD_STATUS_POLICY_EXPIRED;
		status->policy_version = p->view.version;
		status->policy_expires_wall_s = p->view.not_after_s;
		status->policy_bytes = p->len + sizeof(*p);
		status->policy_entries = p->view.nr_entries;
	}
	rcu_read_unlock();
}
