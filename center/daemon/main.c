// SPDX-License-Identifier: MIT
// atmcenterd: start the center's processes and end when one of them does.
#include "center/common/local.h"
#include "center/common/log.h"
#include "roles.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Opening a large database after a crash takes its time, and bringing one up
 * to date copies it first: a start has no limit, but says that it goes on. */
#define START_LOOK_MS	1000
#define START_SAY_S	30
#define BACKLOG		1024

struct options {
	const char *dir, *listen, *user;
	int nr_workers;
};

struct service {
	struct ag_role_config config;
	int listen_fds[AG_WORKERS_MAX];
	char address[NI_MAXHOST + NI_MAXSERV + 4];
	int judge_ends[AG_WORKERS_MAX];	/* workers' sides of the sockets to the judge */
	int signer_end;			/* signer's side */
	int ready_read;
	pid_t pid;		/* the parent */
	pid_t children[AG_WORKERS_MAX + 3];
	int nr_children;
};

/* What the parent waits for; blocked, so that none gets lost between a look
 * and the wait. */
static sigset_t wanted;

/* ---- listening ---- */

static int listen_one(const struct sockaddr *address, socklen_t len, int *ret_fd)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -errno;
	/* TCP_NODELAY is inherited by every connection; without it each answer
	 * over TLS waits 40 ms for the client's delayed acknowledgement. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    bind(fd, address, len) || listen(fd, BACKLOG)) {
		int r = -errno;

		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

/* One socket a worker, all on the port that the first one got. */
static int listen_all(struct service *service, const struct addrinfo *found)
{
	struct sockaddr_storage address;
	socklen_t len = found->ai_addrlen;
	char host[NI_MAXHOST], port[NI_MAXSERV];

	memcpy(&address, found->ai_addr, len);
	for (int i = 0; i < service->config.nr_workers; i++) {
		int r = listen_one((struct sockaddr *)&address, len, &service->listen_fds[i]);

		if (r == 0 && i == 0 && getsockname(service->listen_fds[0], (struct sockaddr *)&address, &len))
			r = -errno;
		if (r)
			return r;
	}
	if (getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return -EINVAL;
	snprintf(service->address, sizeof(service->address),
		 address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

static int open_listeners(struct service *service, const char *where)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char host[NI_MAXHOST];
	const char *colon = strrchr(where, ':'), *name = host;
	struct addrinfo *found;
	size_t len;
	int r;

	if (!colon || (len = colon - where) >= sizeof(host))
		return -EINVAL;
	memcpy(host, where, len);
	host[len] = '\0';
	if (host[0] == '[' && host[len - 1] == ']') {	/* [::1]:8443 */
		host[len - 1] = '\0';
		name++;
	}
	if (getaddrinfo(*name ? name : NULL, colon + 1, &hints, &found))
		return -EINVAL;
	r = listen_all(service, found);
	freeaddrinfo(found);
	return r;
}

/* ---- processes ---- */

static int make_pair(int ret[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret) ? -errno : 0;
}

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int open_channels(struct service *service)
{
	struct ag_role_config *config = &service->config;
	int pair[2], r = make_pair(pair);

	if (r)
		return r;
	config->signer_fd = pair[0];
	service->signer_end = pair[1];
	for (int i = 0; i < config->nr_workers; i++) {
		r = make_pair(pair);
		if (r)
			return r;
		set_nonblocking(pair[0]);
		set_nonblocking(pair[1]);
		config->worker_fds[i] = pair[0];
		service->judge_ends[i] = pair[1];
	}
	if (pipe2(pair, O_CLOEXEC))
		return -errno;
	service->ready_read = pair[0];
	config->ready_fd = pair[1];
	return 0;
}

/* Closes in a child what belongs to the others: a worker must not hold the
 * judge's way to the signer. */
static void close_others(const struct service *service, enum ag_role role, int index)
{
	const struct ag_role_config *config = &service->config;

	if (role != AG_ROLE_PARENT)
		close(service->ready_read);
	if (role != AG_ROLE_JUDGE)
		close(config->signer_fd);
	if (role != AG_ROLE_SIGNER)
		close(service->signer_end);
	for (int i = 0; i < config->nr_workers; i++) {
		if (role != AG_ROLE_JUDGE)
			close(config->worker_fds[i]);
		if (role != AG_ROLE_WORKER || i != index) {
			close(service->judge_ends[i]);
			close(service->listen_fds[i]);
		}
	}
}

static int run_child(struct service *service, enum ag_role role, int index)
{
	struct ag_role_config config = service->config;

	sigprocmask(SIG_UNBLOCK, &wanted, NULL);
	signal(SIGINT, SIG_IGN);	/* the terminal's Ctrl-C: the parent ends us */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != service->pid)	/* gone before it could be heard */
		return 1;
	close_others(service, role, index);
	switch (role) {
	case AG_ROLE_SIGNER:
		config.signer_fd = service->signer_end;
		return ag_signer_run(&config);
	case AG_ROLE_JUDGE:
		return ag_judge_run(&config);
	case AG_ROLE_KEEPER:
		return ag_keeper_run(&config);
	default:
		config.listen_fd = service->listen_fds[index];
		config.judge_fd = service->judge_ends[index];
		return ag_worker_run(&config);
	}
}

static int start_child(struct service *service, enum ag_role role, int index)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(run_child(service, role, index));
	service->children[service->nr_children++] = pid;
	return 0;
}

