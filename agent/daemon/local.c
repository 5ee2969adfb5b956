// SPDX-License-Identifier: MIT
// Serves the local socket; every call is non-blocking.
#include "local.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "agent/common/secret.h"

/* ---- opening ---- */

static int remove_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(path) ? -errno : 0;
}

/* Without the group only the agent's own account and root get in, which is
 * the safe side of a half-done installation. */
static int share_with_group(const char *path)
{
	const struct group *group = getgrnam(AG_LOCAL_GROUP);

	if (!group)
		ag_log("no group %s: only root can use %s", AG_LOCAL_GROUP, path);
	else if (chown(path, (uid_t)-1, group->gr_gid))
		ag_log("cannot give %s to the group %s: %s", path, AG_LOCAL_GROUP,
		       strerror(errno));
	return chmod(path, 0660) ? -errno : 0;
}

static int listen_at(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >=
	    sizeof(address.sun_path))
		return -ENAMETOOLONG;
	r = remove_stale(path);
	if (r)
		return r;
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
	umask(mask);
	r = r ? r : share_with_group(path);
	return r ? r : listen(fd, AG_LOCAL_CLIENTS) ? -errno : 0;
}

int ag_local_open(struct ag_local *local, const char *path)
{
	int r;

	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++)
		local->clients[i].fd = -1;
	local->next_id = 1;
	local->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (local->fd < 0)
		return -errno;
	r = listen_at(local->fd, path);
	if (r) {
		close(local->fd);
		local->fd = -1;
	}
	return r;
}

/* ---- clients ---- */

static void drop(struct ag_local_client *client)
{
	close(client->fd);
	client->fd = -1;
	client->is_waiting = false;
}

void ag_local_close(struct ag_local *local)
{
	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++)
		if (local->clients[i].fd >= 0)
			drop(&local->clients[i]);
	if (local->fd >= 0)
		close(local->fd);
	local->fd = -1;
}

static struct ag_local_client *find_free(struct ag_local *local)
{
	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++)
		if (local->clients[i].fd < 0)
			return &local->clients[i];
	return NULL;
}

static void accept_clients(struct ag_local *local)
{
	struct ag_local_client *client;
	int fd;

	while ((client = find_free(local))) {
		fd = accept4(local->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		*client = (struct ag_local_client){ .fd = fd, .id = local->next_id++ };
	}
}

/* One packet; a longer one than the protocol allows is seen by its length. */
static void read_client(struct ag_local *local, struct ag_local_client *client)
{
	char packet[AG_REQUEST_MAX + 1];
	struct ag_request request;
	ssize_t len = recv(client->fd, packet, sizeof(packet), 0);
	bool is_good;

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop(client);
		return;
	}
	client->is_waiting = true;
	is_good = ag_request_parse(packet, (size_t)len, &request) == 0;
	explicit_bzero(packet, sizeof(packet));
	local->take(local->arg, client->id, is_good ? &request : NULL);
	explicit_bzero(&request, sizeof(request));
}

unsigned int ag_local_fill(const struct ag_local *local, struct curl_waitfd *fds)
{
	bool has_room = false;
	unsigned int nr = 0;

	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++) {
		const struct ag_local_client *client = &local->clients[i];

		has_room |= client->fd < 0;
		/* A waiting client that hung up would wake the loop for ever. */
		if (client->fd >= 0 && !client->is_waiting)
			fds[nr++] = (struct curl_waitfd){ client->fd, CURL_WAIT_POLLIN, 0 };
	}
	if (has_room)
		fds[nr++] = (struct curl_waitfd){ local->fd, CURL_WAIT_POLLIN, 0 };
	return nr;
}

void ag_local_run(struct ag_local *local)
{
	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++)
		if (local->clients[i].fd >= 0 && !local->clients[i].is_waiting)
			read_client(local, &local->clients[i]);
	accept_clients(local);
}

void ag_local_answer(struct ag_local *local, uint32_t id, char *text)
{
	for (size_t i = 0; i < AG_LOCAL_CLIENTS; i++) {
		struct ag_local_client *client = &local->clients[i];

		if (client->fd < 0 || client->id != id)
			continue;
		client->is_waiting = false;
		if (!text || send(client->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
			drop(client);
	}
	ag_secret_free(text);
}
