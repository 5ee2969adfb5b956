// SPDX-License-Identifier: MIT
// The ladder of the agent's start, from the rights it is started with to its sandbox.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "agent/common/secret.h"
#include "account.h"
#include "agent.h"
#include "config.h"
#include "journal.h"
#include "seccomp.h"
#include "statedir.h"

static int fail(const char *what, int error)
{
	ag_journal_say("%s: %s", what, strerror(-error));
	return error;
}

static int load_config(const char *path, struct ag_config *config)
{
	struct ag_config_error error = { 0, NULL };
	int r = ag_config_load(path, config, &error);

	if (r && error.reason && error.line)
		ag_journal_say("%s:%u: %s", path, error.line, error.reason);
	else if (r)
		ag_journal_say("%s: %s", path, error.reason ? error.reason : strerror(-r));
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
		int r = ag_statedir_read(dir_fd, files[i].name, files[i].ret, &len);

		if (r) {
			ag_journal_say("%s/%s: %s", options->state_dir, files[i].name, strerror(-r));
			return r;
		}
	}
	return 0;
}

/* What needs the starting account: files, device, socket. */
static int open_files(struct ag_agent *agent, const struct ag_agent_options *options,
		      ag_agent_open_device open_device, struct tls_files *tls)
{
	int r = ag_statedir_open(options->state_dir, &agent->dir_fd);

	if (r)
		return fail(options->state_dir, r);
	r = load_tls(options, agent->dir_fd, tls);
	if (r)
		return r;
	r = open_device(options->device, O_RDWR | O_NONBLOCK, &agent->device);
	if (r)
		return fail(options->device, r);
	r = ag_listener_open(&agent->listener, options->socket);
	return r ? fail(options->socket, r) : 0;
}

static int init_parts(struct ag_agent *agent, const struct ag_config *config,
		      const struct tls_files *files)
{
	const struct ag_http_tls tls = { files->ca, files->cert, files->key };
	int r = ag_http_init(&agent->http, config->center);

	r = r ? r : ag_heartbeat_init(&agent->heartbeat, &agent->device, &agent->http, &tls);
	r = r ? r : ag_relay_init(&agent->relay, &agent->device, &agent->http, &tls);
	r = r ? r : ag_ship_init(&agent->ship, &agent->device, agent->dir_fd, &agent->http, &tls);
	return r ? fail("cannot start", r) : 0;
}

/* The ladder: each step needs the rights that a later one gives up. */
int ag_agent_start(struct ag_agent *agent, const struct ag_agent_options *options,
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
	r = ag_seccomp_enter();
	if (r)
		fail("no sandbox, no service", r);
	else
		ag_journal_say("serving %s, center %s", options->socket, config.center);
free_tls:
	free_tls(&tls);
	return r;
}

void ag_agent_stop(struct ag_agent *agent)
{
	ag_listener_close(&agent->listener);
	ag_ship_exit(&agent->ship);
	ag_relay_exit(&agent->relay);
	ag_heartbeat_exit(&agent->heartbeat);
	if (agent->http.multi)
		ag_http_exit(&agent->http);
	ag_device_close(&agent->device);
}
