/* SPDX-License-Identifier: MIT */
/* Requests to the center: POST over TLS 1.3 with a client certificate, many at a time. */
#ifndef AG_AGENT_DAEMON_HTTP_H
#define AG_AGENT_DAEMON_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A connection that takes longer is not coming; a request may take that and
 * as much again for the center to judge. */
#define AG_HTTP_CONNECT_MS	5000u
#define AG_HTTP_TOTAL_MS	10000u

enum ag_http_outcome {
	AG_HTTP_ANSWERED,	/* HTTP 200 and a body within the limit */
	AG_HTTP_UNREACHABLE,	/* no connection, no trust, too slow, broken off, HTTP 5xx: try again */
	AG_HTTP_REFUSED,	/* HTTP 403: the center does not know this certificate, or revoked it */
	AG_HTTP_GARBLED		/* not HTTP, too large, any other status */
};

struct ag_http_reply {
	enum ag_http_outcome outcome;
	const char *body;	/* with AG_HTTP_ANSWERED; gone after the callback */
	size_t len;
	char detail[128];	/* for a person; empty with AG_HTTP_ANSWERED */
};

/* The certificates, PEM, as ag_statedir_read() gives them. */
struct ag_http_tls {
	const char *ca;		/* the only authority trusted */
	const char *cert;
	const char *key;
};

struct ag_http {
	CURLM *multi;
	char base[512];
};

/* One request at a time, used again and again; the connection stays open. */
struct ag_http_call {
	struct ag_http *http;
	CURL *easy;
	struct curl_slist *headers;
	char *request;		/* in flight, NULL: idle */
	char *body;
	size_t len;
	size_t limit;
	bool is_oversize;
	void (*done)(void *arg, const struct ag_http_reply *reply);
	void *arg;
	char error[CURL_ERROR_SIZE];
};

/* ag_http_library_init - before the first thread and any other use of libcurl; 0 or -EIO */
int ag_http_library_init(void);

int ag_http_init(struct ag_http *http, const char *base);
void ag_http_exit(struct ag_http *http);

/*
 * ag_http_call_init - prepare a call to @path whose answer has at most @limit bytes
 * and takes at most @total_ms
 *
 * Return: 0, -ENOMEM, -EINVAL (libcurl lacks something this needs).
 */
int ag_http_call_init(struct ag_http_call *call, struct ag_http *http, const char *path,
		      const struct ag_http_tls *tls, size_t limit, uint32_t total_ms,
		      void (*done)(void *arg, const struct ag_http_reply *reply), void *arg);
void ag_http_call_exit(struct ag_http_call *call);

/*
 * ag_http_post - send @request, which is taken over (from ag_secret_alloc())
 *
 * The callback comes from ag_http_run(), never from here.
 * Return: 0, -EBUSY (one is in flight; @request is freed all the same), -ENOMEM.
 */
int ag_http_post(struct ag_http_call *call, char *request);

/* ag_http_run - wait for these descriptors, transfers or the time, then make progress */
int ag_http_run(struct ag_http *http, struct curl_waitfd *fds, unsigned int nr_fds,
		uint32_t timeout_ms);

#endif
