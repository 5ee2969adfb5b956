/* SPDX-License-Identifier: MIT */
/* One unlock: three values to the center, its grant to the kernel. */
#ifndef AG_AGENT_DAEMON_RELAY_H
#define AG_AGENT_DAEMON_RELAY_H

#include <stdint.h>

#include "agent/common/clock.h"
#include "agent/common/device.h"
#include "agent/common/local.h"
#include "backoff.h"
#include "http.h"

/*
 * A lost reply is asked for again over the same nonce, for which the center
 * gives the same grant.  Three times, because each may cost a try if the
 * values were wrong, and within the worker's patience.
 */
#define AG_RELAY_TRIES		3u

enum ag_relay_end {
	AG_RELAY_OPENED,	/* the kernel took the grant */
	AG_RELAY_NG,		/* the center said no */
	AG_RELAY_ERROR		/* nothing was judged: reason and detail say why */
};

struct ag_relay_result {
	enum ag_relay_end end;
	enum ag_reason reason;
	char detail[128];
	struct atmguard_status status;	/* with AG_RELAY_OPENED */
};

struct ag_relay {
	const struct ag_device *device;
	struct ag_http_call call;
	struct ag_local_request request;	/* wiped when the unlock ends */
	struct atmguard_nonce nonce;
	unsigned int tries;		/* 0: idle */
	uint64_t retry_at_ms;		/* AG_CLOCK_NEVER: waiting for the center */
	struct ag_backoff backoff;
	void (*done)(void *arg, const struct ag_relay_result *result);
	/* every exchange with the center, for the agent's notion of its health */
	void (*heard)(void *arg, const struct ag_http_reply *reply);
	void *arg;
};

int ag_relay_init(struct ag_relay *relay, const struct ag_device *device, struct ag_http *http,
		  const struct ag_http_tls *tls);
void ag_relay_exit(struct ag_relay *relay);

/*
 * ag_relay_start - ends in one call of done(), perhaps before this returns
 *
 * Return: 0, or -EBUSY while another is under way, without a call of done().
 */
int ag_relay_start(struct ag_relay *relay, const struct ag_local_request *request);

/* ag_relay_tick - ask again if it is time; ag_relay_next_ms says when it is */
void ag_relay_tick(struct ag_relay *relay, uint64_t now_ms);
uint64_t ag_relay_next_ms(const struct ag_relay *relay);

#endif
