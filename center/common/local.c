// SPDX-License-Identifier: MIT
// Listen on and connect to the center's local sockets.
#include "local.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

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

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	mode_t mask;
	int r;

	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return -EADDRINUSE;
	unlink(address->sun_path);	/* of a service that was killed */
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
