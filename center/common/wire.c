// SPDX-License-Identifier: MIT
// Length-prefixed messages over local stream sockets.
#include "wire.h"

#include <errno.h>
#include <event2/buffer.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Head and body in one call: the other side wakes up once. */
static int send_all(int fd, struct iovec part[2])
{
	struct msghdr message = { .msg_iov = part, .msg_iovlen = 2 };

	while (part[0].iov_len + part[1].iov_len) {
		ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE || errno == ECONNRESET ? -EPIPE : -EIO;
		for (int i = 0; i < 2; i++) {
			size_t taken = (size_t)n < part[i].iov_len ? (size_t)n : part[i].iov_len;

			part[i].iov_base = (char *)part[i].iov_base + taken;
			part[i].iov_len -= taken;
			n -= taken;
		}
	}
	return 0;
}

static int receive_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len) {
		ssize_t n = recv(fd, p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 || errno == ECONNRESET ? -EPIPE : -EIO;
		p += n;
		len -= n;
	}
	return 0;
}

int ag_wire_send(int fd, const struct ag_wire *head, const void *body)
{
	struct iovec part[2] = { { (void *)head, sizeof(*head) }, { (void *)body, head->len } };

	return send_all(fd, part);
}

int ag_wire_receive(int fd, struct ag_wire *ret_head, void *body, size_t max)
{
	int r = receive_all(fd, ret_head, sizeof(*ret_head));

	if (r)
		return r;
	if (ret_head->len > max)
		return -EMSGSIZE;
	return receive_all(fd, body, ret_head->len);
}

int ag_wire_take(struct evbuffer *in, size_t max, struct ag_wire *ret_head)
{
	struct ag_wire head;

	if (evbuffer_copyout(in, &head, sizeof(head)) != sizeof(head))
		return -EAGAIN;
	if (head.len > max)
		return -EMSGSIZE;
	if (evbuffer_get_length(in) < sizeof(head) + head.len)
		return -EAGAIN;
	evbuffer_drain(in, sizeof(head));
	*ret_head = head;
	return 0;
}
