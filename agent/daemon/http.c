// SPDX-License-Identifier: MIT
// Posts to the center through libcurl's multi interface.
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/common/secret.h"

int ag_http_library_init(void)
{
	return curl_global_init_mem(CURL_GLOBAL_ALL, ag_secret_alloc, ag_secret_free,
				    ag_secret_realloc, ag_secret_strdup, ag_secret_calloc)
		       ? -EIO : 0;
}

int ag_http_init(struct ag_http *http, const char *base)
{
	if ((size_t)snprintf(http->base, sizeof(http->base), "%s", base) >= sizeof(http->base))
		return -EINVAL;
	http->multi = curl_multi_init();
	return http->multi ? 0 : -ENOMEM;
}

void ag_http_exit(struct ag_http *http)
{
	curl_multi_cleanup(http->multi);
	http->multi = NULL;
}

/* The limit holds while receiving: an endless answer must not fill the memory. */
static size_t take_body(char *data, size_t size, size_t nr, void *arg)
{
	struct ag_http_call *call = arg;
	size_t len = size * nr;

	if (len > call->limit - call->len) {
		call->is_oversize = true;
		return 0;
	}
	memcpy(call->body + call->len, data, len);
	call->len += len;
	return len;
}

static CURLcode set_blob(CURL *easy, CURLoption option, const char *text)
{
	struct curl_blob blob = { (void *)(uintptr_t)text, strlen(text), CURL_BLOB_COPY };

	return curl_easy_setopt(easy, option, &blob);
}

/* Nothing but the pinned authority: Debian's default directory of public ones
 * would be searched too unless it is set to nothing. */
static CURLcode set_tls(CURL *easy, const struct ag_http_tls *tls)
{
	CURLcode r = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);

	r = r ? r : curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	r = r ? r : set_blob(easy, CURLOPT_CAINFO_BLOB, tls->ca);
	r = r ? r : set_blob(easy, CURLOPT_SSLCERT_BLOB, tls->cert);
	r = r ? r : set_blob(easy, CURLOPT_SSLKEY_BLOB, tls->key);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	return r ? r : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
}

/* No redirect, proxy or other protocol: there is one center at one address. */
static CURLcode set_route(CURL *easy, const char *url, uint32_t total_ms)
{
	CURLcode r = curl_easy_setopt(easy, CURLOPT_URL, url);

	r = r ? r : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	r = r ? r : curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_PROXY, "");
	r = r ? r : curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs must not hold up the loop when its time is over. */
	r = r ? r : curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)AG_HTTP_CONNECT_MS);
	return r ? r : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total_ms);
}

static CURLcode set_call(struct ag_http_call *call)
{
	CURL *easy = call->easy;
	CURLcode r = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);

	r = r ? r : curl_easy_setopt(easy, CURLOPT_POST, 1L);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	r = r ? r : curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
	return r ? r : curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
}

static struct curl_slist *make_headers(void)
{
	struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
	/* No round trip before a large body: the center reads it in any case. */
	struct curl_slist *longer = list ? curl_slist_append(list, "Expect:") : NULL;

	if (!longer)
		curl_slist_free_all(list);
	return longer;
}

int ag_http_call_init(struct ag_http_call *call, struct ag_http *http, const char *path,
		      const struct ag_http_tls *tls, size_t limit, uint32_t total_ms,
		      void (*done)(void *arg, const struct ag_http_reply *reply), void *arg)
{
	char url[sizeof(http->base) + 64];
	CURLcode r;

	*call = (struct ag_http_call){
		.http = http,
		.easy = curl_easy_init(),
		.headers = make_headers(),
		.body = ag_secret_alloc(limit),
		.limit = limit,
		.done = done,
		.arg = arg,
	};
	if (!call->easy || !call->headers || !call->body) {
		ag_http_call_exit(call);
		return -ENOMEM;
	}
	snprintf(url, sizeof(url), "%s%s", http->base, path);
	r = set_route(call->easy, url, total_ms);
	r = r ? r : set_tls(call->easy, tls);
	r = r ? r : set_call(call);
	if (r)
		ag_http_call_exit(call);
	return r ? -EINVAL : 0;
}