static int start_children(struct service *service)
{
	int r = start_child(service, AG_ROLE_SIGNER, 0);

	if (r == 0)
		r = start_child(service, AG_ROLE_JUDGE, 0);
	if (r == 0)
		r = start_child(service, AG_ROLE_KEEPER, 0);
	for (int i = 0; i < service->config.nr_workers && r == 0; i++)
		r = start_child(service, AG_ROLE_WORKER, i);
	close_others(service, AG_ROLE_PARENT, -1);
	close(service->config.ready_fd);
	return r;
}

/* ---- supervision ---- */

/* 0: one more child is ready; -EAGAIN: not yet; -EINTR: a signal asks for the
 * end; -ECHILD: one has ended. */
static int look_ready(struct service *service)
{
	const struct timespec at_once = { 0 };
	struct pollfd ready = { .fd = service->ready_read, .events = POLLIN };
	sigset_t ends = wanted;
	char byte;

	sigdelset(&ends, SIGCHLD);
	if (waitpid(-1, NULL, WNOHANG) != 0)
		return -ECHILD;
	if (poll(&ready, 1, START_LOOK_MS) == 1)
		return read(service->ready_read, &byte, 1) == 1 ? 0 : -ECHILD;
	return sigtimedwait(&ends, NULL, &at_once) > 0 ? -EINTR : -EAGAIN;
}

/* Waits until every child has entered its sandbox. */
static int wait_ready(struct service *service)
{
	int nr_ready = 0, nr_looks = 0;

	while (nr_ready < service->nr_children) {
		int r = look_ready(service);

		if (r == 0)
			nr_ready++;
		else if (r != -EAGAIN)
			return r;
		else if (++nr_looks % START_SAY_S == 0)
			ag_log("still starting");
	}
	return waitpid(-1, NULL, WNOHANG) ? -ECHILD : 0;
}

