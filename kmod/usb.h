/* SPDX-License-Identifier: GPL-2.0-only */
/* Which USB devices get drivers: default deny, at the bus notifiers. */
#ifndef AG_USB_H
#define AG_USB_H

#include <linux/device.h>
#include <linux/types.h>

/* Gate every interface from now on, and take back what is bound already. */
int ag_usb_init(void);

/* Judge every present device again under the present policy and scopes, and
 * wait until drivers are attached or gone.  Process context, may sleep. */
void ag_usb_apply(void);

/* Interfaces that have a driver although the verdict is deny. */
u32 ag_usb_count_violations(void);
/* Interfaces without a driver by verdict; devices that are busy are left out. */
u32 ag_usb_count_denied(void);

/* Whether @dev hangs on a USB device that is allowed now, with the scopes of
 * the rule that allows it in *ret_scopes (0: always). */
bool ag_usb_is_allowed_parent(struct device *dev, u32 *ret_scopes);

#endif
