// SPDX-License-Identifier: MIT
// Sends the heartbeat at the center's interval, with growing waits while it is down.
#include "hello.h"

#include "log.h"
#include "message.h"

static void retry(struct ag_hello *hello)
{
	hello->next_ms = ag_clock_now_ms() + ag_backoff_next_ms(&hello->backoff);
}

static void take_reply(void *arg, const struct ag_http_reply *reply)
{
	struct ag_hello *hello = arg;
	struct ag_hello_answer answer;

	hello->heard(hello->arg, reply);
	if (reply->outcome != AG_HTTP_ANSWERED) {
		retry(hello);
		return;
	}
	if (ag_message_parse_hello(reply->body, reply->len, &answer)) {
		ag_log("heartbeat: the center's answer makes no sense");
		retry(hello);
		return;
	}
	ag_backoff_reset(&hello->backoff);
	hello->next_ms = ag_clock_now_ms() + ag_clock_scatter_ms(answer.interval_s * 1000);
}

int ag_hello_init(struct ag_hello *hello, const struct ag_device *device, struct ag_http *http,
		  const struct ag_http_tls *tls)
{
	hello->device = device;
	hello->backoff = (struct ag_backoff){ .first_ms = 1000, .most_ms = 60000 };
	hello->next_ms = 0;
	return ag_http_call_init(&hello->call, http, "/v1/hello", tls, AG_MESSAGE_HELLO_MAX,
				 AG_HTTP_TOTAL_MS, take_reply, hello);
}

void ag_hello_exit(struct ag_hello *hello)
{
	ag_http_call_exit(&hello->call);
}

void ag_hello_tick(struct ag_hello *hello, uint64_t now_ms)
{
	struct atmguard_status status;

	if (now_ms < hello->next_ms)
		return;
	hello->next_ms = AG_CLOCK_NEVER;
	if (hello->device->ops->status(hello->device->fd, &status) ||
	    ag_http_post(&hello->call, ag_message_hello(&status)))
		retry(hello);
}

uint64_t ag_hello_next_ms(const struct ag_hello *hello)
{
	return hello->next_ms;
}
