// SPDX-License-Identifier: MIT
// Serves the local socket; every call is non-blocking.
#include "listener.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/common/secret.h"
#include "journal.h"

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
	const struct group *group = getgrnam(AG_LISTENER_GROUP);

	if (!group)
		ag_journal_say("no group %s: only root can use %s", AG_LISTENER_GROUP, path);
	else if (chown(path, (uid_t)-1, group->gr_gid))
		ag_journal_say("cannot give %s to the group %s: %s", path, AG_LISTENER_GROUP,
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
	return r ? r : listen(fd, AG_LISTENER_CLIENTS) ? -errno : 0;
}

int ag_listener_open(struct ag_listener *listener, const char *path)
{
	int r;

	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++)
		listener->clients[i].fd = -1;
	listener->next_id = 1;
	listener->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return -errno;
	r = listen_at(listener->fd, path);
	if (r) {
		close(listener->fd);
		listener->fd = -1;
	}
	return r;
}

/* ---- clients ---- */

static void drop(struct ag_listener_client *client)
{
	close(client->fd);
	client->fd = -1;
	client->is_waiting = false;
}

void ag_listener_close(struct ag_listener *listener)
{
	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++)
		if (listener->clients[i].fd >= 0)
			drop(&listener->clients[i]);
	if (listener->fd >= 0)
		close(listener->fd);
	listener->fd = -1;
}

static struct ag_listener_client *find_free(struct ag_listener *listener)
{
	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++)
		if (listener->clients[i].fd < 0)
			return &listener->clients[i];
	return NULL;
}

static void accept_clients(struct ag_listener *listener)
{
	struct ag_listener_client *client;
	int fd;

	while ((client = find_free(listener))) {
		fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		*client = (struct ag_listener_client){ .fd = fd, .id = listener->next_id++ };
	}
}

/* One packet; a longer one than the protocol allows is seen by its length. */
static void read_client(struct ag_listener *listener, struct ag_listener_client *client)
{
	char packet[AG_LOCAL_PACKET_MAX + 1];
	struct ag_local_request request;
	ssize_t len = recv(client->fd, packet, sizeof(packet), 0);
	bool is_good;

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop(client);
		return;
	}
	client->is_waiting = true;
	is_good = ag_local_parse_request(packet, (size_t)len, &request) == 0;
	explicit_bzero(packet, sizeof(packet));
	listener->take(listener->arg, client->id, is_good ? &request : NULL);
	explicit_bzero(&request, sizeof(request));
}

unsigned int ag_listener_fill(const struct ag_listener *listener, struct curl_waitfd *fds)
{
	bool has_room = false;
	unsigned int nr = 0;

	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++) {
		const struct ag_listener_client *client = &listener->clients[i];

		has_room |= client->fd < 0;
		/* A waiting client that hung up would wake the loop for ever. */
		if (client->fd >= 0 && !client->is_waiting)
			fds[nr++] = (struct curl_waitfd){ client->fd, CURL_WAIT_POLLIN, 0 };
	}
	if (has_room)
		fds[nr++] = (struct curl_waitfd){ listener->fd, CURL_WAIT_POLLIN, 0 };
	return nr;
}

void ag_listener_run(struct ag_listener *listener)
{
	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++)
		if (listener->clients[i].fd >= 0 && !listener->clients[i].is_waiting)
			read_client(listener, &listener->clients[i]);
	accept_clients(listener);
}

void ag_listener_answer(struct ag_listener *listener, uint32_t id, char *text)
{
	for (size_t i = 0; i < AG_LISTENER_CLIENTS; i++) {
		struct ag_listener_client *client = &listener->clients[i];

		if (client->fd < 0 || client->id != id)
			continue;
		client->is_waiting = false;
		if (!text || send(client->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
			drop(client);
	}
	ag_secret_free(text);
}
