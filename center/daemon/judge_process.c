// SPDX-License-Identifier: MIT
// The judge's process: takes requests in batches, one commit for each batch.
#include "center/admin/socket.h"
#include "center/common/log.h"
#include "center/common/wire.h"
#include "center/common/work.h"
#include "center/judge/job.h"
#include "center/judge/judge.h"
#include "center/store/store.h"
#include "roles.h"
#include "sandbox.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH_MAX	64	/* decisions made durable by one commit */
#define QUEUE_MAX	(1u << 20)	/* bytes read ahead from a worker */
#define SWEEP_S		5	/* how late a finished window shows; decisions look for themselves */
#define SIGNER_WAIT_S	10	/* a signature takes microseconds; beyond, the signer hangs */

struct process {
	struct ag_judge judge;
	struct event_base *base;
	struct event *batch;
	struct bufferevent *workers[AG_WORKERS_MAX];
	int nr_workers, first;	/* where the next batch begins: no worker starves */
	int signer_fd;
};

/* One decided request, until the commit lets its answer go. */
struct decided {
	struct bufferevent *worker;
	struct ag_wire head;
	struct ag_answer answer;
};

static int64_t now_s(void)
{
	return time(NULL);
}

/* Asks the signer and waits: nothing else could be decided meanwhile. */
static int sign(void *arg, unsigned int kind, const void *object, size_t len,
		unsigned char sig[AG_SIG_MAX], size_t *ret_len)
{
	struct process *process = arg;
	struct ag_wire head = { .len = len, .kind = kind };
	int r = ag_wire_send(process->signer_fd, &head, object);

	if (r == 0)
		r = ag_wire_receive(process->signer_fd, &head, sig, AG_SIG_MAX);
	if (r || head.kind != kind) {
		/* An answer that comes late would be taken for the next one. */
		ag_log("ends: the signer does not answer");
		_exit(1);
	}
	*ret_len = head.len;
	return head.status;
}

/* Tells every worker; the one that the machine talks with acts on it. */
static void tell_revoked(void *arg, const char atm[ATMGUARD_ATM_LEN])
{
	const struct ag_wire head = { .len = ATMGUARD_ATM_LEN, .kind = AG_WIRE_REVOKED };
	struct process *process = arg;

	for (int i = 0; i < process->nr_workers; i++) {
		bufferevent_write(process->workers[i], &head, sizeof(head));
		bufferevent_write(process->workers[i], atm, ATMGUARD_ATM_LEN);
	}
}

/* ---- requests of the workers ---- */

/* Decides the next request of @worker; -EAGAIN: there is none. */
static int decide_next(struct process *process, struct bufferevent *worker, bool has_begun,
		       struct decided *decided)
{
	static _Alignas(8) unsigned char body[AG_REQUEST_WIRE_MAX];
	const struct ag_request *request = (const void *)body;
	struct evbuffer *in = bufferevent_get_input(worker);
	int r = ag_wire_take(in, sizeof(body), &decided->head);

	if (r)
		return r;
	evbuffer_remove(in, body, decided->head.len);
	decided->worker = worker;
	if (decided->head.len < sizeof(*request) ||
	    !ag_request_is_sane(request, decided->head.kind, decided->head.len))
		return -EPROTO;
	if (!has_begun)
		return 0;	/* answered 503 with the batch */
	r = ag_judge_decide(&process->judge, decided->head.kind, request,
			    (const void *)(body + sizeof(*request)), &decided->answer);
	OPENSSL_cleanse(body, sizeof(*request));
	return r;
}

static void send_answers(struct decided *all, int nr, bool is_durable)
{
	for (int i = 0; i < nr; i++) {
		struct decided *one = &all[i];

		if (!is_durable)
			ag_answer_set_unavailable(&one->answer);
		one->head.status = one->answer.status;
		one->head.len = one->answer.len;
		bufferevent_write(one->worker, &one->head, sizeof(one->head));
		bufferevent_write(one->worker, one->answer.body, one->answer.len);
	}
	OPENSSL_cleanse(all, nr * sizeof(*all));
}

/* Takes from every worker in turn until nothing is left or the batch is full. */
static int fill_batch(struct process *process, bool has_begun, struct decided *all, int *ret_nr)
{
	int nr = 0, idle = 0, r = 0;

	while (nr < BATCH_MAX && idle < process->nr_workers && r == 0) {
		struct bufferevent *worker = process->workers[process->first++ % process->nr_workers];

		r = decide_next(process, worker, has_begun, &all[nr]);
		if (r == -EAGAIN) {
			idle++;
			r = 0;
			continue;
		}
		idle = 0;
		nr++;
	}
	process->first %= process->nr_workers;
	*ret_nr = nr;
	return r;
}

/* Makes durable what @filled (0: all of it) decided; else nothing of it was. */
static bool end_batch(struct process *process, int nr, int begun, int filled)
{
	struct ag_store *store = process->judge.store;
	int r = begun;

	if (begun == 0 && filled == 0)
		r = ag_store_commit(store);
	else if (begun == 0)
		ag_store_rollback(store);
	if (r == 0 && filled == 0) {
		ag_log_flush();
		return true;
	}
	ag_log_undo(0);
	ag_log("batch of %d lost: %s", nr, ag_store_error(store));
	return false;
}

