/* SPDX-License-Identifier: MIT */
/* The connections of a worker: how many, and whose. */
#ifndef AG_CENTER_DAEMON_CONNECTION_H
#define AG_CENTER_DAEMON_CONNECTION_H

#include <openssl/ssl.h>

struct evconnlistener;

struct ag_connections {
	SSL_CTX *tls;
	struct evconnlistener *listener;
	struct ag_connection *first;
	long nr, max;
};

void ag_connections_init(struct ag_connections *all, SSL_CTX *tls, struct evconnlistener *listener, long max);

/* The TLS side of a new connection, counted until SSL_free(); NULL: no memory.
 * While there are @max of them, further ones wait in the kernel's queue, whose
 * length is bounded. */
SSL *ag_connection_open(struct ag_connections *all);

/* Shuts the connections down whose certificate is of machine @atm. */
void ag_connections_close(struct ag_connections *all, const char *atm);

#endif
