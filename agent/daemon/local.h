/* SPDX-License-Identifier: MIT */
/* The agent's end of the local socket: packets in, one answer to each. */
#ifndef AG_AGENT_DAEMON_LOCAL_H
#define AG_AGENT_DAEMON_LOCAL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/common/request.h"

/* A screen, a few scripts; whoever comes later waits in the queue of the socket. */
#define AG_LOCAL_CLIENTS	16u
#define AG_LOCAL_GROUP		"atmguard-maint"

struct ag_local_client {
	int fd;			/* -1: free */
	uint32_t id;		/* never used twice, so that an answer cannot reach a successor */
	bool is_waiting;	/* for an answer; not read from meanwhile */
};

struct ag_local {
	int fd;
	uint32_t next_id;
	struct ag_local_client clients[AG_LOCAL_CLIENTS];
	/* @request is NULL when the packet made no sense; ends in ag_local_answer() */
	void (*take)(void *arg, uint32_t client, const struct ag_request *request);
	void *arg;
};

/*
 * ag_local_open - listen at @path, mode 0660, group AG_LOCAL_GROUP if it exists
 *
 * A socket left behind at @path is replaced; anything else there is not.
 * Return: 0, -errno of the step that failed, -EEXIST.
 */
int ag_local_open(struct ag_local *local, const char *path);
void ag_local_close(struct ag_local *local);

/* ag_local_fill - what to wait for; returns the number of entries, at most 1 + AG_LOCAL_CLIENTS */
unsigned int ag_local_fill(const struct ag_local *local, struct curl_waitfd *fds);
/* ag_local_run - serve whatever is ready; never blocks */
void ag_local_run(struct ag_local *local);

/* ag_local_answer - send @text, which is taken over (from ag_secret_alloc(); NULL closes) */
void ag_local_answer(struct ag_local *local, uint32_t client, char *text);

#endif
