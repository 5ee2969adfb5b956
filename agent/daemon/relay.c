// SPDX-License-Identifier: MIT
// Relays the worker's values to the center and the center's grant to the kernel.
#include "relay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/names.h"
#include "message.h"

static void end(struct ag_relay *relay, struct ag_relay_result *result)
{
	explicit_bzero(&relay->request, sizeof(relay->request));
	relay->tries = 0;
	relay->retry_at_ms = AG_CLOCK_NEVER;
	relay->done(relay->arg, result);
}

static void end_error(struct ag_relay *relay, enum ag_reason reason, const char *detail)
{
	struct ag_relay_result result = { .end = AG_RELAY_ERROR, .reason = reason };

	snprintf(result.detail, sizeof(result.detail), "%s", detail);
	end(relay, &result);
}

static void end_errno(struct ag_relay *relay, enum ag_reason reason, int error)
{
	end_error(relay, reason, ag_names_errno(error).text);
}

static void post(struct ag_relay *relay)
{
	int r;

	relay->tries++;
	relay->retry_at_ms = AG_CLOCK_NEVER;
	r = ag_http_post(&relay->call, ag_message_unlock(relay->request.otp,
							 relay->request.employee,
							 relay->nonce.nonce));
	if (r)
		end_errno(relay, AG_REASON_KERNEL, r);
}

/* What counts is what the kernel says about itself afterwards. */
static void hand_over(struct ag_relay *relay, const struct ag_message_unlock_answer *answer)
{
	struct ag_relay_result result = { .end = AG_RELAY_OPENED };
	const struct ag_device *device = relay->device;
	int r = device->ops->grant(device->fd, &answer->grant, sizeof(answer->grant),
				   answer->sig.bytes, answer->sig.len);

	if (r) {
		end_errno(relay, AG_REASON_GRANT_REFUSED, r);
		return;
	}
	r = device->ops->status(device->fd, &result.status);
	if (r)
		end_errno(relay, AG_REASON_KERNEL, r);
	else
		end(relay, &result);
}

static void take_answer(struct ag_relay *relay, const struct ag_http_reply *reply)
{
	struct ag_relay_result ng = { .end = AG_RELAY_NG };
	struct ag_message_unlock_answer answer;

	if (ag_message_parse_unlock(reply->body, reply->len, relay->nonce.nonce, &answer))
		end_error(relay, AG_REASON_CENTER_GARBLED, "the answer makes no sense");
	else if (answer.is_ok)
		hand_over(relay, &answer);
	else
		end(relay, &ng);
}

static void take_reply(void *arg, const struct ag_http_reply *reply)
{
	struct ag_relay *relay = arg;

	relay->heard(relay->arg, reply);
	switch (reply->outcome) {
	case AG_HTTP_ANSWERED:
		take_answer(relay, reply);
		break;
	case AG_HTTP_UNREACHABLE:
		if (relay->tries < AG_RELAY_TRIES)
			relay->retry_at_ms =
				ag_clock_now_ms() + ag_backoff_next_ms(&relay->backoff);
		else
			end_error(relay, AG_REASON_CENTER_UNREACHABLE, reply->detail);
		break;
	case AG_HTTP_REFUSED:
		end_error(relay, AG_REASON_CENTER_UNREACHABLE, reply->detail);
		break;
	case AG_HTTP_GARBLED:
		end_error(relay, AG_REASON_CENTER_GARBLED, reply->detail);
		break;
	}
}

int ag_relay_init(struct ag_relay *relay, const struct ag_device *device, struct ag_http *http,
		  const struct ag_http_tls *tls)
{
	relay->device = device;
	relay->tries = 0;
	relay->retry_at_ms = AG_CLOCK_NEVER;
	relay->backoff = (struct ag_backoff){ .first_ms = 500, .most_ms = 2000 };
	return ag_http_call_init(&relay->call, http, "/v1/unlock", tls, AG_MESSAGE_UNLOCK_LEN,
				 AG_HTTP_TOTAL_MS, take_reply, relay);
}

void ag_relay_exit(struct ag_relay *relay)
{
	ag_http_call_exit(&relay->call);
	explicit_bzero(&relay->request, sizeof(relay->request));
}

int ag_relay_start(struct ag_relay *relay, const struct ag_local_request *request)
{
	int r;

	if (relay->tries)
		return -EBUSY;
	relay->request = *request;
	ag_backoff_reset(&relay->backoff);
	r = relay->device->ops->nonce(relay->device->fd, &relay->nonce);
	if (r)
		end_errno(relay, r == -EBUSY ? AG_REASON_STATE : AG_REASON_KERNEL, r);
	else
		post(relay);
	return 0;
}

void ag_relay_tick(struct ag_relay *relay, uint64_t now_ms)
{
	if (now_ms >= relay->retry_at_ms)
		post(relay);
}

uint64_t ag_relay_next_ms(const struct ag_relay *relay)
{
	return relay->retry_at_ms;
}
