/* SPDX-License-Identifier: MIT */
/* The heartbeat: tells the center that this machine lives, and in which state. */
#ifndef AG_AGENT_DAEMON_HEARTBEAT_H
#define AG_AGENT_DAEMON_HEARTBEAT_H

#include <stdint.h>

#include "agent/common/clock.h"
#include "agent/common/device.h"
#include "backoff.h"
#include "http.h"

struct ag_heartbeat {
	const struct ag_device *device;
	struct ag_http_call call;
	struct ag_backoff backoff;
	uint64_t next_ms;	/* AG_CLOCK_NEVER: waiting for the center */
	void (*heard)(void *arg, const struct ag_http_reply *reply);
	void *arg;
};

/* The first heartbeat comes with the first tick. */
int ag_heartbeat_init(struct ag_heartbeat *heartbeat, const struct ag_device *device,
		      struct ag_http *http, const struct ag_http_tls *tls);
void ag_heartbeat_exit(struct ag_heartbeat *heartbeat);
void ag_heartbeat_tick(struct ag_heartbeat *heartbeat, uint64_t now_ms);
uint64_t ag_heartbeat_next_ms(const struct ag_heartbeat *heartbeat);

#endif
