/* SPDX-License-Identifier: MIT */
/* Waits between tries, scattered so that a fleet does not come at once. */
#ifndef AG_AGENT_DAEMON_BACKOFF_H
#define AG_AGENT_DAEMON_BACKOFF_H

#include <stdint.h>

/*
 * Exponential back-off with jitter: each wait twice the last, up to a bound, and
 * scattered over its upper half.
 */
struct ag_backoff {
	uint32_t first_ms;
	uint32_t most_ms;
	uint32_t next_ms;	/* 0: not failed since the last reset */
};

uint32_t ag_backoff_next_ms(struct ag_backoff *backoff);
void ag_backoff_reset(struct ag_backoff *backoff);

/* ag_backoff_scatter_ms - a random time between 7/8 and 9/8 of @ms, where nothing failed */
uint32_t ag_backoff_scatter_ms(uint32_t ms);

#endif
