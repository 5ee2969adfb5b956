// SPDX-License-Identifier: MIT
// Starts a program as another user, with clean environment, signals and files, and feeds its input.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

#define GROUPS_MAX	32u
#define STRINGS_MAX	1024u	/* arguments and environment together */

static const char *const default_environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C.UTF-8",
	"HOME=/",
};
#define NR_DEFAULT (sizeof(default_environment) / sizeof(default_environment[0]))

/* A RUN frame taken apart; the strings point into the frame. */
struct request {
	struct frame_run run;
	gid_t groups[GROUPS_MAX];
	char *args[STRINGS_MAX + 1];
	char *env[NR_DEFAULT + STRINGS_MAX + 1];
};

static int take_strings(const uint8_t **at, const uint8_t *end, uint32_t nr, char **ret)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		const uint8_t *nul = memchr(*at, 0, (size_t)(end - *at));

		if (!nul)
			return -EINVAL;
		ret[i] = (char *)*at;
		*at = nul + 1;
	}
	ret[nr] = NULL;
	return 0;
}

static int take_request(const struct frame *frame, struct request *ret)
{
	const uint8_t *at = frame->body, *end = at + frame->len;
	struct frame_run *run = &ret->run;
	size_t i;

	if (frame->len < sizeof(*run))
		return -EINVAL;
	memcpy(run, at, sizeof(*run));
	at += sizeof(*run);
	if (run->nr_groups > GROUPS_MAX || run->nr_args < 1 || run->nr_args > STRINGS_MAX ||
	    run->nr_env > STRINGS_MAX || (size_t)(end - at) < run->nr_groups * sizeof(gid_t))
		return -EINVAL;
	memcpy(ret->groups, at, run->nr_groups * sizeof(gid_t));
	at += run->nr_groups * sizeof(gid_t);
	if (take_strings(&at, end, run->nr_args, ret->args))
		return -EINVAL;
	for (i = 0; i < NR_DEFAULT; i++)
		ret->env[i] = (char *)default_environment[i];
	if (take_strings(&at, end, run->nr_env, ret->env + NR_DEFAULT))
		return -EINVAL;
	return at == end ? 0 : -EINVAL;
}

/* A caller's HOME=… must win over ours: execve() takes both, getenv() the first. */
static char **environment(struct request *req)
{
	char **env = req->env;
	size_t i, n = NR_DEFAULT + req->run.nr_env, kept = 0, j;

	for (i = 0; i < n; i++) {
		size_t name = strcspn(env[i], "=") + 1;

		for (j = i + 1; j < n && strncmp(env[i], env[j], name); j++)
			;
		if (j == n)
			env[kept++] = env[i];
	}
	env[kept] = NULL;
	return env;
}

static int copy(int from, int to)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		ssize_t done = 0, w;

		while (done < n && (w = write(to, buf + done, (size_t)(n - done))) > 0)
			done += w;
		if (done < n)
			return 1;
	}
	return n < 0;
}

static void fail(int start)
{
	int error = errno;

	if (write(start, &error, sizeof(error)) < 0)
		_exit(125);
	_exit(error == ENOENT ? 127 : 126);
}

static void drop(const struct request *req, int start)
{
	const struct frame_run *run = &req->run;

	if (setgroups(run->nr_groups, req->groups) || setresgid(run->gid, run->gid, run->gid) ||
	    setresuid(run->uid, run->uid, run->uid))
		fail(start);
}

