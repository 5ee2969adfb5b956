// SPDX-License-Identifier: GPL-2.0-only
// Starts the module: the ladder up.  There is no way down.
#include <linux/module.h>

#include "audit.h"
#include "digest.h"
#include "job.h"
#include "kfunc.h"
#include "object.h"
#include "request.h"
#include "state.h"
#include "syscall.h"
#include "usb.h"

/*
 * What is called comes before who calls it: kfuncs, device node and USB gate are
 * the ways in, and all that they lead to stands by then.  With the last step USB
 * is gated, before any policy: whatever is plugged in at power-on waits without a
 * driver.  Nothing is undone on a failure: without its guard the machine must not
 * come up at all.
 */
static int __init atmguard_init(void)
{
	int r;

	ag_state_init();
	ag_job_init();
	r = ag_audit_init();
	if (!r)
		r = ag_digest_init();
	if (!r)
		r = ag_object_init();
	if (!r)
		r = ag_syscall_init();
	if (!r)
		r = ag_kfunc_init();
	if (!r)
		r = ag_request_init();
	if (!r)
		r = ag_usb_init();
	if (r)
		panic("atmguard: cannot start: %d", r);
	/* With this and no exit function, no removal, forced or not, succeeds. */
	__module_get(THIS_MODULE);
	return 0;
}
module_init(atmguard_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Locks down a cash machine until its center opens it");
