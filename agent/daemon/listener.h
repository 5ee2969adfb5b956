/* SPDX-License-Identifier: MIT */
/* The agent's end of the local socket: packets in, one answer to each. */
#ifndef AG_AGENT_DAEMON_LISTENER_H
#define AG_AGENT_DAEMON_LISTENER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/common/local.h"

/* A screen, a few scripts; whoever comes later waits in the queue of the socket. */
#define AG_LISTENER_CLIENTS	16u
#define AG_LISTENER_GROUP		"atmguard-maint"

struct ag_listener_client {
	int fd;			/* -1: free */
	uint32_t id;		/* never used twice, so that an answer cannot reach a successor */
	bool is_waiting;	/* for an answer; not read from meanwhile */
};

struct ag_listener {
	int fd;
	uint32_t next_id;
	struct ag_listener_client clients[AG_LISTENER_CLIENTS];
	/* @request is NULL when the packet made no sense; ends in ag_listener_answer() */
	void (*take)(void *arg, uint32_t client, const struct ag_local_request *request);
	void *arg;
};

/*
 * ag_listener_open - listen at @path, mode 0660, group AG_LISTENER_GROUP if it exists
 *
 * A socket left behind at @path is replaced; anything else there is not.
 * Return: 0, -errno of the step that failed, -EEXIST.
 */
int ag_listener_open(struct ag_listener *listener, const char *path);
void ag_listener_close(struct ag_listener *listener);

/* ag_listener_fill - what to wait for; returns the number of entries, at most
 * 1 + AG_LISTENER_CLIENTS */
unsigned int ag_listener_fill(const struct ag_listener *listener, struct curl_waitfd *fds);
/* ag_listener_run - serve whatever is ready; never blocks */
void ag_listener_run(struct ag_listener *listener);

/* ag_listener_answer - send @text, which is taken over (from ag_secret_alloc(); NULL closes) */
void ag_listener_answer(struct ag_listener *listener, uint32_t client, char *text);

#endif
