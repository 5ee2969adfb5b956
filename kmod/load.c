// SPDX-License-Identifier: GPL-2.0-only
// Puts a policy in force that is newer than the present one, and looks at everything under it.
#include "load.h"

#include <linux/mutex.h>

#include "audit.h"
#include "identity.h"
#include "mappings.h"
#include "pin.h"
#include "policy.h"
#include "state.h"

/* load_lock serialises loads: version check and replacement are one step.  The
 * locks of pins, state and audit nest inside. */
static DEFINE_MUTEX(load_lock);

static void record_load(const struct ag_policy_view *view)
{
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_POLICY, .job = ag_state_job(),
					   .aux = view->version,
					   .digest = view->header->text_sha256,
					   .detail = view->header->atm_class });
	if (ag_policy_is_expired(view))
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM,
						   .detail = "policy is past its date" });
	if (view->flags & AG_POLICY_OBSERVE)
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM,
						   .detail = "policy observes only" });
}

static int put_in_force(struct ag_policy *p)
{
	lockdep_assert_held(&load_lock);
	if (!ag_identity_fits_class(ag_policy_view(p)->header->atm_class))
		return -EXDEV;
	if (!ag_policy_is_newest(p))
		return -ESTALE;
	ag_policy_replace(p);
	/* Before verdicts can be made under the new one. */
	ag_pin_review();
	/* Verdicts of the old policy end here, before anybody is told. */
	ag_state_new_generation();
	/* Before the lock is given up: the next one frees it. */
	record_load(ag_policy_view(p));
	return 0;
}

int ag_load(void *data, size_t len)
{
	struct ag_policy *p;
	int r = ag_policy_open(data, len, &p);

	if (r)
		return r;
	mutex_lock(&load_lock);
	r = put_in_force(p);
	mutex_unlock(&load_lock);
	if (r) {
		ag_policy_close(p);
		return r;
	}
	if (ag_state_generation())
		ag_mappings_verify_later();
	return 0;
}
