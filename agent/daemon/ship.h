/* SPDX-License-Identifier: MIT */
/* Carries audit records from the kernel to the center, and the center's receipts back. */
#ifndef AG_AGENT_DAEMON_SHIP_H
#define AG_AGENT_DAEMON_SHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/common/clock.h"
#include "agent/common/device.h"
#include "backoff.h"
#include "http.h"
#include "message.h"

/* A full batch is 240 KiB; a narrow line needs time for it, and gets smaller
 * batches when that was not enough. */
#define AG_SHIP_TOTAL_MS	30000u

/*
 * A batch is in one of three states: being filled (nr records, poll the
 * device), on its way (is_sent), or kept for another try (retry_at_ms).
 */
struct ag_ship {
	const struct ag_device *device;
	int dir_fd;			/* where receipts are kept */
	struct ag_http_call call;
	uint8_t boot_id[ATMGUARD_UUID_LEN];

	struct atmguard_record *batch;	/* AG_MESSAGE_BATCH of them */
	size_t nr;
	size_t most;			/* fill up to this many, see AG_SHIP_TOTAL_MS */
	bool is_after_loss;		/* records are missing before the batch for good */
	bool is_sent;

	struct atmguard_record carry;	/* read, but not in sequence with the batch */
	bool has_carry;
	bool is_overtaken;		/* the kernel said EPIPE; holds for the next batch */

	uint64_t skip_below;		/* the center has these */
	unsigned int nr_gaps;		/* in a row without a receipt between */

	uint64_t retry_at_ms;
	struct ag_backoff backoff;
	bool is_store_broken;		/* said once, not with every receipt */
	void (*heard)(void *arg, const struct ag_http_reply *reply);
	void *arg;
};

/*
 * ag_ship_init - begin with the oldest record that no receipt covers
 *
 * Hands the stored receipt to the kernel first, so that numbering goes on.
 * Return: 0, -ENOMEM, -EINVAL, -errno of the device.
 */
int ag_ship_init(struct ag_ship *ship, const struct ag_device *device, int dir_fd,
		 struct ag_http *http, const struct ag_http_tls *tls);
void ag_ship_exit(struct ag_ship *ship);

/* ag_ship_wants_records - whether ag_ship_tick() should be called when the device has some */
bool ag_ship_wants_records(const struct ag_ship *ship);
void ag_ship_tick(struct ag_ship *ship, uint64_t now_ms);
uint64_t ag_ship_next_ms(const struct ag_ship *ship);

#endif
