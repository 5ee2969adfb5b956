// SPDX-License-Identifier: MIT
// Ships audit records in batches and keeps the receipts.
#include "ship.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/names.h"
#include "journal.h"
#include "statedir.h"

/* A center that names a gap again and again is broken; then it gets time. */
#define GAPS_MAX 3u

static void retry(struct ag_ship *ship)
{
	ship->retry_at_ms = ag_clock_now_ms() + ag_backoff_next_ms(&ship->backoff);
}

/* ---- filling a batch ---- */

static void begin_batch(struct ag_ship *ship)
{
	ship->nr = 0;
	ship->is_after_loss = ship->is_overtaken;
	ship->is_overtaken = false;
}

/* The next record the center may lack; -EAGAIN when there is none now. */
static int next_record(struct ag_ship *ship, struct atmguard_record *ret_record)
{
	const struct ag_device *device = ship->device;
	int r;

	if (ship->has_carry) {
		ship->has_carry = false;
		*ret_record = ship->carry;
		return 0;
	}
	do
		r = device->ops->read(device->fd, ret_record);
	while (!r && ret_record->seq < ship->skip_below);
	return r;
}

/* False when @record does not continue the batch: then it opens the next one. */
static bool append(struct ag_ship *ship, const struct atmguard_record *record)
{
	if (ship->nr && record->seq != ship->batch[ship->nr - 1].seq + 1) {
		ship->carry = *record;
		ship->has_carry = true;
		return false;
	}
	ship->batch[ship->nr++] = *record;
	return true;
}

static void overtaken(struct ag_ship *ship)
{
	ag_journal_say("audit: records were overwritten before they could be shipped");
	if (ship->nr)
		ship->is_overtaken = true;
	else
		ship->is_after_loss = true;
}

static void cannot_read(struct ag_ship *ship, int error)
{
	ag_journal_say("audit: cannot read records: %s", ag_names_errno(error).text);
	retry(ship);
}

/* Until the batch is full, the device has no more, or a gap ends the sequence. */
static void fill(struct ag_ship *ship)
{
	struct atmguard_record record;
	bool goes_on = true;

	while (goes_on && ship->nr < ship->most) {
		int r = next_record(ship, &record);

		if (!r) {
			goes_on = append(ship, &record);
		} else if (r == -EPIPE) {
			overtaken(ship);
			goes_on = ship->nr == 0;
		} else {
			if (r != -EAGAIN)
				cannot_read(ship, r);
			goes_on = false;
		}
	}
}

/* A receipt leaves a record itself.  Shipping that alone would bring the next
 * receipt, and so on for ever; it waits for company. */
static bool is_only_receipts(const struct ag_ship *ship)
{
	for (size_t i = 0; i < ship->nr; i++)
		if (ship->batch[i].type != ATMGUARD_EV_RECEIPT)
			return false;
	return ship->nr < ship->most && !ship->has_carry;
}

static void send_batch(struct ag_ship *ship)
{
	if (ag_http_post(&ship->call, ag_message_audit(ship->boot_id, ship->batch, ship->nr,
						       ship->is_after_loss)))
		retry(ship);
	else
		ship->is_sent = true;
}

/* ---- answers ---- */

/* Gives everything read so far back to the kernel's buffer. */
static int rewind_to(struct ag_ship *ship, uint64_t seq)
{
	int r = ship->device->ops->rewind(ship->device->fd);

	if (r)
		return r;
	ship->skip_below = seq;
	ship->has_carry = false;
	ship->is_overtaken = false;
	begin_batch(ship);
	return 0;
}

static void take_gap(struct ag_ship *ship, uint64_t expected)
{
	if (++ship->nr_gaps > GAPS_MAX || rewind_to(ship, expected)) {
		ag_journal_say("audit: the center keeps asking for record %" PRIu64, expected);
		ship->nr_gaps = 0;
		retry(ship);
		return;
	}
	ag_journal_say("audit: the center asks for records from %" PRIu64, expected);
	fill(ship);
	if (ship->nr && ship->batch[0].seq > expected)
		ship->is_after_loss = true;
}

static void keep_receipt(struct ag_ship *ship, const struct ag_message_audit_answer *answer)
{
	int r = ag_statedir_put_receipt(ship->dir_fd, &answer->receipt, &answer->sig);

	if (r && !ship->is_store_broken)
		ag_journal_say("audit: cannot store receipts: %s", ag_names_errno(r).text);
	if (!r && ship->is_store_broken)
		ag_journal_say("audit: receipts are stored again");
	ship->is_store_broken = r != 0;
}

