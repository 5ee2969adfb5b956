// SPDX-License-Identifier: MIT
// Take administrators' requests from admin.sock.
#include "socket.h"
#include "admin.h"
#include "center/common/local.h"
#include "center/common/log.h"
#include "center/common/wire.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDLE_S	30	/* a CLI asks at once and goes */
#define CA_MAX	8192
/* At once; further ones wait in the kernel's queue.  Without a bound they use
 * up the descriptors, and the listener reports that without end. */
#define CLIENTS_MAX	64
#define UNTAKEN_MAX	(256u << 10)	/* bytes of answers that a client lets lie */

struct client {
	struct ag_judge *judge;
	struct ag_actor actor;
};

static char ca_pem[CA_MAX];
static uid_t owner;		/* who started the service */
static struct evconnlistener *listening;
static int nr_clients;

static void send_answer(struct bufferevent *client, struct ag_wire *head, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	head->len = text ? strlen(text) : 0;
	bufferevent_write(client, head, sizeof(*head));
	if (text)
		bufferevent_write(client, text, head->len);
	free(text);
}

static void serve_one(struct bufferevent *bev, struct client *client, struct ag_wire *head)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct ag_admin admin = {
		.judge = client->judge, .store = client->judge->store, .ca = ca_pem,
		.actor = client->actor, .now_s = client->judge->now_s(),
	};
	char *body = malloc(head->len + 1);
	json_t *request, *answer;

	if (!body)
		return;
	evbuffer_remove(in, body, head->len);
	request = json_loadb(body, head->len, JSON_REJECT_DUPLICATES, NULL);
	answer = ag_admin_answer(&admin, request);
	send_answer(bev, head, answer);
	json_decref(answer);
	json_decref(request);
	free(body);
}

static void drop_client(struct bufferevent *bev, short what, void *arg)
{
	bufferevent_free(bev);
	free(arg);
	if (nr_clients-- == CLIENTS_MAX)
		evconnlistener_enable(listening);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct ag_wire head;
	int r;

	while ((r = ag_wire_take(bufferevent_get_input(bev), AG_WIRE_ADMIN_MAX, &head)) == 0)
		serve_one(bev, arg, &head);
	if (r != -EAGAIN || evbuffer_get_length(bufferevent_get_output(bev)) > UNTAKEN_MAX)
		drop_client(bev, 0, arg);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
		      int len, void *arg)
{
	const struct timeval idle = { .tv_sec = IDLE_S };
	struct client *client = malloc(sizeof(*client));
	struct bufferevent *bev = NULL;

	if (client && ag_actor_of_peer(fd, owner, &client->actor) == 0)
		bev = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
	if (!bev) {
		ag_log("admin: refused");
		free(client);
		close(fd);
		return;
	}
	if (++nr_clients == CLIENTS_MAX)
		evconnlistener_disable(listening);
	client->judge = arg;
	bufferevent_setcb(bev, on_read, NULL, drop_client, client);
	bufferevent_set_timeouts(bev, &idle, &idle);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static int read_ca(const char *dir)
{
	char path[4096];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/tls/ca.pem", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, ca_pem, sizeof(ca_pem) - 1);
	close(fd);
	return len > 0 ? 0 : -EINVAL;
}

int ag_admin_listen(const char *dir, int *ret_fd)
{
	int r = read_ca(dir);

	owner = geteuid();
	return r ? r : ag_local_listen(dir, AG_LOCAL_ADMIN, SOCK_NONBLOCK, ret_fd);
}

int ag_admin_serve(struct event_base *base, int fd, struct ag_judge *judge)
{
	listening = evconnlistener_new(base, on_accept, judge, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	return listening ? 0 : -ENOMEM;
}
