/* SPDX-License-Identifier: MIT */
/* A client's end of the agent's local socket. */
#ifndef AG_AGENT_COMMON_PEER_H
#define AG_AGENT_COMMON_PEER_H

#include <stdbool.h>

#include "answer.h"

struct ag_peer {
	const char *path;
	int fd;			/* -1: not connected */
	bool is_waiting;	/* for the answer to `what` */
	enum ag_request_do what;
};

/* ag_peer_open - connect; 0 or -errno of connect(2) */
int ag_peer_open(struct ag_peer *peer);
void ag_peer_close(struct ag_peer *peer);

/*
 * ag_peer_send - one request, to be followed by its answer
 *
 * Return: 0, -EBUSY (an answer is due), -ENOTCONN, -errno of send(2); after an
 * error of the socket the peer is closed.
 */
int ag_peer_send(struct ag_peer *peer, const struct ag_request *request);

/*
 * ag_peer_receive - the answer, without waiting
 *
 * Return: 0, -EAGAIN, -EBADMSG, -ECONNRESET or -errno; after any but -EAGAIN
 * and 0 the peer is closed.
 */
int ag_peer_receive(struct ag_peer *peer, struct ag_answer *ret_answer);

/* ag_peer_ask - send and wait for the answer; -ETIMEDOUT after @timeout_ms */
int ag_peer_ask(struct ag_peer *peer, const struct ag_request *request, int timeout_ms,
		struct ag_answer *ret_answer);

#endif
