/* SPDX-License-Identifier: MIT */
/* The heartbeat: tells the center that this machine lives, and in which state. */
#ifndef AG_AGENT_DAEMON_HELLO_H
#define AG_AGENT_DAEMON_HELLO_H

#include <stdint.h>

#include "agent/common/clock.h"
#include "agent/common/device.h"
#include "http.h"

struct ag_hello {
	const struct ag_device *device;
	struct ag_http_call call;
	struct ag_backoff backoff;
	uint64_t next_ms;	/* AG_CLOCK_NEVER: waiting for the center */
	void (*heard)(void *arg, const struct ag_http_reply *reply);
	void *arg;
};

/* The first heartbeat comes with the first tick. */
int ag_hello_init(struct ag_hello *hello, const struct ag_device *device, struct ag_http *http,
		  const struct ag_http_tls *tls);
void ag_hello_exit(struct ag_hello *hello);
void ag_hello_tick(struct ag_hello *hello, uint64_t now_ms);
uint64_t ag_hello_next_ms(const struct ag_hello *hello);

#endif
