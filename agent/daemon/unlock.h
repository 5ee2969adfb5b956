/* SPDX-License-Identifier: MIT */
/* One unlock: three values to the center, its grant to the kernel. */
#ifndef AG_AGENT_DAEMON_UNLOCK_H
#define AG_AGENT_DAEMON_UNLOCK_H

#include <stdint.h>

#include "agent/common/clock.h"
#include "agent/common/device.h"
#include "http.h"
#include "agent/common/request.h"

/*
 * A lost reply is asked for again over the same nonce, for which the center
 * gives the same grant.  Three times, because each may cost a try if the
 * values were wrong, and within the worker's patience.
 */
#define AG_UNLOCK_TRIES		3u

enum ag_unlock_end {
	AG_UNLOCK_OPENED,	/* the kernel took the grant */
	AG_UNLOCK_NG,		/* the center said no */
	AG_UNLOCK_ERROR		/* nothing was judged: reason and detail say why */
};

struct ag_unlock_result {
	enum ag_unlock_end end;
	enum ag_reason reason;
	char detail[128];
	struct atmguard_status status;	/* with AG_UNLOCK_OPENED */
};

struct ag_unlock {
	const struct ag_device *device;
	struct ag_http_call call;
	struct ag_request request;	/* wiped when the unlock ends */
	struct atmguard_nonce nonce;
	unsigned int tries;		/* 0: idle */
	uint64_t retry_at_ms;		/* AG_CLOCK_NEVER: waiting for the center */
	struct ag_backoff backoff;
	void (*done)(void *arg, const struct ag_unlock_result *result);
	/* every exchange with the center, for the agent's notion of its health */
	void (*heard)(void *arg, const struct ag_http_reply *reply);
	void *arg;
};

int ag_unlock_init(struct ag_unlock *unlock, const struct ag_device *device, struct ag_http *http,
		   const struct ag_http_tls *tls);
void ag_unlock_exit(struct ag_unlock *unlock);

/*
 * ag_unlock_start - ends in one call of done(), perhaps before this returns
 *
 * Return: 0, or -EBUSY while another is under way, without a call of done().
 */
int ag_unlock_start(struct ag_unlock *unlock, const struct ag_request *request);

/* ag_unlock_tick - ask again if it is time; ag_unlock_next_ms says when it is */
void ag_unlock_tick(struct ag_unlock *unlock, uint64_t now_ms);
uint64_t ag_unlock_next_ms(const struct ag_unlock *unlock);

#endif
