// SPDX-License-Identifier: MIT
// The hand of a test in the guest: runs programs for it, over a virtio-serial port, and says how they end.
//
// Part of the test image only.  Several commands run at once; the host numbers
// them (frame.h).  An execve() that fails is told apart from a program that
// fails: END_NOT_RUN carries its errno.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

#define PORT_NAME	"org.atmguard.hand"
#define COMMANDS_MAX	64	/* at once */

static struct command commands[COMMANDS_MAX];
static int port;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "hand: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void tell(uint32_t id, enum frame_kind kind, const void *body, size_t len)
{
	if (frame_write(port, id, kind, body, len))
		die("write to the port");
}

static void tell_exit(uint32_t id, enum frame_end end, int value)
{
	struct frame_exit body = { .end = end, .value = (uint32_t)value };

	tell(id, FRAME_EXIT, &body, sizeof(body));
}

/* Finds the port by its name in sysfs: udev's link may come later than we. */
static int open_port(void)
{
	char path[PATH_MAX], name[64];
	struct dirent *entry;
	int fd = -1;
	DIR *dir = opendir("/sys/class/virtio-ports");

	while (dir && fd < 0 && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file) && !strcmp(name, PORT_NAME "\n")) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
		}
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return fd;
}

static struct command *find(uint32_t id)
{
	int i;

	for (i = 0; i < COMMANDS_MAX; i++)
		if (commands[i].pid > 0 && commands[i].id == id)
			return &commands[i];
	return NULL;
}

static struct command *find_free(void)
{
	int i;

	for (i = 0; i < COMMANDS_MAX; i++)
		if (!commands[i].pid)
			return &commands[i];
	return NULL;
}

static void start(const struct frame *frame)
{
	struct command *cmd = find_free();
	int r = cmd ? command_start(cmd, frame) : -EAGAIN;

	if (r)
		tell_exit(frame->id, FRAME_END_NOT_RUN, -r);
}

static void obey(const struct frame *frame)
{
	struct command *cmd = find(frame->id);
	uint32_t sig;

	switch (frame->kind) {
	case FRAME_RUN:
	case FRAME_PUT:
	case FRAME_GET:
		start(frame);
		break;
	case FRAME_DATA:
		/* A program may well end before its input does. */
		if (cmd && command_feed(cmd, frame->body, frame->len) == -ENOBUFS)
			kill(-cmd->pid, SIGKILL);
		break;
	case FRAME_KILL:
		if (!cmd || frame->len != sizeof(sig))
			break;
		memcpy(&sig, frame->body, sizeof(sig));
		kill(-cmd->pid, (int)sig);
		break;
	default:
		errno = EPROTO;
		die("unknown frame");
	}
}

/* Sends on what a pipe has; closes it at its end. */
static void forward(struct command *cmd, int *fd, enum frame_kind kind)
{
	static uint8_t buf[FRAME_MAX];
	ssize_t n;

	while (*fd >= 0 && (n = read(*fd, buf, sizeof(buf))) != -1) {
		if (n == 0) {
			close(*fd);
			*fd = -1;
			return;
		}
		tell(cmd->id, kind, buf, (size_t)n);
	}
}

/* The pipe closes without a word when execve() succeeds. */
static void learn_start(struct command *cmd)
{
	uint32_t pid = (uint32_t)cmd->pid;
	int error = 0;
	ssize_t n = read(cmd->start, &error, sizeof(error));

	close(cmd->start);
	cmd->start = -1;
	cmd->start_errno = n == (ssize_t)sizeof(error) ? error : 0;
	if (!cmd->start_errno)
		tell(cmd->id, FRAME_STARTED, &pid, sizeof(pid));
}

static void ended(struct command *cmd, int status)
{
	if (cmd->start >= 0)
		learn_start(cmd);
	forward(cmd, &cmd->out, FRAME_OUT);
	forward(cmd, &cmd->err, FRAME_ERR);
	if (cmd->start_errno)
		tell_exit(cmd->id, FRAME_END_NOT_RUN, cmd->start_errno);
	else if (cmd->timed_out)
		tell_exit(cmd->id, FRAME_END_TIMEOUT, SIGKILL);
	else if (WIFSIGNALED(status))
		tell_exit(cmd->id, FRAME_END_SIGNALED, WTERMSIG(status));
	else
		tell_exit(cmd->id, FRAME_END_EXITED, WEXITSTATUS(status));
	cmd->pid = -1;
	cmd->deadline_ms = 0;
}

static void reap(void)
{
	int i, status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < COMMANDS_MAX; i++)
			if (commands[i].pid == pid)
				ended(&commands[i], status);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Kills what is overdue; returns how long until the next may be, -1: nothing waits. */
static int enforce_deadlines(void)
{
	int64_t next = -1, now = now_ms();
	int i;

	for (i = 0; i < COMMANDS_MAX; i++) {
		struct command *cmd = &commands[i];

		if (!cmd->deadline_ms)
			continue;
		if (cmd->deadline_ms <= now) {
			kill(-cmd->pid, SIGKILL);
			cmd->timed_out = true;
			cmd->deadline_ms = 0;
		} else if (next < 0 || cmd->deadline_ms - now < next) {
			next = cmd->deadline_ms - now;
		}
	}
	return (int)(next > INT_MAX ? INT_MAX : next);
}

static void serve_command(struct command *cmd, const struct pollfd polled[4])
{
	if (polled[0].revents)
		learn_start(cmd);
	if (polled[1].revents)
		forward(cmd, &cmd->out, FRAME_OUT);
	if (polled[2].revents)
		forward(cmd, &cmd->err, FRAME_ERR);
	if (polled[3].revents)
		command_flush(cmd);
	if (cmd->pid < 0 && cmd->out < 0 && cmd->err < 0)
		command_close(cmd);
}

static void poll_command(const struct command *cmd, struct pollfd polled[4])
{
	bool busy = cmd->pid != 0;

	polled[0] = (struct pollfd){ .fd = busy ? cmd->start : -1, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = busy ? cmd->out : -1, .events = POLLIN };
	polled[2] = (struct pollfd){ .fd = busy ? cmd->err : -1, .events = POLLIN };
	polled[3] = (struct pollfd){ .fd = busy && cmd->input_len ? cmd->in : -1, .events = POLLOUT };
}

static void serve(int signals)
{
	static struct pollfd polled[2 + 4 * COMMANDS_MAX];
	static struct frame frame;
	struct signalfd_siginfo info;
	int i;

	for (i = 0; i < COMMANDS_MAX; i++)
		poll_command(&commands[i], &polled[2 + 4 * i]);
	polled[0] = (struct pollfd){ .fd = port, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = signals, .events = POLLIN };
	if (poll(polled, 2 + 4 * COMMANDS_MAX, enforce_deadlines()) < 0 && errno != EINTR)
		die("poll");
	for (i = 0; i < COMMANDS_MAX; i++)
		serve_command(&commands[i], &polled[2 + 4 * i]);
	if (polled[1].revents && read(signals, &info, sizeof(info)) > 0)
		reap();
	if (!polled[0].revents)
		return;
	if (frame_read(port, &frame))
		die("read from the port");
	obey(&frame);
}

int main(void)
{
	struct utsname uts;
	sigset_t child;
	int i, signals;

	for (i = 0; i < COMMANDS_MAX; i++)
		commands[i] = (struct command){ .in = -1, .out = -1, .err = -1, .start = -1 };
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	port = open_port();
	if (signals < 0 || port < 0)
		die("open port " PORT_NAME);
	uname(&uts);
	tell(0, FRAME_READY, uts.release, strlen(uts.release));
	for (;;)
		serve(signals);
}
