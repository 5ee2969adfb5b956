/* SPDX-License-Identifier: MIT */
/* The agent as a whole: what it is made of and its loop. */
#ifndef AG_AGENT_DAEMON_AGENT_H
#define AG_AGENT_DAEMON_AGENT_H

#include <stdbool.h>

#include "hello.h"
#include "local.h"
#include "ship.h"
#include "unlock.h"

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
	enum ag_center center;
	uint32_t unlock_client;		/* who waits for the unlock under way */
	struct ag_http http;
	struct ag_hello hello;
	struct ag_unlock unlock;
	struct ag_ship ship;
	struct ag_local local;
};

/* Opens the device; the shipped program passes ag_device_open(). */
typedef int (*ag_agent_open_device)(const char *path, int flags, struct ag_device *ret_device);

/*
 * ag_agent_run - start, serve until SIGTERM or SIGINT, and clean up
 *
 * Return: exit status of the program; what went wrong is in the log.
 */
int ag_agent_run(const struct ag_agent_options *options, ag_agent_open_device open_device);

/* ag_agent_main - the command line, then ag_agent_run() */
int ag_agent_main(int argc, char **argv, ag_agent_open_device open_device);

#endif
