// SPDX-License-Identifier: MIT
// A TLS worker: HTTPS in front, the judge behind; holds no state and no key but its own.
#include "worker.h"
#include "center/common/log.h"
#include "center/common/wire.h"
#include "connection.h"
#include "roles.h"
#include "sandbox.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PENDING_MAX	4096	/* requests at the judge; beyond: 503, ask again */
#define QUEUE_MAX	(16u << 20)	/* bytes on their way to the judge; beyond: 503 */
#define HEADERS_MAX	8192	/* bytes */
#define IDLE_S		75	/* two and a half heartbeats */
#define SPARE_FDS	32	/* not connections */
#define ANSWER_MAX	2048	/* struct ag_answer.body */

/* A request whose answer is not there yet. */
struct pending {
	struct evhttp_request *http;	/* NULL: free */
	int status;		/* to send instead once the machine is known, 0: the judge's */
	const char *error;
};

struct worker {
	struct event_base *base;
	struct bufferevent *judge;
	struct ag_connections connections;
	struct pending pending[PENDING_MAX];
	uint32_t next;		/* where to look for a free one */
};

static void reply(struct evhttp_request *http, int status, const void *body, size_t len)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(http);
	struct evbuffer *out = evbuffer_new();

	evhttp_add_header(headers, "Content-Type", "application/json");
	evhttp_add_header(headers, "Cache-Control", "no-store");
	if (status == 405)
		evhttp_add_header(headers, "Allow", "POST");
	if (out)
		evbuffer_add(out, body, len);
	evhttp_send_reply(http, status, NULL, out);
	if (out)
		evbuffer_free(out);
}

static void reply_error(struct evhttp_request *http, int status, const char *error)
{
	char body[256];
	int len = snprintf(body, sizeof(body), "{\"error\":\"%s\"}", error);

	reply(http, status, body, len);
}

/* ---- to and from the judge ---- */

static struct pending *find_free(struct worker *worker, uint32_t *ret_id)
{
	for (uint32_t i = 0; i < PENDING_MAX; i++) {
		uint32_t at = (worker->next + i) % PENDING_MAX;

		if (!worker->pending[at].http) {
			worker->next = at + 1;
			*ret_id = at + 1;	/* 0 is no request's */
			return &worker->pending[at];
		}
	}
	return NULL;
}

static void ask_judge(struct worker *worker, struct evhttp_request *http,
		      enum ag_request_kind kind, const struct ag_request *request,
		      const struct atmguard_record *records, int status, const char *error)
{
	size_t records_len = request->nr_records * sizeof(*records);
	struct ag_wire head = { .len = sizeof(*request) + records_len, .kind = kind };
	size_t queued = evbuffer_get_length(bufferevent_get_output(worker->judge));
	struct pending *pending = queued < QUEUE_MAX ? find_free(worker, &head.id) : NULL;

	if (!pending) {
		reply_error(http, 503, "busy; try again");
		return;
	}
	*pending = (struct pending){ http, status, error };
	bufferevent_write(worker->judge, &head, sizeof(head));
	bufferevent_write(worker->judge, request, sizeof(*request));
	bufferevent_write(worker->judge, records, records_len);
}

static void take_answer(struct worker *worker, const struct ag_wire *head, const char *body)
{
	struct pending *pending = &worker->pending[(head->id - 1) % PENDING_MAX];
	struct evhttp_request *http = pending->http;

	if (!http)
		return;
	pending->http = NULL;
	if (pending->status && head->status == 200)
		reply_error(http, pending->status, pending->error);
	else
		reply(http, head->status, body, head->len);
}

/* What the judge says without being asked. */
static int take_word(struct worker *worker, const struct ag_wire *head, const char *body)
{
	if (head->kind != AG_WIRE_REVOKED || head->len != ATMGUARD_ATM_LEN || body[ATMGUARD_ATM_LEN - 1])
		return -EPROTO;
	ag_connections_close(&worker->connections, body);
	return 0;
}

static void on_judge_read(struct bufferevent *judge, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(judge);
	char body[ANSWER_MAX];
	struct ag_wire head;
	int r;

	while ((r = ag_wire_take(in, sizeof(body), &head)) == 0) {
		evbuffer_remove(in, body, head.len);
		if (head.id)
			take_answer(arg, &head, body);
		else if ((r = take_word(arg, &head, body)))
			break;
	}
	if (r != -EAGAIN)
		event_base_loopbreak(((struct worker *)arg)->base);
}

static void on_judge_event(struct bufferevent *judge, short what, void *arg)
{
	event_base_loopbreak(((struct worker *)arg)->base);
}

/* ---- HTTP ---- */

