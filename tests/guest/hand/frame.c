// SPDX-License-Identifier: MIT
// Reads and writes the frames of frame.h on a virtio-serial port.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

static int read_full(int fd, void *buf, size_t len)
{
	uint8_t *at = buf;

	while (len) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_full(int fd, const void *buf, size_t len)
{
	const uint8_t *at = buf;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int frame_read(int fd, struct frame *frame)
{
	uint32_t head[3];

	if (read_full(fd, head, sizeof(head)))
		return -1;
	if (head[0] > FRAME_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	frame->len = head[0];
	frame->id = head[1];
	frame->kind = head[2];
	return read_full(fd, frame->body, frame->len);
}

int frame_write(int fd, uint32_t id, uint32_t kind, const void *body, size_t len)
{
	uint32_t head[3] = { (uint32_t)len, id, kind };

	if (write_full(fd, head, sizeof(head)))
		return -1;
	return write_full(fd, body, len);
}
