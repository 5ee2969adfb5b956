// SPDX-License-Identifier: MIT
// Take administrators' requests from admin.sock and hand them to their handlers.
#include "admin.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/common/wire.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define IDLE_S	30	/* a CLI asks at once and goes */
#define CA_MAX	8192

struct client {
	struct ag_judge *judge;
	uid_t uid;
};

static char ca_pem[CA_MAX];
static uid_t owner;		/* who started the service */

static const struct {
	const char *name;
	ag_admin_handler *handle;
} requests[] = {
	{ "status", ag_admin_status },
	{ "atm-add", ag_admin_atm_add },
	{ "atm-list", ag_admin_atm_list },
	{ "atm-revoke", ag_admin_atm_revoke },
	{ "atm-release", ag_admin_atm_release },
	{ "employee-add", ag_admin_employee_add },
	{ "employee-list", ag_admin_employee_list },
	{ "employee-disable", ag_admin_employee_disable },
	{ "employee-enable", ag_admin_employee_enable },
	{ "job-open", ag_admin_job_open },
	{ "job-list", ag_admin_job_list },
	{ "job-show", ag_admin_job_show },
	{ "job-close", ag_admin_job_close },
	{ "job-reissue", ag_admin_job_reissue },
	{ "job-revoke", ag_admin_job_revoke },
	{ "audit-list", ag_admin_audit_list },
	{ "alarm-list", ag_admin_alarm_list },
	{ "alarm-clear", ag_admin_alarm_clear },
};

/* ---- members of requests ---- */

int ag_admin_fail(struct ag_admin *admin, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(admin->error, sizeof(admin->error), format, args);
	va_end(args);
	return -EINVAL;
}

int ag_admin_text(struct ag_admin *admin, json_t *in, const char *name, size_t max,
		  const char **ret_text)
{
	json_t *value = json_object_get(in, name);
	const char *text = json_string_value(value);

	if (!text || !*text || strlen(text) != json_string_length(value) || strlen(text) > max)
		return ag_admin_fail(admin, "%s がありません / %s: 1 to %zu bytes of text expected",
				     name, name, max);
	*ret_text = text;
	return 0;
}

int ag_admin_number(struct ag_admin *admin, json_t *in, const char *name, char text[16])
{
	const char *value = json_string_value(json_object_get(in, name));

	if (!value || strlen(value) > 15 || !ag_request_is_number(value, 16))
		return ag_admin_fail(admin, "%s は 1～15 桁の数字です / %s: 1 to 15 digits expected",
				     name, name);
	memset(text, 0, 16);
	strcpy(text, value);
	return 0;
}

int ag_admin_job(struct ag_admin *admin, json_t *in, struct ag_job *ret_job)
{
	json_t *id = json_object_get(in, "job");
	int r = json_is_integer(id) ? ag_job_load(admin->store, json_integer_value(id), ret_job) : -ENOENT;

	return r == -ENOENT ? ag_admin_fail(admin, "そのジョブはありません / no such job") : r;
}

/* ---- one request ---- */

static int dispatch(struct ag_admin *admin, json_t *in, json_t *out)
{
	const char *name = json_string_value(json_object_get(in, "do"));

	for (size_t i = 0; name && i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strcmp(requests[i].name, name) == 0)
			return requests[i].handle(admin, in, out);
	return ag_admin_fail(admin, "no such request");
}

static int run(struct ag_admin *admin, json_t *in, json_t *out)
{
	int r = ag_store_begin(admin->store);

	if (r)
		return r;
	r = dispatch(admin, in, out);
	if (r == 0)
		return ag_store_commit(admin->store);
	ag_store_rollback(admin->store);
	return r;
}

json_t *ag_admin_answer(struct ag_admin *admin, json_t *in)
{
	json_t *out = json_pack("{s:s}", "result", "ok");
	int r = out ? run(admin, in, out) : -ENOMEM;

	if (r == 0)
		return out;
	json_decref(out);
	if (!admin->error[0]) {
		ag_log("admin: %s store=%s", strerror(-r), ag_store_error(admin->store));
		ag_admin_fail(admin, "データベース障害 / database: %s", strerror(-r));
	}
	return json_pack("{s:s, s:s}", "result", "error", "error", admin->error);
}

/* ---- the socket ---- */

static void send_answer(struct bufferevent *client, struct ag_wire *head, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	head->len = text ? strlen(text) : 0;
	bufferevent_write(client, head, sizeof(*head));
	if (text)
		bufferevent_write(client, text, head->len);
	free(text);
}

static void serve_one(struct bufferevent *bev, struct client *client, struct ag_wire *head)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct ag_admin admin = {
		.judge = client->judge, .store = client->judge->store, .ca = ca_pem,
		.now_s = client->judge->now_s(),
	};
	char *body = malloc(head->len + 1);
	json_t *request, *answer;

	if (!body)
		return;
	evbuffer_remove(in, body, head->len);
	request = json_loadb(body, head->len, JSON_REJECT_DUPLICATES, NULL);
	snprintf(admin.by, sizeof(admin.by), "uid %u", client->uid);
	answer = ag_admin_answer(&admin, request);
	send_answer(bev, head, answer);
	json_decref(answer);
	json_decref(request);
	free(body);
}

static void drop_client(struct bufferevent *bev, short what, void *arg)
{
	bufferevent_free(bev);
	free(arg);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct ag_wire head;
	int r;

	while ((r = ag_wire_take(bufferevent_get_input(bev), AG_WIRE_ADMIN_MAX, &head)) == 0)
		serve_one(bev, arg, &head);
	if (r != -EAGAIN)
		drop_client(bev, 0, arg);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
		      int len, void *arg)
{
	const struct timeval idle = { .tv_sec = IDLE_S };
	struct ucred peer;
	socklen_t size = sizeof(peer);
	struct bufferevent *bev;
	struct client *client;

	/* The mode of the socket keeps others out; this holds if it is changed. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) || (peer.uid && peer.uid != owner)) {
		ag_log("admin: refused");
		close(fd);
		return;
	}
	client = malloc(sizeof(*client));
	bev = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client || !bev) {
		free(client);
		close(fd);
		return;
	}
	*client = (struct client){ arg, peer.uid };
	bufferevent_setcb(bev, on_read, NULL, drop_client, client);
	bufferevent_set_timeouts(bev, &idle, &idle);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static int read_ca(const char *dir)
{
	char path[4096];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/tls/ca.pem", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, ca_pem, sizeof(ca_pem) - 1);
	close(fd);
	return len > 0 ? 0 : -EINVAL;
}

int ag_admin_listen(const char *dir, int *ret_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, r = read_ca(dir);

	if (r)
		return r;
	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s/admin.sock", dir) >=
	    (int)sizeof(address.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	owner = geteuid();
	/* Two judges on one database would each trust their own view of it. */
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		close(fd);
		return -EADDRINUSE;
	}
	unlink(address.sun_path);	/* of a service that was killed */
	/* The umask of the judge is 0077: there is no moment with another mode. */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    chmod(address.sun_path, 0600) || listen(fd, 16)) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int ag_admin_serve(struct event_base *base, int fd, struct ag_judge *judge)
{
	return evconnlistener_new(base, on_accept, judge, LEV_OPT_CLOSE_ON_FREE, 0, fd) ? 0 : -ENOMEM;
}
