/* SPDX-License-Identifier: MIT */
/*
 * One program started in the guest for a test on the host.
 */
#ifndef AG_TESTS_VM_GUEST_COMMAND_H
#define AG_TESTS_VM_GUEST_COMMAND_H

#include <sys/types.h>

#include "frame.h"

#define COMMAND_INPUT_MAX	(64u << 20)	/* bytes waiting for a program that does not read */

struct command {
	uint32_t id;
	pid_t pid;		/* 0: the slot is free; -1: ended, children hold its pipes */
	int in, out, err;	/* our ends of its pipes, -1: closed */
	int start;		/* closed by a successful execve(), else carries its errno */
	int64_t deadline_ms;	/* of CLOCK_MONOTONIC, 0: none */
	bool timed_out;
	bool input_ends;	/* close in once input is written */
	uint8_t *input;
	size_t input_len;
	int start_errno;	/* -1 as long as nothing is known */
};

/* Starts what a RUN, PUT or GET frame asks for.  0 or -errno. */
int command_start(struct command *cmd, const struct frame *frame);
/* Takes bytes for its standard input, none: end of file.  0 or -errno. */
int command_feed(struct command *cmd, const void *data, size_t len);
/* Writes as much of the waiting input as the pipe takes. */
void command_flush(struct command *cmd);
/* Frees the slot. */
void command_close(struct command *cmd);

#endif
