/* SPDX-License-Identifier: MIT */
/* Every way a program can replace what a file holds. */
#ifndef AG_TESTS_STRESS_CHANGE_H
#define AG_TESTS_STRESS_CHANGE_H

#include <stddef.h>

struct content {
	const char *path;	/* a file that holds it, never changed */
	char *bytes;		/* page-aligned, len rounded up to a page */
	size_t len;
};

/* Reads @path; ends the program if it cannot. */
void content_read(struct content *c, const char *path);

/* How many ways there are, and what each is called. */
size_t change_nr(void);
const char *change_name(size_t way);

/*
 * Makes the file at @path hold @c in that way.  @fd is open for reading and
 * writing since before; -1: open again.  0 or -1 with errno.
 */
int change(size_t way, const char *path, int fd, const struct content *c);

#endif
