/* SPDX-License-Identifier: MIT */
/* The agent's state directory: its TLS files, and the last receipt of the center. */
#ifndef AG_AGENT_DAEMON_STATEDIR_H
#define AG_AGENT_DAEMON_STATEDIR_H

#include <atmguard/object.h>
#include <stddef.h>

#include "message.h"

#define AG_STATEDIR_DIR		"/var/lib/atmguard"
#define AG_STATEDIR_FILE_MAX	65536u	/* bytes; the largest is a bundle of CA certificates */

/* ag_statedir_open - the directory @path; -errno of open(2) */
int ag_statedir_open(const char *path, int *ret_dir_fd);

/*
 * ag_statedir_read - a whole file, NUL terminated for the parsers of text
 *
 * *ret_data comes from ag_secret_alloc(): one of the files is a private key.
 * Return: 0, -errno, -EFBIG, -ENODATA (empty).
 */
int ag_statedir_read(int dir_fd, const char *name, char **ret_data, size_t *ret_len);

/*
 * ag_statedir_put_receipt - keep a receipt across power cuts
 *
 * Two files cannot be replaced in one step, so both are written and synced as
 * *.new before either takes its place, and ag_statedir_each_receipt() tries the
 * mixtures a power cut can leave.
 *
 * Return: 0 or -errno (ENOSPC, EROFS, ...); then the old receipt stands.
 */
int ag_statedir_put_receipt(int dir_fd, const struct ag_receipt *receipt,
			    const struct ag_message_sig *sig);

/* What to do with a receipt that may be whole; 0 when it was. */
typedef int (*ag_statedir_try)(void *arg, const struct ag_receipt *receipt,
			       const struct ag_message_sig *sig);

/* ag_statedir_each_receipt - 0 at the first that @try_it takes, its last error,
 * or -ENOENT when nothing is stored */
int ag_statedir_each_receipt(int dir_fd, ag_statedir_try try_it, void *arg);

#endif
