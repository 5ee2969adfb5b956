// SPDX-License-Identifier: MIT
// Waits between tries that grow and scatter.
#include "backoff.h"

#include <sys/random.h>

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

uint32_t ag_backoff_scatter_ms(uint32_t ms)
{
	return ms - ms / 8 + random_below(ms / 4 + 1);
}
