/* SPDX-License-Identifier: MIT */
/* The requests of /dev/atmguard as C functions; include/uapi/linux/atmguard.h specifies them. */
#ifndef AG_AGENT_COMMON_DEVICE_H
#define AG_AGENT_COMMON_DEVICE_H

#include <linux/atmguard.h>
#include <stddef.h>

/*
 * One open descriptor.  What lies above it calls through the table, so that a
 * test binary can stand where no module is loaded; in the shipped programs it
 * is always that of ag_device_open().  Each function returns 0 or the kernel's
 * -errno.
 */
struct ag_device {
	int fd;
	const struct ag_device_ops *ops;
};

struct ag_device_ops {
	int (*status)(int fd, struct atmguard_status *ret_status);
	int (*nonce)(int fd, struct atmguard_nonce *ret_nonce);
	int (*grant)(int fd, const void *data, size_t len, const void *sig, size_t sig_len);
	int (*receipt)(int fd, const void *data, size_t len, const void *sig, size_t sig_len);
	int (*relock)(int fd);
	/* One record; -EAGAIN: none now, -EPIPE: overtaken, goes on at the oldest. */
	int (*read)(int fd, struct atmguard_record *ret_record);
	/* Puts the cursor on the oldest record. */
	int (*rewind)(int fd);
};

/*
 * ag_device_open - open @path with open(2) @flags (O_CLOEXEC is added)
 *
 * Return: 0, -errno of open(2), -EPROTO when the kernel speaks another ABI
 * than this program.
 */
int ag_device_open(const char *path, int flags, struct ag_device *ret_device);
void ag_device_close(struct ag_device *device);

#endif
