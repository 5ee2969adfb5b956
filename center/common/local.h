/* SPDX-License-Identifier: MIT */
/* The center's local sockets, by their names in its directory. */
#ifndef AG_CENTER_COMMON_LOCAL_H
#define AG_CENTER_COMMON_LOCAL_H

#include <sys/socket.h>

#define AG_LOCAL_ADMIN	"admin.sock"	/* the judge: what changes something */
#define AG_LOCAL_READER	"reader.sock"	/* the readers: lists and reports */

/*
 * ag_local_lock - make @dir this service's own
 *
 * Two judges on one database would each trust their own view of it.  The lock
 * is let go when the last process that inherited it has ended.  Return: 0,
 * -EADDRINUSE (another service has it), -errno.
 */
int ag_local_lock(const char *dir);

/* Listens on @dir/@name, mode 0600, with @flags of socket(2); @dir is locked.
 * Return: 0, -ENAMETOOLONG, -errno. */
int ag_local_listen(const char *dir, const char *name, int flags, int *ret_fd);

/* Connects to @dir/@name; that, and each call on *@ret_fd afterwards, waits
 * @wait_s seconds at most (-EAGAIN).  Return: 0, -ENAMETOOLONG, -errno. */
int ag_local_dial(const char *dir, const char *name, int wait_s, int *ret_fd);

#endif
