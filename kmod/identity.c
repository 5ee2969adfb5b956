// SPDX-License-Identifier: GPL-2.0-only
// Keeps the machine's signed identity.
#include "identity.h"

#include <linux/mutex.h>
#include <linux/timekeeping.h>
#include <atmguard/object.h>

#include "core/check.h"
#include "audit.h"

/* Written once, before loaded is set (release); never changed after. */
static DEFINE_MUTEX(load_lock);
static struct ag_identity identity;
static bool loaded;

int ag_identity_load(const void *data, size_t len)
{
	u64 not_after_s;
	int r = ag_identity_check(data, len);

	if (r)
		return r;
	mutex_lock(&load_lock);
	if (loaded) {
		mutex_unlock(&load_lock);
		return -EBUSY;
	}
	memcpy(&identity, data, sizeof(identity));
	smp_store_release(&loaded, true);
	mutex_unlock(&load_lock);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_IDENTITY, .detail = identity.atm,
					   .aux = le64_to_cpu(identity.version) });
	not_after_s = le64_to_cpu(identity.not_after_s);
	if (not_after_s && (u64)ktime_get_real_seconds() > not_after_s)
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM,
						   .detail = "identity is past its date" });
	return 0;
}

bool ag_identity_is_loaded(void)
{
	return smp_load_acquire(&loaded);
}

bool ag_identity_fits_class(const char atm_class[ATMGUARD_CLASS_LEN])
{
	return ag_identity_is_loaded() &&
	       (!atm_class[0] || !memcmp(identity.atm_class, atm_class, ATMGUARD_CLASS_LEN));
}

bool ag_identity_fits_atm(const char atm[ATMGUARD_ATM_LEN])
{
	return ag_identity_is_loaded() && !memcmp(identity.atm, atm, ATMGUARD_ATM_LEN);
}

bool ag_identity_fits_boot(const u8 uuid[ATMGUARD_UUID_LEN])
{
	return ag_identity_is_loaded() && !memcmp(identity.boot_uuid, uuid, ATMGUARD_UUID_LEN);
}

void ag_identity_status(struct atmguard_status *status)
{
	if (!ag_identity_is_loaded())
		return;
	status->flags |= ATMGUARD_STATUS_IDENTITY;
	memcpy(status->atm, identity.atm, sizeof(status->atm));
	memcpy(status->atm_class, identity.atm_class, sizeof(status->atm_class));
}
