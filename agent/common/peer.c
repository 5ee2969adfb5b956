// SPDX-License-Identifier: MIT
// Connects to the agent, sends a request, receives the answer.
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "secret.h"

int ag_peer_open(struct ag_peer *peer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", peer->path) >=
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
	peer->fd = fd;
	peer->is_waiting = false;
	return 0;
}

void ag_peer_close(struct ag_peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
	peer->is_waiting = false;
}

int ag_peer_send(struct ag_peer *peer, const struct ag_request *request)
{
	char *text;
	int r = 0;

	if (peer->fd < 0)
		return -ENOTCONN;
	if (peer->is_waiting)
		return -EBUSY;
	text = ag_answer_request(request);
	if (!text)
		return -ENOMEM;
	if (send(peer->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
		r = -errno;
		ag_peer_close(peer);
	}
	ag_secret_free(text);
	if (!r) {
		peer->is_waiting = true;
		peer->what = request->what;
	}
	return r;
}

int ag_peer_receive(struct ag_peer *peer, struct ag_answer *ret_answer)
{
	char packet[AG_REQUEST_MAX + 1];
	ssize_t len;
	int r;

	if (peer->fd < 0)
		return -ENOTCONN;
	len = recv(peer->fd, packet, sizeof(packet), 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	if (len < 0)
		r = -errno;
	else if (len == 0)
		r = -ECONNRESET;
	else if (!peer->is_waiting)
		r = -EBADMSG;
	else
		r = ag_answer_parse(packet, (size_t)len, peer->what, ret_answer);
	peer->is_waiting = false;
	if (r)
		ag_peer_close(peer);
	return r;
}

int ag_peer_ask(struct ag_peer *peer, const struct ag_request *request, int timeout_ms,
		struct ag_answer *ret_answer)
{
	struct pollfd ready = { .events = POLLIN };
	int r = ag_peer_send(peer, request);

	if (r)
		return r;
	ready.fd = peer->fd;
	do
		r = poll(&ready, 1, timeout_ms);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		return -ETIMEDOUT;
	return ag_peer_receive(peer, ret_answer);
}
