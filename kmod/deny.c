// SPDX-License-Identifier: GPL-2.0-only
// Records denials, and says whether they hold.
#include "deny.h"

#include <linux/slab.h>

#include "argument.h"
#include "policy.h"
#include "state.h"

int ag_deny(u32 hook, int error, const struct ag_event *what)
{
	struct ag_event event = *what;

	event.type = ATMGUARD_EV_DENY;
	event.code = hook;
	event.error = error;
	event.job = ag_state_job();
	ag_audit_write(&event);
	return ag_policy_is_observe() ? 0 : error;
}

int ag_deny_start(struct linux_binprm *bprm)
{
	const size_t size = sizeof_field(struct atmguard_record, detail);
	char *arguments = kzalloc(size, GFP_KERNEL);
	int r;

	if (arguments)
		ag_argument_print(bprm, arguments, size);
	r = ag_deny(ATMGUARD_HOOK_INTERP, -EPERM,
		    &(struct ag_event){ .file = bprm->file, .detail = arguments });
	kfree(arguments);
	return r;
}
