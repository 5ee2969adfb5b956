// SPDX-License-Identifier: MIT
// Listen on and connect to the center's local sockets, one service a directory.
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
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

int ag_local_dial(const char *dir, const char *name, int wait_s, int *ret_fd)
{
	const struct timeval wait = { .tv_sec = wait_s };
	struct sockaddr_un address;
	int fd, r = open_socket(dir, name, 0, &address, &fd);

	if (r)
		return r;
	/* Also connect(2) waits, while the queue of a service that hangs is full. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

/* The processes of a service that was killed take a moment to go. */
static int wait_for_lock(int fd)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_A_S };
	int i = 0;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (i++ == GONE_S * TRIES_A_S)
			return -EADDRINUSE;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int ag_local_lock(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : wait_for_lock(fd);

	if (r && fd >= 0)
		close(fd);
	return r;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	mode_t mask;
	int r;

	unlink(address->sun_path);	/* nobody's any more: the directory is ours */
	mask = umask(0177);		/* there is no moment with another mode */
	r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
	umask(mask);
	return r ? r : listen(fd, BACKLOG) ? -errno : 0;
}

int ag_local_listen(const char *dir, const char *name, int flags, int *ret_fd)
{
	struct sockaddr_un address;
	int fd, r = open_socket(dir, name, flags, &address, &fd);

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
