// SPDX-License-Identifier: MIT
// Relays the worker's values to the center and the center's grant to the kernel.
#include "unlock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "lib/names.h"

static void end(struct ag_unlock *unlock, struct ag_unlock_result *result)
{
	explicit_bzero(&unlock->request, sizeof(unlock->request));
	unlock->tries = 0;
	unlock->retry_at_ms = AG_CLOCK_NEVER;
	unlock->done(unlock->arg, result);
}

static void end_error(struct ag_unlock *unlock, enum ag_reason reason, const char *detail)
{
	struct ag_unlock_result result = { .end = AG_UNLOCK_ERROR, .reason = reason };

	snprintf(result.detail, sizeof(result.detail), "%s", detail);
	end(unlock, &result);
}

static void end_errno(struct ag_unlock *unlock, enum ag_reason reason, int error)
{
	end_error(unlock, reason, ag_names_errno(error).text);
}

static void post(struct ag_unlock *unlock)
{
	int r;

	unlock->tries++;
	unlock->retry_at_ms = AG_CLOCK_NEVER;
	r = ag_http_post(&unlock->call, ag_message_unlock(unlock->request.otp,
							  unlock->request.employee,
							  unlock->nonce.nonce));
	if (r)
		end_errno(unlock, AG_REASON_KERNEL, r);
}

/* What counts is what the kernel says about itself afterwards. */
static void hand_over(struct ag_unlock *unlock, const struct ag_unlock_answer *answer)
{
	struct ag_unlock_result result = { .end = AG_UNLOCK_OPENED };
	const struct ag_device *device = unlock->device;
	int r = device->ops->grant(device->fd, &answer->grant, sizeof(answer->grant),
				   answer->sig.bytes, answer->sig.len);

	if (r) {
		end_errno(unlock, AG_REASON_GRANT_REFUSED, r);
		return;
	}
	r = device->ops->status(device->fd, &result.status);
	if (r)
		end_errno(unlock, AG_REASON_KERNEL, r);
	else
		end(unlock, &result);
}

static void take_answer(struct ag_unlock *unlock, const struct ag_http_reply *reply)
{
	struct ag_unlock_result ng = { .end = AG_UNLOCK_NG };
	struct ag_unlock_answer answer;

	if (ag_message_parse_unlock(reply->body, reply->len, unlock->nonce.nonce, &answer))
		end_error(unlock, AG_REASON_CENTER_GARBLED, "the answer makes no sense");
	else if (answer.is_ok)
		hand_over(unlock, &answer);
	else
		end(unlock, &ng);
}

static void take_reply(void *arg, const struct ag_http_reply *reply)
{
	struct ag_unlock *unlock = arg;

	unlock->heard(unlock->arg, reply);
	switch (reply->outcome) {
	case AG_HTTP_ANSWERED:
		take_answer(unlock, reply);
		break;
	case AG_HTTP_UNREACHABLE:
		if (unlock->tries < AG_UNLOCK_TRIES)
			unlock->retry_at_ms =
				ag_clock_now_ms() + ag_backoff_next_ms(&unlock->backoff);
		else
			end_error(unlock, AG_REASON_CENTER_UNREACHABLE, reply->detail);
		break;
	case AG_HTTP_REFUSED:
		end_error(unlock, AG_REASON_CENTER_UNREACHABLE, reply->detail);
		break;
	case AG_HTTP_GARBLED:
		end_error(unlock, AG_REASON_CENTER_GARBLED, reply->detail);
		break;
	}
}

int ag_unlock_init(struct ag_unlock *unlock, const struct ag_device *device, struct ag_http *http,
		   const struct ag_http_tls *tls)
{
	unlock->device = device;
	unlock->tries = 0;
	unlock->retry_at_ms = AG_CLOCK_NEVER;
	unlock->backoff = (struct ag_backoff){ .first_ms = 500, .most_ms = 2000 };
	return ag_http_call_init(&unlock->call, http, "/v1/unlock", tls, AG_MESSAGE_UNLOCK_LEN,
				 AG_HTTP_TOTAL_MS, take_reply, unlock);
}

void ag_unlock_exit(struct ag_unlock *unlock)
{
	ag_http_call_exit(&unlock->call);
	explicit_bzero(&unlock->request, sizeof(unlock->request));
}

int ag_unlock_start(struct ag_unlock *unlock, const struct ag_request *request)
{
	int r;

	if (unlock->tries)
		return -EBUSY;
	unlock->request = *request;
	ag_backoff_reset(&unlock->backoff);
	r = unlock->device->ops->nonce(unlock->device->fd, &unlock->nonce);
	if (r)
		end_errno(unlock, r == -EBUSY ? AG_REASON_STATE : AG_REASON_KERNEL, r);
	else
		post(unlock);
	return 0;
}

void ag_unlock_tick(struct ag_unlock *unlock, uint64_t now_ms)
{
	if (now_ms >= unlock->retry_at_ms)
		post(unlock);
}

uint64_t ag_unlock_next_ms(const struct ag_unlock *unlock)
{
	return unlock->retry_at_ms;
}
