// SPDX-License-Identifier: MIT
// Take a heartbeat.
#include "alarm.h"
#include "center/store/atm.h"
#include "handler.h"

#include <stdio.h>
#include <string.h>

#define INTERVAL_S	30

int ag_hello_handle(struct ag_judge *judge, const struct ag_atm *atm, const struct ag_request *request,
		    const struct atmguard_record *records, struct ag_answer *ret_answer)
{
	const char *tampered = ag_request_state_name(ATMGUARD_TAMPERED);
	struct ag_atm seen = *atm;
	int r;

	seen.seen_s = judge->now_s();
	snprintf(seen.state, sizeof(seen.state), "%s", ag_request_state_name(request->state));
	seen.policy_version = request->policy_version;
	seen.next_seq = request->next_seq;
	memcpy(seen.boot_id, request->boot_id, sizeof(seen.boot_id));
	r = ag_store_atm_see(judge->store, &seen);
	if (r == 0 && request->state == ATMGUARD_TAMPERED && strcmp(atm->state, tampered))
		r = ag_alarm_raise(judge->store, seen.seen_s, "tampered", atm->number, 0, "boot evidence failed");
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"interval_s\":%d}", INTERVAL_S);
	return r;
}
