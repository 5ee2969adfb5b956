/* SPDX-License-Identifier: MIT */
/* A client's end of the agent's local socket. */
#ifndef AG_AGENT_COMMON_CLIENT_H
#define AG_AGENT_COMMON_CLIENT_H

#include <stdbool.h>

#include "local.h"

struct ag_client {
	const char *path;
	int fd;			/* -1: not connected */
	bool is_waiting;	/* for the answer to `what` */
	enum ag_local_do what;
};

/* ag_client_open - connect; 0 or -errno of connect(2) */
int ag_client_open(struct ag_client *client);
void ag_client_close(struct ag_client *client);

/*
 * ag_client_send - one request, to be followed by its answer
 *
 * Return: 0, -EBUSY (an answer is due), -ENOTCONN, -errno of send(2); after an
 * error of the socket it is closed.
 */
int ag_client_send(struct ag_client *client, const struct ag_local_request *request);

/*
 * ag_client_receive - the answer, without waiting
 *
 * Return: 0, -EAGAIN, -EBADMSG, -ECONNRESET or -errno; after any but -EAGAIN
 * and 0 it is closed.
 */
int ag_client_receive(struct ag_client *client, struct ag_local_answer *ret_answer);

/* ag_client_ask - send and wait for the answer; -ETIMEDOUT after @timeout_ms */
int ag_client_ask(struct ag_client *client, const struct ag_local_request *request, int timeout_ms,
		  struct ag_local_answer *ret_answer);

#endif
