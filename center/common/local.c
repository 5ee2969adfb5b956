// SPDX-License-Identifier: MIT
// Listen on and connect to the center's local sockets.
#include "local.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG 16
#define GONE_S		3	/* longer, and it is another service that runs */
#define TRIES_A_S	20

static int open_socket(const char *dir, const char *name, int flags, struct sockaddr_un *address, int *ret_fd)
{
	int fd;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", dir, name) >=
	    (int)sizeof(address->sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int ag_local_dial(const char *dir, const char *name, int *ret_fd)
{
	struct sockaddr_un address;
	int fd, r = open_socket(dir, name, 0, &address, &fd);

	if (r)
		return r;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

/* The processes of a service that was killed take a moment to go. */
static int wait_until_free(const char *dir, const char *name)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_A_S };
	int fd;

	for (int i = 0; i < GONE_S * TRIES_A_S; i++) {
		if (ag_local_dial(dir, name, &fd))
			return 0;
		close(fd);
		nanosleep(&pause, NULL);
	}
	return -EADDRINUSE;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	mode_t mask;
	int r;

	unlink(address->sun_path);	/* nobody's any more */
	mask = umask(0177);		/* there is no moment with another mode */
	r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
	umask(mask);
	return r ? r : listen(fd, BACKLOG) ? -errno : 0;
}

int ag_local_listen(const char *dir, const char *name, int flags, int *ret_fd)
{
	struct sockaddr_un address;
	int fd, r = wait_until_free(dir, name);

	if (r == 0)
		r = open_socket(dir, name, flags, &address, &fd);
	if (r)
		return r;
	r = bind_and_listen(fd, &address);
	if (r) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}
