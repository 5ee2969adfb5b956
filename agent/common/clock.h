/* SPDX-License-Identifier: MIT */
/* Time since boot. */
#ifndef AG_AGENT_COMMON_CLOCK_H
#define AG_AGENT_COMMON_CLOCK_H

#include <stdint.h>

#define AG_CLOCK_NEVER UINT64_MAX

/* ag_clock_now_ms - CLOCK_BOOTTIME in milliseconds; goes on while suspended */
uint64_t ag_clock_now_ms(void);

#endif
