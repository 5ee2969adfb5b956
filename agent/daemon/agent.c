// SPDX-License-Identifier: MIT
// The agent's start, its one loop, and what the local socket asks of it.
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/common/account.h"
#include "config.h"
#include "log.h"
#include "lib/names.h"
#include "sandbox.h"
#include "agent/common/secret.h"
#include "store.h"

/* ---- requests of the local socket ---- */

static void answer_error(struct ag_agent *agent, uint32_t client, enum ag_reason reason, int error)
{
	ag_local_answer(&agent->local, client,
			ag_request_answer_error(reason, error ? ag_names_errno(error).text : ""));
}

static void do_status(struct ag_agent *agent, uint32_t client, const struct ag_request *request)
{
	struct atmguard_status status;
	int r = agent->device.ops->status(agent->device.fd, &status);

	if (r)
		answer_error(agent, client, AG_REASON_KERNEL, r);
	else
		ag_local_answer(&agent->local, client,
				ag_request_answer_status(&status, agent->center));
}

static void do_unlock(struct ag_agent *agent, uint32_t client, const struct ag_request *request)
{
	uint32_t before = agent->unlock_client;

	agent->unlock_client = client;
	if (!ag_unlock_start(&agent->unlock, request))
		return;
	agent->unlock_client = before;
	answer_error(agent, client, AG_REASON_BUSY, 0);
}

/* Returns when the kernel has locked again, which it does within its own bound
 * or by a reboot; nothing is worth doing for the center before that. */
static void do_complete(struct ag_agent *agent, uint32_t client, const struct ag_request *request)
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
	ag_log("work complete: locked again, %u survivors", status.survivors);
	ag_local_answer(&agent->local, client, ag_request_answer_completed(status.survivors));
}

static void (*const requests[])(struct ag_agent *agent, uint32_t client,
				const struct ag_request *request) = {
	[AG_REQUEST_STATUS] = do_status,
	[AG_REQUEST_UNLOCK] = do_unlock,
	[AG_REQUEST_COMPLETE] = do_complete,
};

static void take_request(void *arg, uint32_t client, const struct ag_request *request)
{
	struct ag_agent *agent = arg;

	if (request)
		requests[request->what](agent, client, request);
	else
		answer_error(agent, client, AG_REASON_REQUEST, 0);
}

/* ---- what the parts report ---- */

static void unlock_done(void *arg, const struct ag_unlock_result *result)
{
	struct ag_agent *agent = arg;
	char *text = NULL;

	switch (result->end) {
	case AG_UNLOCK_OPENED:
		ag_log("unlocked for job %llu", (unsigned long long)result->status.job);
		text = ag_request_answer_opened(&result->status);
		break;
	case AG_UNLOCK_NG:
		ag_log("unlock: the center did not accept the values");
		text = ag_request_answer_ng();
		break;
	case AG_UNLOCK_ERROR:
		ag_log("unlock: nothing was judged: %s %s", ag_request_reason_name(result->reason),
		       result->detail);
		text = ag_request_answer_error(result->reason, result->detail);
		break;
	}
	ag_local_answer(&agent->local, agent->unlock_client, text);
}

static void center_heard(void *arg, const struct ag_http_reply *reply)
{
	struct ag_agent *agent = arg;
	enum ag_center now = reply->outcome == AG_HTTP_ANSWERED ? AG_CENTER_UP : AG_CENTER_DOWN;

	if (now == agent->center)
		return;
	agent->center = now;
	if (now == AG_CENTER_UP)
		ag_log("the center is up");
	else
		ag_log("the center is down: %s", reply->detail);
}

/* ---- the loop ---- */

