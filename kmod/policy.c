// SPDX-License-Identifier: GPL-2.0-only
// Holds the policy in force and answers questions to it.
#include "policy.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "audit.h"
#include "identity.h"
#include "mappings.h"
#include "pin.h"
#include "state.h"

struct policy {
	struct ag_policy_view view;
	void *data;		/* what view points into */
	size_t len;
	struct rcu_head rcu;
};

/* load_lock serialises loads: version check and replacement are one step. */
static DEFINE_MUTEX(load_lock);
static struct policy __rcu *current_policy;

static void free_rcu(struct rcu_head *head)
{
	struct policy *p = container_of(head, struct policy, rcu);

	kvfree(p->data);
	kfree(p);
}

static bool is_expired(const struct ag_policy_view *view)
{
	return view->not_after_s && (u64)ktime_get_real_seconds() > view->not_after_s;
}

static int check_newer(const struct policy *p)
{
	struct policy *old = rcu_dereference_protected(current_policy,
						       lockdep_is_held(&load_lock));

	if (!ag_identity_fits_class(p->view.header->atm_class))
		return -EXDEV;
	if (old && (p->view.version <= old->view.version || p->view.version < old->view.floor))
		return -ESTALE;
	return 0;
}

static void record_load(const struct policy *p)
{
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_POLICY, .job = ag_state_job(),
					   .aux = p->view.version,
					   .digest = p->view.header->text_sha256,
					   .detail = p->view.header->atm_class });
	if (is_expired(&p->view))
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM,
						   .detail = "policy is past its date" });
	if (p->view.flags & AG_POLICY_OBSERVE)
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM,
						   .detail = "policy observes only" });
}

int ag_policy_load(void *data, size_t len)
{
	struct policy *p = kzalloc(sizeof(*p), GFP_KERNEL), *old;
	int r;

	if (!p)
		return -ENOMEM;
	p->data = data;
	p->len = len;
	r = ag_policy_check(data, len, &p->view);
	if (r)
		goto free_policy;
	mutex_lock(&load_lock);
	r = check_newer(p);
	if (r) {
		mutex_unlock(&load_lock);
		goto free_policy;
	}
	old = rcu_replace_pointer(current_policy, p, lockdep_is_held(&load_lock));
	/* Before verdicts can be made under the new one. */
	ag_pin_review();
	/* Verdicts of the old policy end here, before anybody is told. */
	ag_state_new_generation();
	mutex_unlock(&load_lock);
	record_load(p);
	if (ag_state_generation())
		ag_mappings_verify_later();
	if (old)
		call_rcu(&old->rcu, free_rcu);
	return 0;
free_policy:
	kfree(p);
	return r;
}

bool ag_policy_is_loaded(void)
{
	return rcu_access_pointer(current_policy);
}

bool ag_policy_is_observe(void)
{
	struct policy *p;
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
	struct policy *p;

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
	struct policy *p;

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
	struct policy *p;
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
	struct policy *p;
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
	struct policy *p;
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
	struct policy *p;
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
	struct policy *p;

	rcu_read_lock();
	p = rcu_dereference(current_policy);
	if (p) {
		status->flags |= ATMGUARD_STATUS_POLICY;
		if (p->view.flags & AG_POLICY_OBSERVE)
			status->flags |= ATMGUARD_STATUS_OBSERVE;
		if (is_expired(&p->view))
			status->flags |= ATMGUARD_STATUS_POLICY_EXPIRED;
		status->policy_version = p->view.version;
		status->policy_expires_wall_s = p->view.not_after_s;
		status->policy_bytes = p->len + sizeof(*p);
		status->policy_entries = p->view.nr_entries;
	}
	rcu_read_unlock();
}