/* Whether the request can be read at all; else the status and reason. */
static int check_http(struct evhttp_request *http, enum ag_request_kind *ret_kind,
		      const char **ret_error)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(http);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;

	*ret_kind = path ? ag_request_kind(path) : 0;
	*ret_error = "no such path";
	if (!*ret_kind)
		return 404;
	*ret_error = "POST expected";
	return evhttp_request_get_command(http) == EVHTTP_REQ_POST ? 0 : 405;
}

static int parse_body(struct evhttp_request *http, enum ag_request_kind kind,
		      struct ag_request *request, struct atmguard_record **records,
		      const char **ret_error)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(http);
	size_t len = evbuffer_get_length(in);
	const char *body = (const char *)evbuffer_pullup(in, -1);
	int r = ag_request_parse(kind, body ? body : "", len, request, records, ret_error);

	if (body)	/* a password may be in it */
		OPENSSL_cleanse(evbuffer_pullup(in, -1), len);
	return r == -EINVAL ? 400 : r ? 503 : 0;
}

static void on_request(struct evhttp_request *http, void *arg)
{
	struct worker *worker = arg;
	struct evhttp_connection *connection = evhttp_request_get_connection(http);
	struct ag_request request = { 0 };
	struct atmguard_record *records = NULL;
	enum ag_request_kind kind;
	const char *error;
	int status;

	/* libevent hands over what it could not read without an address. */
	if (!evhttp_request_get_uri(http)) {
		reply_error(http, evhttp_request_get_response_code(http), "request too large or malformed");
		return;
	}
	if (ag_tls_peer(bufferevent_openssl_get_ssl(evhttp_connection_get_bufferevent(connection)), &request)) {
		reply_error(http, 403, "this machine is not enrolled");
		return;
	}
	status = check_http(http, &kind, &error);
	if (status == 0)
		status = parse_body(http, kind, &request, &records, &error);
	/* Only machines that are known learn what was wrong. */
	ask_judge(worker, http, status ? AG_REQUEST_INVALID : kind, &request, records, status, error);
	free(records);
	OPENSSL_cleanse(&request, sizeof(request));
}

/* ---- connections ---- */

static struct bufferevent *on_connection(struct event_base *base, void *arg)
{
	struct worker *worker = arg;
	SSL *ssl = ag_connection_open(&worker->connections);
	struct bufferevent *bev;

	/* NULL would make libevent speak plain HTTP; such a request finds no
	 * certificate and is answered 403. */
	if (!ssl)
		return NULL;
	bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
					     BEV_OPT_CLOSE_ON_FREE);
	if (bev)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

static struct evhttp *make_http(struct worker *worker)
{
	struct evhttp *http = evhttp_new(worker->base);

	if (!http)
		return NULL;
	evhttp_set_bevcb(http, on_connection, worker);
	evhttp_set_gencb(http, on_request, worker);
	evhttp_set_max_headers_size(http, HEADERS_MAX);
	evhttp_set_max_body_size(http, AG_REQUEST_BODY_MAX);
	evhttp_set_timeout(http, IDLE_S);
	/* All of them, so that a wrong one gets our answer. */
	evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
				   EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
				   EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
	return http;
}

/* As many connections as descriptors can be had. */
static long raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return 256;
	files.rlim_cur = files.rlim_max > 65536 ? 65536 : files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	return (long)files.rlim_cur - SPARE_FDS;
}

static int start(struct worker *worker, const struct ag_role_config *config)
{
	SSL_CTX *tls = ag_tls_context(config->dir);
	struct evconnlistener *listener;
	struct evhttp *http;

	if (!tls)
		return -EIO;
	worker->base = event_base_new();
	http = worker->base ? make_http(worker) : NULL;
	if (!http)
		return -ENOMEM;
	listener = evconnlistener_new(worker->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE, 0, config->listen_fd);
	if (!listener || !evhttp_bind_listener(http, listener))
		return -ENOMEM;
	ag_connections_init(&worker->connections, tls, listener, raise_limit());
	worker->judge = bufferevent_socket_new(worker->base, config->judge_fd, BEV_OPT_CLOSE_ON_FREE);
	if (!worker->judge)
		return -ENOMEM;
	bufferevent_setcb(worker->judge, on_judge_read, NULL, on_judge_event, worker);
	return bufferevent_enable(worker->judge, EV_READ | EV_WRITE);
}

int ag_worker_run(const struct ag_role_config *config)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int r;

	ag_log_init("worker");
	r = worker ? start(worker, config) : -ENOMEM;
	if (r == 0)
		r = ag_role_settle(config, AG_ROLE_WORKER);
	if (r == 0)
		event_base_dispatch(worker->base);
	ag_log("ends: %s", r ? strerror(-r) : "the judge is gone");
	return 1;
}
