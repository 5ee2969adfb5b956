// SPDX-License-Identifier: MIT
// Count a worker's connections and find those of a machine.
#include "connection.h"
#include "center/common/log.h"
#include "worker.h"

#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct ag_connection {
	struct ag_connections *all;
	SSL *ssl;
	struct ag_connection *next, **link;	/* link: what points here */
};

static int ssl_index = -1;	/* of SSL's extra data */

static void on_ssl_free(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
	struct ag_connection *connection = ptr;
	struct ag_connections *all;

	if (!connection)
		return;
	all = connection->all;
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	if (all->nr-- == all->max)
		evconnlistener_enable(all->listener);
	free(connection);
}

void ag_connections_init(struct ag_connections *all, SSL_CTX *tls, struct evconnlistener *listener, long max)
{
	*all = (struct ag_connections){ .tls = tls, .listener = listener, .max = max };
	ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_ssl_free);
}

SSL *ag_connection_open(struct ag_connections *all)
{
	struct ag_connection *connection = malloc(sizeof(*connection));
	SSL *ssl = connection ? SSL_new(all->tls) : NULL;

	if (!ssl || !SSL_set_ex_data(ssl, ssl_index, connection)) {
		SSL_free(ssl);
		free(connection);
		return NULL;
	}
	*connection = (struct ag_connection){ all, ssl, all->first, &all->first };
	if (all->first)
		all->first->link = &connection->next;
	all->first = connection;
	if (++all->nr == all->max)
		evconnlistener_disable(all->listener);
	return ssl;
}

/* The end of the stream is found by libevent as if the machine had hung up: it
 * knows which request is still being answered. */
void ag_connections_close(struct ag_connections *all, const char *atm)
{
	char number[ATMGUARD_ATM_LEN];
	int nr = 0;

	for (struct ag_connection *at = all->first; at; at = at->next)
		if (ag_tls_number(at->ssl, number) == 0 && strcmp(number, atm) == 0)
			nr += shutdown(SSL_get_fd(at->ssl), SHUT_RDWR) == 0;
	if (nr)
		ag_log("atm=%s revoked: %d connections closed", atm, nr);
}
