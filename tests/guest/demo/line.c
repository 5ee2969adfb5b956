// SPDX-License-Identifier: MIT
// Frames, acknowledgements and repetition on the dispenser's serial line.
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { STX = 0x02, ACK = 0x06, NAK = 0x15 };

struct frame {
	uint8_t bytes[1 + 1 + LINE_PAYLOAD_MAX + 2];
	size_t len;
};

static uint16_t crc16(const uint8_t *data, size_t len)
{
	uint16_t crc = 0xffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint16_t)(data[i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc;
}

static void make_frame(struct frame *frame, const char *text)
{
	size_t n = strlen(text);
	uint16_t crc;

	frame->bytes[0] = STX;
	frame->bytes[1] = (uint8_t)n;
	memcpy(frame->bytes + 2, text, n);
	crc = crc16(frame->bytes + 1, n + 1);
	frame->bytes[n + 2] = (uint8_t)(crc >> 8);
	frame->bytes[n + 3] = (uint8_t)crc;
	frame->len = n + 4;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One byte before @until_ms; -ETIMEDOUT, -EIO (hung up), -errno. */
static int read_byte(int fd, int64_t until_ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint8_t byte;
	ssize_t n;

	for (;;) {
		int64_t left_ms = until_ms - now_ms();

		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (poll(&ready, 1, (int)left_ms) < 0 && errno != EINTR)
			return -errno;
		n = read(fd, &byte, 1);
		if (n == 1)
			return byte;
		if (n == 0)
			return -EIO;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int line_open(const char *path, int *ret_fd)
{
	struct termios raw;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &raw))
		goto fail;
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&raw, B115200);
	if (tcsetattr(fd, TCSAFLUSH, &raw))
		goto fail;
	*ret_fd = fd;
	return 0;
fail:;
	int error = errno;

	close(fd);
	return -error;
}

/* Anything but ACK and NAK before them is noise of the line. */
static int wait_ack(int fd)
{
	int64_t until_ms = now_ms() + LINE_ACK_MS;
	int byte;

	do
		byte = read_byte(fd, until_ms);
	while (byte >= 0 && byte != ACK && byte != NAK);
	if (byte < 0)
		return byte;
	return byte == ACK ? 0 : -EAGAIN;
}

static int send_text(int fd, const char *text)
{
	struct frame frame;
	int r = -ETIMEDOUT;

	make_frame(&frame, text);
	for (int i = 0; i < LINE_TRIES; i++) {
		r = write_all(fd, frame.bytes, frame.len);
		r = r ? r : wait_ack(fd);
		if (r != -EAGAIN && r != -ETIMEDOUT)
			return r;
	}
	return -ETIMEDOUT;
}

/* -EBADMSG: a frame came, but damaged */
static int read_frame(int fd, int64_t until_ms, struct frame *frame)
{
	int byte;

	do
		byte = read_byte(fd, until_ms);
	while (byte >= 0 && byte != STX);
	if (byte < 0)
		return byte;
	frame->bytes[0] = STX;
	frame->len = 1;
	do {
		byte = read_byte(fd, until_ms);
		if (byte < 0)
			return byte;
		frame->bytes[frame->len++] = (uint8_t)byte;
		if (frame->bytes[1] == 0 || frame->bytes[1] > LINE_PAYLOAD_MAX)
			return -EBADMSG;
	} while (frame->len < frame->bytes[1] + 4u);
	return crc16(frame->bytes + 1, frame->len - 1) ? -EBADMSG : 0;
}

static int receive_text(int fd, char text[LINE_PAYLOAD_MAX + 1])
{
	const uint8_t ack = ACK, nak = NAK;
	int64_t until_ms = now_ms() + LINE_ANSWER_MS;
	struct frame frame;
	int r;

	while ((r = read_frame(fd, until_ms, &frame)) == -EBADMSG)
		if (write_all(fd, &nak, 1))
			return -EIO;
	if (r)
		return r;
	memcpy(text, frame.bytes + 2, frame.bytes[1]);
	text[frame.bytes[1]] = '\0';
	return write_all(fd, &ack, 1);
}

static int judge_answer(const char *text, unsigned int id, unsigned int notes, char *ret_reason)
{
	unsigned int answered, given;

	if (sscanf(text, "OK %8x %u", &answered, &given) == 2)
		return answered == id && given == notes ? 0 : -EPROTO;
	if (sscanf(text, "ERR %8x %64s", &answered, ret_reason) == 2 && answered == id)
		return -ECANCELED;
	return -EPROTO;
}

int line_dispense(int fd, unsigned int notes, char ret_reason[LINE_PAYLOAD_MAX + 1])
{
	char text[LINE_PAYLOAD_MAX + 1];
	unsigned int id;
	int r;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return -errno;
	snprintf(text, sizeof(text), "DISPENSE %08x %u", id, notes);
	tcflush(fd, TCIFLUSH);
	r = send_text(fd, text);
	r = r ? r : receive_text(fd, text);
	return r ? r : judge_answer(text, id, notes, ret_reason);
}