static uint32_t wait_ms(const struct ag_agent *agent)
{
	const uint64_t times_ms[] = { ag_hello_next_ms(&agent->hello),
				      ag_unlock_next_ms(&agent->unlock),
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

	ag_hello_tick(&agent->hello, now_ms);
	ag_unlock_tick(&agent->unlock, now_ms);
	ag_ship_tick(&agent->ship, now_ms);
}

static int turn(struct ag_agent *agent)
{
	struct curl_waitfd fds[2 + 1 + AG_LOCAL_CLIENTS];
	unsigned int nr = 0;
	int r;

	tick(agent);
	fds[nr++] = (struct curl_waitfd){ agent->signal_fd, CURL_WAIT_POLLIN, 0 };
	if (ag_ship_wants_records(&agent->ship))
		fds[nr++] = (struct curl_waitfd){ agent->device.fd, CURL_WAIT_POLLIN, 0 };
	nr += ag_local_fill(&agent->local, fds + nr);
	r = ag_http_run(&agent->http, fds, nr, wait_ms(agent));
	if (r)
		return r;
	agent->is_ending = fds[0].revents != 0;
	ag_local_run(&agent->local);
	return 0;
}

/* ---- starting ---- */

static int fail(const char *what, int error)
{
	ag_log("%s: %s", what, strerror(-error));
	return error;
}

static int load_config(const char *path, struct ag_config *config)
{
	struct ag_config_error error = { 0, NULL };
	int r = ag_config_load(path, config, &error);

	if (r && error.reason && error.line)
		ag_log("%s:%u: %s", path, error.line, error.reason);
	else if (r)
		ag_log("%s: %s", path, error.reason ? error.reason : strerror(-r));
	return r;
}

/* Loads the name service's modules while code may still be mapped; the answer
 * does not matter.  An IP address needs none. */
static void warm_resolver(const char *center)
{
	char host[AG_CONFIG_URL_SIZE];
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	const char *start = strstr(center, "://") + 3;

	if (*start == '[')
		return;
	memcpy(host, start, strcspn(start, ":"));
	host[strcspn(start, ":")] = '\0';
	if (!getaddrinfo(host, NULL, &hints, &list))
		freeaddrinfo(list);
}

static int open_signals(int *ret_fd)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

struct tls_files {
	char *ca, *cert, *key;
};

static void free_tls(struct tls_files *tls)
{
	ag_secret_free(tls->ca);
	ag_secret_free(tls->cert);
	ag_secret_free(tls->key);
}

static int load_tls(const struct ag_agent_options *options, int dir_fd, struct tls_files *tls)
{
	const struct {
		const char *name;
		char **ret;
	} files[] = { { "ca.pem", &tls->ca }, { "agent.pem", &tls->cert }, { "agent.key", &tls->key } };
	size_t len;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int r = ag_store_read(dir_fd, files[i].name, files[i].ret, &len);

		if (r) {
			ag_log("%s/%s: %s", options->state_dir, files[i].name, strerror(-r));
			return r;
		}
	}
	return 0;
}

/* What needs the starting account: files, device, socket. */
static int open_files(struct ag_agent *agent, const struct ag_agent_options *options,
		      ag_agent_open_device open_device, struct tls_files *tls)
{
	int r = ag_store_open(options->state_dir, &agent->dir_fd);

	if (r)
		return fail(options->state_dir, r);
	r = load_tls(options, agent->dir_fd, tls);
	if (r)
		return r;
	r = open_device(options->device, O_RDWR | O_NONBLOCK, &agent->device);
	if (r)
		return fail(options->device, r);
	r = ag_local_open(&agent->local, options->socket);
	return r ? fail(options->socket, r) : 0;
}

static int init_parts(struct ag_agent *agent, const struct ag_config *config,
		      const struct tls_files *files)
{
	const struct ag_http_tls tls = { files->ca, files->cert, files->key };
	int r = ag_http_init(&agent->http, config->center);

	r = r ? r : ag_hello_init(&agent->hello, &agent->device, &agent->http, &tls);
	r = r ? r : ag_unlock_init(&agent->unlock, &agent->device, &agent->http, &tls);
	r = r ? r : ag_ship_init(&agent->ship, &agent->device, agent->dir_fd, &agent->http, &tls);
	return r ? fail("cannot start", r) : 0;
}

static void exit_parts(struct ag_agent *agent)
{
	ag_ship_exit(&agent->ship);
	ag_unlock_exit(&agent->unlock);
	ag_hello_exit(&agent->hello);
	if (agent->http.multi)
		ag_http_exit(&agent->http);
}

/* The ladder: each step needs the rights that a later one gives up. */
static int start(struct ag_agent *agent, const struct ag_agent_options *options,
		 ag_agent_open_device open_device)
{
	struct ag_config config;
	struct tls_files tls = { NULL, NULL, NULL };
	int r = load_config(options->conf, &config);

	r = r ? r : open_files(agent, options, open_device, &tls);
	if (r)
		goto free_tls;
	r = ag_account_drop(options->user);
	if (r) {
		fail(options->user, r);
		goto free_tls;
	}
	r = open_signals(&agent->signal_fd);
	if (r)
		goto free_tls;
	warm_resolver(config.center);
	r = init_parts(agent, &config, &tls);
	if (r)
		goto free_tls;
	r = ag_sandbox_enter();
	if (r)
		fail("no sandbox, no service", r);
	else
		ag_log("serving %s, center %s", options->socket, config.center);
free_tls:
	free_tls(&tls);
	return r;
}

int ag_agent_run(const struct ag_agent_options *options, ag_agent_open_device open_device)
{
	struct ag_agent agent = {
		.device = { .fd = -1 },
		.dir_fd = -1,
		.signal_fd = -1,
		.center = AG_CENTER_UNKNOWN,
		.local = { .fd = -1, .take = take_request, .arg = &agent },
		.hello = { .heard = center_heard, .arg = &agent },
		.unlock = { .heard = center_heard, .done = unlock_done, .arg = &agent },
		.ship = { .heard = center_heard, .arg = &agent },
	};
	int r;

	/* SSLKEYLOGFILE, proxies and the like are not for this program. */
	clearenv();
	r = ag_http_library_init();
	r = r ? r : start(&agent, options, open_device);
	while (!r && !agent.is_ending)
		r = turn(&agent);
	if (!r)
		ag_log("ending");
	ag_local_close(&agent.local);
	exit_parts(&agent);
	ag_device_close(&agent.device);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
