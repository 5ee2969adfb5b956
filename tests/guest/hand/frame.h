/* SPDX-License-Identifier: MIT */
/*
 * Frames between a test on the host and the hand in the guest.
 *
 * A frame is three little-endian 32-bit words (length of the body, number of
 * the command, kind) and the body.  The host chooses the commands' numbers
 * and uses each once.  tests/machine/hand.py is the other end.
 */
#ifndef AG_TESTS_VM_GUEST_FRAME_H
#define AG_TESTS_VM_GUEST_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX	65536u	/* bytes of a body; more is split into several DATA, OUT, ERR */

enum frame_kind {
	/* host to guest */
	FRAME_RUN	= 1,	/* struct frame_run, groups, strings: program, arguments, environment */
	FRAME_PUT	= 2,	/* the same, strings: path; content follows as DATA */
	FRAME_GET	= 3,	/* the same, strings: path; content comes back as OUT */
	FRAME_DATA	= 4,	/* for the command's standard input; empty: end of file */
	FRAME_KILL	= 5,	/* le32 signal, to the command's whole process group */
	/* guest to host */
	FRAME_READY	= 16,	/* kernel release */
	FRAME_STARTED	= 17,	/* le32 pid: execve() succeeded */
	FRAME_OUT	= 18,	/* bytes from standard output */
	FRAME_ERR	= 19,	/* bytes from standard error */
	FRAME_EXIT	= 20,	/* struct frame_exit; OUT and ERR may still come from its children */
};

enum frame_end {
	FRAME_END_EXITED	= 0,	/* value: status */
	FRAME_END_SIGNALED	= 1,	/* value: signal */
	FRAME_END_NOT_RUN	= 2,	/* value: errno of execve(), or of open() for PUT and GET */
	FRAME_END_TIMEOUT	= 3,	/* killed after timeout_ms; value: SIGKILL */
};

/* Followed by nr_groups le32 and then nr_args + nr_env NUL-terminated strings. */
struct frame_run {
	uint32_t uid;
	uint32_t gid;
	uint32_t timeout_ms;	/* 0: none */
	uint32_t mode;		/* of the file, for PUT */
	uint32_t flags;		/* FRAME_RUN_* */
	uint32_t nr_groups;	/* supplementary */
	uint32_t nr_args;	/* at least 1, the program's path */
	uint32_t nr_env;	/* on top of the hand's default environment */
};
#define FRAME_RUN_STDIN	(1u << 0)	/* DATA will come; otherwise standard input is /dev/null */

struct frame_exit {
	uint32_t end;		/* enum frame_end */
	uint32_t value;
};

struct frame {
	uint32_t len;
	uint32_t id;
	uint32_t kind;
	uint8_t body[FRAME_MAX];
};

/* 0, or -1 with errno: EPIPE when the host is gone, EMSGSIZE for a frame too long. */
int frame_read(int fd, struct frame *frame);
int frame_write(int fd, uint32_t id, uint32_t kind, const void *body, size_t len);

#endif
