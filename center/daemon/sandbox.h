/* SPDX-License-Identifier: MIT */
/* What a process of the center keeps of its rights once it has started. */
#ifndef AG_CENTER_DAEMON_SANDBOX_H
#define AG_CENTER_DAEMON_SANDBOX_H

#include <sys/types.h>

enum ag_role {
	AG_ROLE_PARENT, AG_ROLE_WORKER, AG_ROLE_JUDGE, AG_ROLE_SIGNER,
	AG_ROLE_KEEPER,		/* starts readers; may do what they may, and start and end them */
	AG_ROLE_READER,
	AG_NR_ROLES
};

/* 0, or -ENOENT: no such user. */
int ag_sandbox_find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid);

/* Becomes @uid and @gid for good (no change if it is not root), drops all
 * capabilities, core dumps and new privileges, and shuts out ptrace. */
int ag_sandbox_drop(uid_t uid, gid_t gid);

/* From here on only the system calls of @role; any other ends the process. */
int ag_sandbox_enter(enum ag_role role);

#endif
