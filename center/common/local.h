/* SPDX-License-Identifier: MIT */
/* The center's local sockets, by their names in its directory. */
#ifndef AG_CENTER_COMMON_LOCAL_H
#define AG_CENTER_COMMON_LOCAL_H

#include <sys/socket.h>

#define AG_LOCAL_ADMIN	"admin.sock"	/* the judge: what changes something */
#define AG_LOCAL_READER	"reader.sock"	/* the readers: lists and reports */

/* Listens on @dir/@name, mode 0600, with @flags of socket(2); -EADDRINUSE when
 * somebody answers there, -ENAMETOOLONG, -errno. */
int ag_local_listen(const char *dir, const char *name, int flags, int *ret_fd);

/* Connects to @dir/@name; -ENAMETOOLONG, -errno. */
int ag_local_dial(const char *dir, const char *name, int *ret_fd);

#endif
