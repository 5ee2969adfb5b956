// SPDX-License-Identifier: MIT
// The agent's one loop, what the local socket asks of it, and what its parts report.
#include "agent.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/names.h"
#include "journal.h"

/* ---- requests of the local socket ---- */

static void answer_error(struct ag_agent *agent, uint32_t client, enum ag_reason reason, int error)
{
	ag_listener_answer(&agent->listener, client,
			   ag_local_write_error(reason, error ? ag_names_errno(error).text : ""));
}

static void do_status(struct ag_agent *agent, uint32_t client,
		      const struct ag_local_request *request)
{
	struct atmguard_status status;
	int r = agent->device.ops->status(agent->device.fd, &status);

	if (r)
		answer_error(agent, client, AG_REASON_KERNEL, r);
	else
		ag_listener_answer(&agent->listener, client,
				   ag_local_write_status(&status, agent->center));
}

static void do_unlock(struct ag_agent *agent, uint32_t client,
		      const struct ag_local_request *request)
{
	uint32_t before = agent->unlock_client;

	agent->unlock_client = client;
	if (!ag_relay_start(&agent->relay, request))
		return;
	agent->unlock_client = before;
	answer_error(agent, client, AG_REASON_BUSY, 0);
}

/* Returns when the kernel has locked again, which it does within its own bound
 * or by a reboot; nothing is worth doing for the center before that. */
static void do_complete(struct ag_agent *agent, uint32_t client,
			const struct ag_local_request *request)
{
	struct atmguard_status status;
	int r = agent->device.ops->relock(agent->device.fd);

	if (r) {
		answer_error(agent, client, r == -EBUSY ? AG_REASON_STATE : AG_REASON_KERNEL, r);
		return;
	}
	r = agent->device.ops->status(agent->device.fd, &status);
	if (r) {
		answer_error(agent, client, AG_REASON_KERNEL, r);
		return;
	}
	ag_journal_say("work complete: locked again, %u survivors", status.survivors);
	ag_listener_answer(&agent->listener, client, ag_local_write_completed(status.survivors));
}

static void (*const requests[])(struct ag_agent *agent, uint32_t client,
				const struct ag_local_request *request) = {
	[AG_LOCAL_STATUS] = do_status,
	[AG_LOCAL_UNLOCK] = do_unlock,
	[AG_LOCAL_COMPLETE] = do_complete,
};

static void take_request(void *arg, uint32_t client, const struct ag_local_request *request)
{
	struct ag_agent *agent = arg;

	if (request)
		requests[request->what](agent, client, request);
	else
		answer_error(agent, client, AG_REASON_REQUEST, 0);
}

/* ---- what the parts report ---- */

static void unlock_done(void *arg, const struct ag_relay_result *result)
{
	struct ag_agent *agent = arg;
	char *text = NULL;

	switch (result->end) {
	case AG_RELAY_OPENED:
		ag_journal_say("unlocked for job %llu", (unsigned long long)result->status.job);
		text = ag_local_write_opened(&result->status);
		break;
	case AG_RELAY_NG:
		ag_journal_say("unlock: the center did not accept the values");
		text = ag_local_write_ng();
		break;
	case AG_RELAY_ERROR:
		ag_journal_say("unlock: nothing was judged: %s %s", ag_local_reason_name(result->reason),
			       result->detail);
		text = ag_local_write_error(result->reason, result->detail);
		break;
	}
	ag_listener_answer(&agent->listener, agent->unlock_client, text);
}

static void center_heard(void *arg, const struct ag_http_reply *reply)
{
	struct ag_agent *agent = arg;
	enum ag_center_health now = reply->outcome == AG_HTTP_ANSWERED ? AG_CENTER_UP : AG_CENTER_DOWN;

	if (now == agent->center)
		return;
	agent->center = now;
	if (now == AG_CENTER_UP)
		ag_journal_say("the center is up");
	else
		ag_journal_say("the center is down: %s", reply->detail);
}

/* ---- the loop ---- */

static uint32_t wait_ms(const struct ag_agent *agent)
{
	const uint64_t times_ms[] = { ag_heartbeat_next_ms(&agent->heartbeat),
				      ag_relay_next_ms(&agent->relay),
				      ag_ship_next_ms(&agent->ship) };
	uint64_t now_ms = ag_clock_now_ms(), wait = 60000;

	for (size_t i = 0; i < sizeof(times_ms) / sizeof(times_ms[0]); i++)
		if (times_ms[i] <= now_ms)
			wait = 0;
		else if (times_ms[i] - now_ms < wait)
			wait = times_ms[i] - now_ms;
	return (uint32_t)wait;
}

static void tick(struct ag_agent *agent)
{
	uint64_t now_ms = ag_clock_now_ms();

	ag_heartbeat_tick(&agent->heartbeat, now_ms);
	ag_relay_tick(&agent->relay, now_ms);
	ag_ship_tick(&agent->ship, now_ms);
}

static int turn(struct ag_agent *agent)
{
	struct curl_waitfd fds[2 + 1 + AG_LISTENER_CLIENTS];
	unsigned int nr = 0;
	int r;

	tick(agent);
	fds[nr++] = (struct curl_waitfd){ agent->signal_fd, CURL_WAIT_POLLIN, 0 };
	if (ag_ship_wants_records(&agent->ship))
		fds[nr++] = (struct curl_waitfd){ agent->device.fd, CURL_WAIT_POLLIN, 0 };
	nr += ag_listener_fill(&agent->listener, fds + nr);
	r = ag_http_run(&agent->http, fds, nr, wait_ms(agent));
	if (r)
		return r;
	agent->is_ending = fds[0].revents != 0;
	ag_listener_run(&agent->listener);
	return 0;
}

int ag_agent_run(const struct ag_agent_options *options, ag_agent_open_device open_device)
{
	struct ag_agent agent = {
		.device = { .fd = -1 },
		.dir_fd = -1,
		.signal_fd = -1,
		.center = AG_CENTER_UNKNOWN,
		.listener = { .fd = -1, .take = take_request, .arg = &agent },
		.heartbeat = { .heard = center_heard, .arg = &agent },
		.relay = { .heard = center_heard, .done = unlock_done, .arg = &agent },
		.ship = { .heard = center_heard, .arg = &agent },
	};
	int r;

	/* SSLKEYLOGFILE, proxies and the like are not for this program. */
	clearenv();
	r = ag_http_library_init();
	r = r ? r : ag_agent_start(&agent, options, open_device);
	while (!r && !agent.is_ending)
		r = turn(&agent);
	if (!r)
		ag_journal_say("ending");
	ag_agent_stop(&agent);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
