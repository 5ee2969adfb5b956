// SPDX-License-Identifier: MIT
// Sends the heartbeat at the center's interval, with growing waits while it is down.
#include "heartbeat.h"

#include "journal.h"
#include "message.h"

static void retry(struct ag_heartbeat *heartbeat)
{
	heartbeat->next_ms = ag_clock_now_ms() + ag_backoff_next_ms(&heartbeat->backoff);
}

static void take_reply(void *arg, const struct ag_http_reply *reply)
{
	struct ag_heartbeat *heartbeat = arg;
	struct ag_message_hello_answer answer;

	heartbeat->heard(heartbeat->arg, reply);
	if (reply->outcome != AG_HTTP_ANSWERED) {
		retry(heartbeat);
		return;
	}
	if (ag_message_parse_hello(reply->body, reply->len, &answer)) {
		ag_journal_say("heartbeat: the center's answer makes no sense");
		retry(heartbeat);
		return;
	}
	ag_backoff_reset(&heartbeat->backoff);
	heartbeat->next_ms = ag_clock_now_ms() + ag_backoff_scatter_ms(answer.interval_s * 1000);
}

int ag_heartbeat_init(struct ag_heartbeat *heartbeat, const struct ag_device *device,
		      struct ag_http *http, const struct ag_http_tls *tls)
{
	heartbeat->device = device;
	heartbeat->backoff = (struct ag_backoff){ .first_ms = 1000, .most_ms = 60000 };
	heartbeat->next_ms = 0;
	return ag_http_call_init(&heartbeat->call, http, "/v1/hello", tls, AG_MESSAGE_HELLO_MAX,
				 AG_HTTP_TOTAL_MS, take_reply, heartbeat);
}

void ag_heartbeat_exit(struct ag_heartbeat *heartbeat)
{
	ag_http_call_exit(&heartbeat->call);
}

void ag_heartbeat_tick(struct ag_heartbeat *heartbeat, uint64_t now_ms)
{
	struct atmguard_status status;

	if (now_ms < heartbeat->next_ms)
		return;
	heartbeat->next_ms = AG_CLOCK_NEVER;
	if (heartbeat->device->ops->status(heartbeat->device->fd, &status) ||
	    ag_http_post(&heartbeat->call, ag_message_hello(&status)))
		retry(heartbeat);
}

uint64_t ag_heartbeat_next_ms(const struct ag_heartbeat *heartbeat)
{
	return heartbeat->next_ms;
}
