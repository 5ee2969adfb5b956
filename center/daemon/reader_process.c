// SPDX-License-Identifier: MIT
// The readers: a process for each request to look at something, which opens
// the database to read and can open nothing to write, and the keeper that starts
// and ends them.
#include "center/common/actor.h"
#include "center/common/local.h"
#include "center/common/log.h"
#include "center/common/wire.h"
#include "center/common/work.h"
#include "center/reader/reader.h"
#include "center/store/store.h"
#include "roles.h"
#include "sandbox.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READERS_MAX	8	/* at once; further ones wait in the kernel's queue */
/* A page takes milliseconds.  A reader that hangs keeps the write-ahead log
 * from being emptied, so it does not stay. */
#define READER_S	10
#define ASK_S		5	/* a CLI asks at once */
#define MEMORY_MAX	(1ul << 30)	/* bytes of address space of one reader */
#define NICENESS	10	/* who decides goes first */

struct keeper {
	const char *dir;
	uid_t owner;		/* who started the service */
	int listen_fd, signal_fd;
	struct { pid_t pid; int64_t started_s; } readers[READERS_MAX];	/* pid 0: free */
	int nr;
};

/* ---- a reader ---- */

static json_t *answer(struct ag_store *store, int error, const char *body, size_t len)
{
	struct ag_reader reader = { .store = store, .now_s = time(NULL) };
	json_t *in, *out;

	if (error)
		return ag_refusal_answer(&reader.reason, error);
	in = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	out = ag_reader_answer(&reader, in);
	json_decref(in);
	return out;
}

static int send_answer(int fd, struct ag_wire *head, json_t *out)
{
	char *text = out ? json_dumps(out, JSON_COMPACT) : NULL;
	int r;

	head->len = text ? strlen(text) : 0;
	r = ag_wire_send(fd, head, text);
	free(text);
	return r;
}

static int serve(const char *dir, int fd)
{
	static char body[AG_WIRE_ADMIN_MAX];
	struct ag_store *store = NULL;
	char path[PATH_MAX];
	struct ag_wire head;
	int r = ag_wire_receive(fd, &head, body, sizeof(body));

	if (r)
		return r;
	snprintf(path, sizeof(path), "%s/center.db", dir);
	r = ag_store_open_to_read(path, &store);
	if (r)
		ag_log("cannot open %s: %s", path, strerror(-r));
	return send_answer(fd, &head, answer(store, r, body, head.len));
}

/* Does not return: the kernel frees what a reader held. */
static void be_reader(const struct keeper *keeper, int fd)
{
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(keeper->listen_fd);
	close(keeper->signal_fd);
	r = ag_sandbox_enter(AG_ROLE_READER);
	_exit(r || serve(keeper->dir, fd) ? 1 : 0);
}

/* ---- the keeper ---- */

static int64_t uptime_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void start_reader(struct keeper *keeper, int fd)
{
	pid_t pid = fork();

	if (pid == 0)
		be_reader(keeper, fd);
	if (pid < 0) {
		ag_log("cannot start a reader: %s", strerror(errno));
		return;
	}
	for (int i = 0; i < READERS_MAX; i++)
		if (!keeper->readers[i].pid) {
			keeper->readers[i].pid = pid;
			keeper->readers[i].started_s = uptime_s();
			keeper->nr++;
			return;
		}
}

static void accept_one(struct keeper *keeper)
{
	const struct timeval ask = { .tv_sec = ASK_S }, take = { .tv_sec = READER_S };
	int fd = accept4(keeper->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct ag_actor actor;

	if (fd < 0)
		return;
	if (ag_actor_of_peer(fd, keeper->owner, &actor) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ask, sizeof(ask)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &take, sizeof(take)))
		ag_log("refused");
	else
		start_reader(keeper, fd);
	close(fd);
}

static void say_ended(int status)
{
	if (WIFSIGNALED(status))
		ag_log("a reader ended by signal %d; the next request gets another", WTERMSIG(status));
}

static void reap(struct keeper *keeper)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < READERS_MAX; i++)
			if (keeper->readers[i].pid == pid) {
				keeper->readers[i].pid = 0;
				keeper->nr--;
				say_ended(status);
			}
}

static void end_overdue(struct keeper *keeper)
{
	for (int i = 0; i < READERS_MAX; i++)
		if (keeper->readers[i].pid && uptime_s() - keeper->readers[i].started_s > READER_S) {
			ag_log("a reader takes longer than %d s: it is ended", READER_S);
			kill(keeper->readers[i].pid, SIGKILL);
		}
}

static int keep(struct keeper *keeper)
{
	struct signalfd_siginfo ended;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = keeper->signal_fd, .events = POLLIN },
			{ .fd = keeper->nr < READERS_MAX ? keeper->listen_fd : -1, .events = POLLIN },
		};

		if (poll(fds, 2, keeper->nr ? 1000 : -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents && read(keeper->signal_fd, &ended, sizeof(ended)) < 0)
			return -errno;
		reap(keeper);
		end_overdue(keeper);
		if (fds[1].revents)
			accept_one(keeper);
	}
}

static int open_signals(int *ret_fd)
{
	sigset_t child;
	int fd;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	fd = signalfd(-1, &child, SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int start(struct keeper *keeper, const struct ag_role_config *config)
{
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	char why[160] = "work.json cannot be read";
	int r = ag_work_load(config->dir, why);

	if (r) {
		ag_log("%s", why);
		return r;
	}
	keeper->dir = config->dir;
	keeper->owner = geteuid();
	r = ag_local_listen(config->dir, AG_LOCAL_READER, SOCK_NONBLOCK, &keeper->listen_fd);
	if (r)
		ag_log("cannot listen on %s/" AG_LOCAL_READER ": %s", config->dir, strerror(-r));
	if (r == 0)
		r = open_signals(&keeper->signal_fd);
	if (r == 0 && (setrlimit(RLIMIT_AS, &memory) || setpriority(PRIO_PROCESS, 0, NICENESS)))
		r = -errno;
	return r ? r : ag_role_settle(config, AG_ROLE_KEEPER);
}

int ag_keeper_run(const struct ag_role_config *config)
{
	static struct keeper keeper;
	int r;

	ag_log_init("reader");
	r = start(&keeper, config);
	if (r == 0)
		r = keep(&keeper);
	ag_log("ends: %s", strerror(-r));
	return 1;
}