/* Nothing is given up before the kernel found the center's signature right. */
static void take_receipt(struct ag_ship *ship, const struct ag_message_audit_answer *answer)
{
	const struct ag_device *device = ship->device;
	int r;

	if (le64toh(answer->receipt.seq) < ship->batch[ship->nr - 1].seq) {
		ag_journal_say("audit: the receipt does not cover what was sent");
		retry(ship);
		return;
	}
	r = device->ops->receipt(device->fd, &answer->receipt, sizeof(answer->receipt),
				 answer->sig.bytes, answer->sig.len);
	if (r && r != -ESTALE) {
		ag_journal_say("audit: the kernel refused the receipt: %s",
			       ag_names_errno(r).text);
		retry(ship);
		return;
	}
	if (!r)
		keep_receipt(ship, answer);
	ship->nr_gaps = 0;
	ship->skip_below = ship->batch[ship->nr - 1].seq + 1;
	ship->most = ship->most > AG_MESSAGE_BATCH / 2 ? AG_MESSAGE_BATCH : ship->most * 2;
	ag_backoff_reset(&ship->backoff);
	begin_batch(ship);
}

/* Half as many next time, in case the line is too slow for so many; what does
 * not fit any more is read again later. */
static void shrink(struct ag_ship *ship)
{
	if (ship->most == 1)
		return;
	ship->most /= 2;
	if (ship->nr > ship->most) {
		bool is_after_loss = ship->is_after_loss;

		if (!rewind_to(ship, ship->batch[0].seq)) {
			fill(ship);
			ship->is_after_loss |= is_after_loss;
		}
	}
}

static void take_reply(void *arg, const struct ag_http_reply *reply)
{
	struct ag_ship *ship = arg;
	struct ag_message_audit_answer answer;

	ship->is_sent = false;
	ship->heard(ship->arg, reply);
	if (reply->outcome != AG_HTTP_ANSWERED) {
		if (reply->outcome == AG_HTTP_UNREACHABLE)
			shrink(ship);
		retry(ship);
	} else if (ag_message_parse_audit(reply->body, reply->len, ship->boot_id, &answer)) {
		ag_journal_say("audit: the center's answer makes no sense");
		retry(ship);
	} else if (answer.is_gap) {
		take_gap(ship, answer.expected);
	} else {
		take_receipt(ship, &answer);
	}
}

/* ---- life cycle ---- */

static int offer_receipt(void *arg, const struct ag_receipt *receipt,
			 const struct ag_message_sig *sig)
{
	const struct ag_ship *ship = arg;
	const struct ag_device *device = ship->device;

	/* From the initramfs, or from this agent's last run; again, it would be
	 * refused, and the refusal kept as if something were wrong. */
	if (le64toh(receipt->seq) < ship->skip_below)
		return 0;
	return device->ops->receipt(device->fd, receipt, sizeof(*receipt), sig->bytes, sig->len);
}

static void restore_receipt(struct ag_ship *ship)
{
	int r = ag_statedir_each_receipt(ship->dir_fd, offer_receipt, ship);

	if (r && r != -ENOENT && r != -ESTALE)
		ag_journal_say("audit: the stored receipt is not usable: %s",
			       ag_names_errno(r).text);
}

int ag_ship_init(struct ag_ship *ship, const struct ag_device *device, int dir_fd,
		 struct ag_http *http, const struct ag_http_tls *tls)
{
	struct atmguard_status status;
	int r;

	ship->device = device;
	ship->dir_fd = dir_fd;
	ship->most = AG_MESSAGE_BATCH;
	ship->backoff = (struct ag_backoff){ .first_ms = 1000, .most_ms = 60000 };
	r = device->ops->status(device->fd, &status);
	if (r)
		return r;
	ship->skip_below = status.receipted_seq;
	restore_receipt(ship);
	r = device->ops->status(device->fd, &status);
	if (r)
		return r;
	memcpy(ship->boot_id, status.boot_id, ATMGUARD_UUID_LEN);
	ship->skip_below = status.receipted_seq;
	ship->batch = calloc(AG_MESSAGE_BATCH, sizeof(*ship->batch));
	if (!ship->batch)
		return -ENOMEM;
	return ag_http_call_init(&ship->call, http, "/v1/audit", tls, AG_MESSAGE_AUDIT_MAX,
				 AG_SHIP_TOTAL_MS, take_reply, ship);
}

void ag_ship_exit(struct ag_ship *ship)
{
	ag_http_call_exit(&ship->call);
	free(ship->batch);
	ship->batch = NULL;
}

bool ag_ship_wants_records(const struct ag_ship *ship)
{
	return !ship->is_sent && !ship->retry_at_ms && !ship->has_carry && ship->nr < ship->most;
}

void ag_ship_tick(struct ag_ship *ship, uint64_t now_ms)
{
	if (ship->is_sent || now_ms < ship->retry_at_ms)
		return;
	ship->retry_at_ms = 0;
	fill(ship);
	if (ship->nr && !ship->retry_at_ms && !is_only_receipts(ship))
		send_batch(ship);
}

uint64_t ag_ship_next_ms(const struct ag_ship *ship)
{
	return ship->retry_at_ms && !ship->is_sent ? ship->retry_at_ms : AG_CLOCK_NEVER;
}
