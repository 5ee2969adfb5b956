// SPDX-License-Identifier: MIT
// Time since boot, and waits that grow and scatter.
#include "clock.h"

#include <sys/random.h>
#include <time.h>

uint64_t ag_clock_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Without random bytes the waits are merely not scattered. */
static uint32_t random_below(uint32_t bound)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != sizeof(r))
		return 0;
	return bound ? r % bound : 0;
}

uint32_t ag_backoff_next_ms(struct ag_backoff *backoff)
{
	uint32_t wait_ms = backoff->next_ms ? backoff->next_ms : backoff->first_ms;

	backoff->next_ms = wait_ms > backoff->most_ms / 2 ? backoff->most_ms : wait_ms * 2;
	return wait_ms / 2 + random_below(wait_ms / 2 + 1);
}

void ag_backoff_reset(struct ag_backoff *backoff)
{
	backoff->next_ms = 0;
}

uint32_t ag_clock_scatter_ms(uint32_t ms)
{
	return ms - ms / 8 + random_below(ms / 4 + 1);
}