static void end_transfer(struct ag_http_call *call)
{
	curl_multi_remove_handle(call->http->multi, call->easy);
	ag_secret_free(call->request);
	call->request = NULL;
}

void ag_http_call_exit(struct ag_http_call *call)
{
	if (call->request)
		end_transfer(call);
	if (call->easy)
		curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	ag_secret_free(call->body);
	*call = (struct ag_http_call){ .http = NULL };
}

int ag_http_post(struct ag_http_call *call, char *request)
{
	if (!request)
		return -ENOMEM;
	if (call->request) {
		ag_secret_free(request);
		return -EBUSY;
	}
	call->request = request;
	call->len = 0;
	call->is_oversize = false;
	call->error[0] = '\0';
	if (curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request)) ||
	    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, request) ||
	    curl_multi_add_handle(call->http->multi, call->easy)) {
		end_transfer(call);
		return -ENOMEM;
	}
	return 0;
}

/* What the transport says; the status is judged only when it came through. */
static enum ag_http_outcome judge_transport(const struct ag_http_call *call, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return AG_HTTP_ANSWERED;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:	/* HTTP/0.9, which is how curl sees noise */
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_FILESIZE_EXCEEDED:
		return AG_HTTP_GARBLED;
	case CURLE_WRITE_ERROR:
		return call->is_oversize ? AG_HTTP_GARBLED : AG_HTTP_UNREACHABLE;
	default:
		return AG_HTTP_UNREACHABLE;
	}
}

static enum ag_http_outcome judge_status(long status)
{
	if (status == 200)
		return AG_HTTP_ANSWERED;
	if (status == 403)
		return AG_HTTP_REFUSED;
	return status >= 500 && status <= 599 ? AG_HTTP_UNREACHABLE : AG_HTTP_GARBLED;
}

static void fill_reply(struct ag_http_call *call, CURLcode code, struct ag_http_reply *reply)
{
	long status = 0;

	reply->outcome = judge_transport(call, code);
	if (reply->outcome != AG_HTTP_ANSWERED) {
		snprintf(reply->detail, sizeof(reply->detail), "%.*s",
			 (int)sizeof(reply->detail) - 1,
			 call->is_oversize ? "the answer is too long"
			 : call->error[0]  ? call->error : curl_easy_strerror(code));
		return;
	}
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	reply->outcome = judge_status(status);
	if (reply->outcome != AG_HTTP_ANSWERED)
		snprintf(reply->detail, sizeof(reply->detail), "HTTP %ld", status);
}

static void finish(CURL *easy, CURLcode code)
{
	struct ag_http_reply reply = { .detail = "" };
	struct ag_http_call *call = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&call);
	fill_reply(call, code, &reply);
	reply.body = call->body;
	reply.len = call->len;
	end_transfer(call);
	call->done(call->arg, &reply);
}

/* Calls back for every transfer that has ended; their number, or -EIO. */
static int progress(struct ag_http *http)
{
	int running, left, nr = 0;
	CURLMsg *message;

	if (curl_multi_perform(http->multi, &running))
		return -EIO;
	while ((message = curl_multi_info_read(http->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		finish(message->easy_handle, message->data.result);
		nr++;
	}
	return nr;
}

int ag_http_run(struct ag_http *http, struct curl_waitfd *fds, unsigned int nr_fds,
		uint32_t timeout_ms)
{
	/* First, because a request posted since the last turn has no descriptor
	 * yet.  What this ends may have changed what to wait for. */
	int r = progress(http);

	if (r > 0)
		timeout_ms = 0;
	if (r < 0 || curl_multi_poll(http->multi, fds, nr_fds, (int)timeout_ms, NULL))
		return -EIO;
	r = progress(http);
	return r < 0 ? r : 0;
}