static void on_batch(evutil_socket_t fd, short what, void *arg)
{
	static struct decided all[BATCH_MAX];
	struct process *process = arg;
	int begun = ag_store_begin(process->judge.store), nr = 0;
	int filled = fill_batch(process, begun == 0, all, &nr);

	if (filled == -EPROTO || filled == -EMSGSIZE) {
		ag_log("ends: a worker sends nonsense");
		event_base_loopbreak(process->base);
		return;
	}
	send_answers(all, nr, end_batch(process, nr, begun, filled));
	if (nr == BATCH_MAX || filled)
		event_active(process->batch, EV_TIMEOUT, 0);
}

static void on_worker_read(struct bufferevent *worker, void *arg)
{
	event_active(((struct process *)arg)->batch, EV_TIMEOUT, 0);
}

static void on_worker_event(struct bufferevent *worker, short what, void *arg)
{
	event_base_loopbreak(((struct process *)arg)->base);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct process *process = arg;
	struct ag_store *store = process->judge.store;
	int nr = 0, r = ag_store_begin(store);

	if (r == 0) {
		r = ag_job_sweep(store, now_s(), &nr);
		if (r == 0)
			r = ag_store_commit(store);
		else
			ag_store_rollback(store);
	}
	if (r)
		ag_log("sweep failed: %s", ag_store_error(store));
	else if (nr)
		ag_log("sweep: %d jobs expired", nr);
}

/* ---- start ---- */

static int read_pepper(const char *dir, uint8_t pepper[AG_PEPPER_LEN])
{
	char path[PATH_MAX];
	int fd, r;

	snprintf(path, sizeof(path), "%s/pepper", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	r = read(fd, pepper, AG_PEPPER_LEN) == AG_PEPPER_LEN ? 0 : -EINVAL;
	close(fd);
	return r;
}

static int serve_workers(struct process *process, const struct ag_role_config *config)
{
	process->nr_workers = config->nr_workers;
	for (int i = 0; i < config->nr_workers; i++) {
		struct bufferevent *worker = bufferevent_socket_new(process->base, config->worker_fds[i], 0);

		if (!worker)
			return -ENOMEM;
		process->workers[i] = worker;
		bufferevent_setcb(worker, on_worker_read, NULL, on_worker_event, process);
		bufferevent_setwatermark(worker, EV_READ, 0, QUEUE_MAX);
		bufferevent_enable(worker, EV_READ | EV_WRITE);
	}
	return 0;
}

static int start_events(struct process *process, const struct ag_role_config *config, int admin_fd)
{
	const struct timeval interval = { .tv_sec = SWEEP_S };
	struct event *sweep;
	int r;

	process->base = event_base_new();
	if (!process->base)
		return -ENOMEM;
	process->batch = event_new(process->base, -1, 0, on_batch, process);
	sweep = event_new(process->base, -1, EV_PERSIST, on_sweep, process);
	if (!process->batch || !sweep || event_add(sweep, &interval))
		return -ENOMEM;
	r = serve_workers(process, config);
	return r ? r : ag_admin_serve(process->base, admin_fd, &process->judge);
}

static int open_store(struct process *process, const struct ag_role_config *config)
{
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/center.db", config->dir);
	r = ag_store_open(path, ag_log, &process->judge.store);
	if (r)
		ag_log("cannot open %s: %s", path, strerror(-r));
	return r;
}

/* Secrets and the socket first, as the user who owns them; then the rest. */
static int start(struct process *process, const struct ag_role_config *config)
{
	const struct timeval wait = { .tv_sec = SIGNER_WAIT_S };
	int admin_fd, r = read_pepper(config->dir, process->judge.pepper);
	char why[160] = "work.json cannot be read";

	if (r) {
		ag_log("cannot read %s/pepper: %s", config->dir, strerror(-r));
		return r;
	}
	r = ag_work_load(config->dir, why);
	if (r) {
		ag_log("%s", why);
		return r;
	}
	process->signer_fd = config->signer_fd;
	if (setsockopt(config->signer_fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		return -errno;
	process->judge.sign = sign;
	process->judge.revoked = tell_revoked;
	process->judge.arg = process;
	process->judge.now_s = now_s;
	r = ag_admin_listen(config->dir, &admin_fd);
	if (r)
		ag_log("cannot listen on %s/admin.sock: %s", config->dir, strerror(-r));
	if (r == 0)
		r = ag_sandbox_drop(config->uid, config->gid);
	if (r == 0)
		r = open_store(process, config);
	return r ? r : start_events(process, config, admin_fd);
}

/* OpenSSL loads what it needs at first use, which the sandbox would not let. */
static int warm_up(const struct ag_judge *judge)
{
	char otp[AG_OTP_LEN + 1];
	uint8_t salt[AG_JOB_SALT_LEN] = { 0 }, key[32], mac[AG_JOB_MAC_LEN];
	int r = ag_otp_make(otp);

	if (r == 0)
		r = ag_otp_stretch(otp, salt, key);
	return r ? r : ag_otp_mac(judge->pepper, key, 0, "", "", mac);
}

int ag_judge_run(const struct ag_role_config *config)
{
	static struct process process;
	int r;

	ag_log_init("judge");
	umask(0077);
	r = start(&process, config);
	if (r == 0)
		r = warm_up(&process.judge);
	if (r == 0)
		r = ag_role_settle(config, AG_ROLE_JUDGE);
	if (r == 0)
		event_base_dispatch(process.base);
	ag_log("ends: %s", r ? strerror(-r) : "a worker is gone");
	OPENSSL_cleanse(process.judge.pepper, sizeof(process.judge.pepper));
	return 1;
}
