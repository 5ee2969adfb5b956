/* SPDX-License-Identifier: MIT */
/* Time since boot, and waits that grow and scatter. */
#ifndef AG_AGENT_COMMON_CLOCK_H
#define AG_AGENT_COMMON_CLOCK_H

#include <stdint.h>

#define AG_CLOCK_NEVER UINT64_MAX

/* ag_clock_now_ms - CLOCK_BOOTTIME in milliseconds; goes on while suspended */
uint64_t ag_clock_now_ms(void);

/*
 * Waits between tries: each twice the last, up to a bound, and scattered over
 * its upper half, so that a fleet whose center came back does not come at once.
 */
struct ag_backoff {
	uint32_t first_ms;
	uint32_t most_ms;
	uint32_t next_ms;	/* 0: not failed since the last reset */
};

uint32_t ag_backoff_next_ms(struct ag_backoff *backoff);
void ag_backoff_reset(struct ag_backoff *backoff);

/* ag_clock_scatter_ms - a random time between 7/8 and 9/8 of @ms */
uint32_t ag_clock_scatter_ms(uint32_t ms);

#endif