static void end_children(struct service *service, int signal_number)
{
	for (int i = 0; i < service->nr_children; i++)
		kill(service->children[i], signal_number);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

/* Until a signal asks for the end (0) or a child is gone (1). */
static int supervise(void)
{
	int number, status = 0;

	do
		number = sigwaitinfo(&wanted, NULL);
	while (number < 0 || (number == SIGCHLD && waitpid(-1, &status, WNOHANG) <= 0));
	if (number != SIGCHLD)
		return 0;
	ag_log("a process ended (%s %d): the service ends",
	       WIFSIGNALED(status) ? "signal" : "status",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return 1;
}

/* Plain write(2): stdio would ask for the kind of file, which the sandbox
 * does not let. */
static int say_ready(const struct service *service)
{
	char line[sizeof(service->address) + 8];
	int len = snprintf(line, sizeof(line), "ready %s\n", service->address);

	return write(STDOUT_FILENO, line, len) == len ? 0 : -EIO;
}

static int run(struct service *service)
{
	/* Only the rights of the parent itself: the children have their own. */
	const struct ag_role_config self = { .uid = service->config.uid, .gid = service->config.gid, .ready_fd = -1 };
	int status = 1, r = start_children(service);

	if (r == 0)
		r = wait_ready(service);
	if (r == 0)
		r = ag_role_settle(&self, AG_ROLE_PARENT);
	if (r == 0) {
		status = say_ready(service) ? 1 : supervise();
	} else {
		ag_log("does not start: %s", strerror(-r));
	}
	end_children(service, status ? SIGKILL : SIGTERM);
	return status;
}

/* Lets @gid make and keep the database in the directory, and nobody replace
 * what root put there: the keys and the pepper. */
static int share_dir(const char *dir, uid_t uid, gid_t gid)
{
	static const char *const names[] = { "center.db", "center.db-wal", "center.db-shm" };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0 || fchown(fd, 0, gid) || fchmod(fd, 01770))
		r = -errno;
	for (size_t i = 0; i < 3 && r == 0; i++)
		if (fchownat(fd, names[i], uid, gid, AT_SYMLINK_NOFOLLOW) && errno != ENOENT)
			r = -errno;
	if (fd >= 0)
		close(fd);
	return r;
}

static int prepare_user(struct service *service, const struct options *options)
{
	struct ag_role_config *config = &service->config;
	int r;

	config->uid = geteuid();
	config->gid = getegid();
	if (!options->user)
		return 0;
	r = ag_sandbox_find_user(options->user, &config->uid, &config->gid);
	if (r || config->uid == geteuid())
		return r;
	return geteuid() ? -EPERM : share_dir(options->dir, config->uid, config->gid);
}

/* ---- options ---- */

static const char help[] =
	"Usage: atmcenterd [OPTION]...\n"
	"The maintenance center's server: judges one-time passwords, keeps audit records.\n\n"
	"  --dir DIR            keys, database and admin.sock (default /var/lib/atmcenter)\n"
	"  --listen ADDR:PORT   where machines connect (default 127.0.0.1:8443; port 0: any)\n"
	"  --workers N          TLS processes, 1 to 64 (default 2)\n"
	"  --user NAME          become this user when started as root\n"
	"  --foreground         stay in the foreground (it always does)\n"
	"  --help\n\n"
	"Prints \"ready ADDR:PORT\" once it serves.  See atmcenterd(8).\n";

static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "dir", required_argument, NULL, 'd' }, { "listen", required_argument, NULL, 'l' },
		{ "workers", required_argument, NULL, 'w' }, { "user", required_argument, NULL, 'u' },
		{ "foreground", no_argument, NULL, 'f' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1)
		switch (c) {
		case 'd': options->dir = optarg; break;
		case 'l': options->listen = optarg; break;
		case 'w': options->nr_workers = atoi(optarg); break;
		case 'u': options->user = optarg; break;
		case 'f': break;
		case 'h': fputs(help, stdout); exit(0);
		default: return -EINVAL;
		}
	return optind == argc && options->nr_workers >= 1 && options->nr_workers <= AG_WORKERS_MAX
		       ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = {
		.dir = "/var/lib/atmcenter", .listen = "127.0.0.1:8443", .nr_workers = 2,
	};
	static struct service service;
	int r;

	if (parse_options(argc, argv, &options)) {
		fputs("Try 'atmcenterd --help'.\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	service.pid = getpid();
	service.config.dir = options.dir;
	service.config.nr_workers = options.nr_workers;
	r = ag_local_lock(options.dir);
	if (r) {
		ag_log("cannot start in %s: %s", options.dir,
		       r == -EADDRINUSE ? "another service runs there" : strerror(-r));
		return 1;
	}
	r = prepare_user(&service, &options);
	if (r == 0)
		r = open_listeners(&service, options.listen);
	if (r == 0)
		r = open_channels(&service);
	if (r) {
		ag_log("cannot start (listen %s, user %s): %s", options.listen,
		       options.user ? options.user : "-", strerror(-r));
		return 1;
	}
	return run(&service);
}
