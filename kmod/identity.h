/* SPDX-License-Identifier: GPL-2.0-only */
/* Who this machine is: the signed identity, loaded once before the seal. */
#ifndef AG_IDENTITY_H
#define AG_IDENTITY_H

#include <linux/types.h>
#include <linux/atmguard.h>

/* Check and take @data; 0, -EPROTO, -EBUSY (there is one already). */
int ag_identity_load(const void *data, size_t len);

bool ag_identity_is_loaded(void);
/* False as long as no identity is loaded. */
bool ag_identity_fits_class(const char atm_class[ATMGUARD_CLASS_LEN]);
bool ag_identity_fits_atm(const char atm[ATMGUARD_ATM_LEN]);
bool ag_identity_fits_boot(const u8 uuid[ATMGUARD_UUID_LEN]);
void ag_identity_status(struct atmguard_status *status);

#endif
