/* SPDX-License-Identifier: MIT */
/* The agent as a whole: what it is made of and its loop. */
#ifndef AG_AGENT_DAEMON_AGENT_H
#define AG_AGENT_DAEMON_AGENT_H

#include <stdbool.h>

#include "heartbeat.h"
#include "listener.h"
#include "relay.h"
#include "ship.h"

struct ag_agent_options {
	const char *conf;
	const char *state_dir;
	const char *socket;
	const char *device;
	const char *user;
};

struct ag_agent {
	struct ag_device device;
	int dir_fd;
	int signal_fd;
	bool is_ending;
	enum ag_center_health center;
	uint32_t unlock_client;		/* who waits for the unlock under way */
	struct ag_http http;
	struct ag_heartbeat heartbeat;
	struct ag_relay relay;
	struct ag_ship ship;
	struct ag_listener listener;
};

/* Opens the device; the shipped program passes ag_device_open(). */
typedef int (*ag_agent_open_device)(const char *path, int flags, struct ag_device *ret_device);

/* ---- agent.c ---- */

/*
 * ag_agent_run - start, serve until SIGTERM or SIGINT, and clean up
 *
 * Return: exit status of the program; what went wrong is in the log.
 */
int ag_agent_run(const struct ag_agent_options *options, ag_agent_open_device open_device);

/* ---- agent_start.c ---- */

/* ag_agent_start - open, initialise, give up all rights; 0 or -errno, which is in the log */
int ag_agent_start(struct ag_agent *agent, const struct ag_agent_options *options,
		   ag_agent_open_device open_device);
/* ag_agent_stop - end what was started, also by a start that failed half-way */
void ag_agent_stop(struct ag_agent *agent);

/* ---- agent_main.c ---- */

/* ag_agent_main - the command line, then ag_agent_run() */
int ag_agent_main(int argc, char **argv, ag_agent_open_device open_device);

#endif
