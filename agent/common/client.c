// SPDX-License-Identifier: MIT
// Connects to the agent, sends a request, receives the answer.
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "secret.h"

int ag_client_open(struct ag_client *client)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", client->path) >=
	    sizeof(address.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		int r = -errno;

		close(fd);
		return r;
	}
	client->fd = fd;
	client->is_waiting = false;
	return 0;
}

void ag_client_close(struct ag_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->is_waiting = false;
}

int ag_client_send(struct ag_client *client, const struct ag_local_request *request)
{
	char *text;
	int r = 0;

	if (client->fd < 0)
		return -ENOTCONN;
	if (client->is_waiting)
		return -EBUSY;
	text = ag_local_write_request(request);
	if (!text)
		return -ENOMEM;
	if (send(client->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
		r = -errno;
		ag_client_close(client);
	}
	ag_secret_free(text);
	if (!r) {
		client->is_waiting = true;
		client->what = request->what;
	}
	return r;
}

int ag_client_receive(struct ag_client *client, struct ag_local_answer *ret_answer)
{
	char packet[AG_LOCAL_PACKET_MAX + 1];
	ssize_t len;
	int r;

	if (client->fd < 0)
		return -ENOTCONN;
	len = recv(client->fd, packet, sizeof(packet), 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	if (len < 0)
		r = -errno;
	else if (len == 0)
		r = -ECONNRESET;
	else if (!client->is_waiting)
		r = -EBADMSG;
	else
		r = ag_local_parse_answer(packet, (size_t)len, client->what, ret_answer);
	client->is_waiting = false;
	if (r)
		ag_client_close(client);
	return r;
}

int ag_client_ask(struct ag_client *client, const struct ag_local_request *request, int timeout_ms,
		  struct ag_local_answer *ret_answer)
{
	struct pollfd ready = { .events = POLLIN };
	int r = ag_client_send(client, request);

	if (r)
		return r;
	ready.fd = client->fd;
	do
		r = poll(&ready, 1, timeout_ms);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		return -ETIMEDOUT;
	return ag_client_receive(client, ret_answer);
}
