// SPDX-License-Identifier: MIT
// Revoke a machine, or let one try again.
#include "center/common/log.h"
#include "center/judge/job.h"
#include "center/store/atm.h"
#include "handler.h"

#include <errno.h>
#include <string.h>

static int fail_none(struct ag_admin *admin, const char *number)
{
	return ag_refusal_set(&admin->reason, "該当がありません / ATM %s: none such, or already so", number);
}

static void say(struct ag_admin *admin, const char *number, const char *what)
{
	char by[AG_ACTOR_TEXT_MAX];

	ag_actor_text(&admin->actor, by);
	ag_log_later("atm=%s %s by=%s", number, what, by);
}

/* A machine that is not known any more has no job either. */
static int revoke_job(struct ag_admin *admin, const char *number)
{
	struct ag_job job;
	int r = ag_store_job_load_last(admin->store, number, &job);

	if (r)
		return r == -ENOENT ? 0 : r;
	return ag_job_is_open(&job)
		       ? ag_job_move(admin->store, &job, AG_JOB_REVOKE, admin->now_s, "the ATM was revoked") : 0;
}

int ag_admin_atm_revoke(struct ag_admin *admin, json_t *in, json_t *out)
{
	char number[ATMGUARD_ATM_LEN];
	int r = ag_member_number(in, "number", number, &admin->reason);

	if (r == 0)
		r = ag_store_atm_revoke(admin->store, number, admin->now_s);
	if (r)
		return r == -ENOENT ? fail_none(admin, number) : r;
	memcpy(admin->revoked, number, sizeof(admin->revoked));
	say(admin, number, "revoked");
	return revoke_job(admin, number);
}

int ag_admin_atm_release(struct ag_admin *admin, json_t *in, json_t *out)
{
	char number[ATMGUARD_ATM_LEN];
	int r = ag_member_number(in, "number", number, &admin->reason);

	if (r == 0)
		r = ag_store_atm_clear_wrong(admin->store, number);
	if (r)
		return r == -ENOENT ? fail_none(admin, number) : r;
	say(admin, number, "released");
	return 0;
}
