// SPDX-License-Identifier: MIT
// Talks to the kernel module through /dev/atmguard.
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A signal must not look like a refusal; every request may be repeated. */
static int request(int fd, unsigned long number, void *argument)
{
	int r;

	do
		r = ioctl(fd, number, argument);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int send_blob(int fd, unsigned long number, const void *data, size_t len, const void *sig,
		     size_t sig_len)
{
	struct atmguard_blob blob = {
		.data = (uintptr_t)data,
		.sig = (uintptr_t)sig,
		.data_len = (__u32)len,
		.sig_len = (__u32)sig_len,
	};

	if (len > ATMGUARD_OBJECT_MAX || sig_len > ATMGUARD_SIG_MAX)
		return -EMSGSIZE;
	return request(fd, number, &blob);
}

static int kernel_status(int fd, struct atmguard_status *ret_status)
{
	return request(fd, ATMGUARD_STATUS, ret_status);
}

static int kernel_nonce(int fd, struct atmguard_nonce *ret_nonce)
{
	return request(fd, ATMGUARD_NONCE, ret_nonce);
}

static int kernel_grant(int fd, const void *data, size_t len, const void *sig, size_t sig_len)
{
	return send_blob(fd, ATMGUARD_GRANT, data, len, sig, sig_len);
}

static int kernel_receipt(int fd, const void *data, size_t len, const void *sig, size_t sig_len)
{
	return send_blob(fd, ATMGUARD_RECEIPT, data, len, sig, sig_len);
}

static int kernel_relock(int fd)
{
	return request(fd, ATMGUARD_RELOCK, NULL);
}

static int kernel_read(int fd, struct atmguard_record *ret_record)
{
	ssize_t n;

	do
		n = read(fd, ret_record, sizeof(*ret_record));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*ret_record) ? 0 : -EIO;
}

static int kernel_rewind(int fd)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static const struct ag_device_ops kernel = {
	.status = kernel_status,
	.nonce = kernel_nonce,
	.grant = kernel_grant,
	.receipt = kernel_receipt,
	.relock = kernel_relock,
	.read = kernel_read,
	.rewind = kernel_rewind,
};

int ag_device_open(const char *path, int flags, struct ag_device *ret_device)
{
	struct atmguard_status status;
	int fd = open(path, flags | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = kernel_status(fd, &status);
	if (!r && status.abi != ATMGUARD_ABI)
		r = -EPROTO;
	if (r) {
		close(fd);
		return r;
	}
	ret_device->fd = fd;
	ret_device->ops = &kernel;
	return 0;
}

void ag_device_close(struct ag_device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}