/* PUT and GET: the child itself is the program. */
static void transfer(const struct request *req, uint32_t kind, int start)
{
	int file;

	if (kind == FRAME_GET)
		file = open(req->args[0], O_RDONLY | O_CLOEXEC);
	else
		file = open(req->args[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0 || (kind == FRAME_PUT && fchmod(file, req->run.mode)))
		fail(start);
	close(start);
	if (kind == FRAME_GET)
		_exit(copy(file, STDOUT_FILENO));
	_exit(copy(STDIN_FILENO, file) || fsync(file));
}

static void __attribute__((noreturn)) child(struct request *req, uint32_t kind, const int std[3], int start)
{
	sigset_t none;
	int i, sig;

	setsid();
	umask(022);
	for (i = 0; i < 3; i++)
		dup2(std[i], i);
	start = fcntl(start, F_DUPFD_CLOEXEC, 3);
	if (start != 3) {
		dup3(start, 3, O_CLOEXEC);
		start = 3;
	}
	close_range(4, ~0u, 0);
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/"))
		fail(start);
	drop(req, start);
	if (kind != FRAME_RUN)
		transfer(req, kind, start);
	execve(req->args[0], req->args, environment(req));
	fail(start);
	_exit(125);
}

static int64_t deadline(uint32_t timeout_ms)
{
	struct timespec now;

	if (!timeout_ms)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + timeout_ms;
}

/* Pipes: 0 its input, 1 its output, 2 its errors, 3 the word about execve(). */
static int open_pipes(int pipes[4][2], bool with_input)
{
	int i;

	for (i = 0; i < 4; i++)
		pipes[i][0] = pipes[i][1] = -1;
	if (!with_input)
		pipes[0][0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (i = with_input ? 0 : 1; i < 4; i++)
		if (pipe2(pipes[i], O_CLOEXEC))
			return -errno;
	return pipes[0][0] < 0 ? -errno : 0;
}

static void close_pipes(int pipes[4][2])
{
	int i;

	for (i = 0; i < 4; i++) {
		if (pipes[i][0] >= 0)
			close(pipes[i][0]);
		if (pipes[i][1] >= 0)
			close(pipes[i][1]);
	}
}

static int keep(int *fd, bool nonblocking)
{
	int kept = *fd;

	*fd = -1;
	if (kept >= 0 && nonblocking)
		fcntl(kept, F_SETFL, fcntl(kept, F_GETFL) | O_NONBLOCK);
	return kept;
}

int command_start(struct command *cmd, const struct frame *frame)
{
	static struct request req;	/* the hand has one thread */
	int pipes[4][2], r;
	pid_t pid;

	r = take_request(frame, &req);
	if (r)
		return r;
	r = open_pipes(pipes, frame->kind == FRAME_PUT || (req.run.flags & FRAME_RUN_STDIN));
	if (r)
		goto out_pipes;
	pid = fork();
	if (pid < 0) {
		r = -errno;
		goto out_pipes;
	}
	if (pid == 0)
		child(&req, frame->kind, (int[]){ pipes[0][0], pipes[1][1], pipes[2][1] }, pipes[3][1]);
	*cmd = (struct command){
		.id = frame->id,
		.pid = pid,
		.in = keep(&pipes[0][1], true),
		.out = keep(&pipes[1][0], true),
		.err = keep(&pipes[2][0], true),
		.start = keep(&pipes[3][0], false),
		.deadline_ms = deadline(req.run.timeout_ms),
		.start_errno = -1,
	};
out_pipes:
	close_pipes(pipes);
	return r;
}

int command_feed(struct command *cmd, const void *data, size_t len)
{
	uint8_t *grown;

	if (cmd->in < 0)
		return -EPIPE;
	if (!len)
		cmd->input_ends = true;
	if (cmd->input_len + len > COMMAND_INPUT_MAX)
		return -ENOBUFS;
	grown = realloc(cmd->input, cmd->input_len + len + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + cmd->input_len, data, len);
	cmd->input = grown;
	cmd->input_len += len;
	command_flush(cmd);
	return 0;
}

static void drop_input(struct command *cmd)
{
	free(cmd->input);
	cmd->input = NULL;
	cmd->input_len = 0;
	if (cmd->in >= 0)
		close(cmd->in);
	cmd->in = -1;
}

void command_flush(struct command *cmd)
{
	ssize_t n = 0;

	if (cmd->input_len) {
		n = write(cmd->in, cmd->input, cmd->input_len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
	}
	if (n < 0) {
		drop_input(cmd);
		return;
	}
	cmd->input_len -= (size_t)n;
	memmove(cmd->input, cmd->input + n, cmd->input_len);
	if (!cmd->input_len && cmd->input_ends)
		drop_input(cmd);
}

void command_close(struct command *cmd)
{
	drop_input(cmd);
	if (cmd->out >= 0)
		close(cmd->out);
	if (cmd->err >= 0)
		close(cmd->err);
	if (cmd->start >= 0)
		close(cmd->start);
	*cmd = (struct command){ .in = -1, .out = -1, .err = -1, .start = -1 };
}
