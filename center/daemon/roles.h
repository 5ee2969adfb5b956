/* SPDX-License-Identifier: MIT */
/* The processes of atmcenterd; see doc/PROTOCOL.md for what they serve. */
#ifndef AG_CENTER_DAEMON_ROLES_H
#define AG_CENTER_DAEMON_ROLES_H

#include "sandbox.h"

#define AG_WORKERS_MAX 64

struct ag_role_config {
	const char *dir;
	uid_t uid;		/* to become */
	gid_t gid;
	int ready_fd;		/* one byte, once the sandbox is entered */
	int listen_fd;		/* worker */
	int judge_fd;		/* worker: to the judge */
	int signer_fd;		/* judge: to the signer; signer: to the judge */
	int worker_fds[AG_WORKERS_MAX];	/* judge: to the workers */
	int nr_workers;
};

/* Each runs until the service ends and returns the exit status. */
int ag_worker_run(const struct ag_role_config *config);
int ag_judge_run(const struct ag_role_config *config);
int ag_signer_run(const struct ag_role_config *config);
int ag_keeper_run(const struct ag_role_config *config);

/* Drops rights, enters the sandbox of @role, reports ready. */
int ag_role_settle(const struct ag_role_config *config, enum ag_role role);

#endif
