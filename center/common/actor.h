/* SPDX-License-Identifier: MIT */
/* Who asks over a local socket, and how that is known. */
#ifndef AG_CENTER_COMMON_ACTOR_H
#define AG_CENTER_COMMON_ACTOR_H

#include <sys/types.h>

/* What somebody may do. */
enum ag_actor_role {
	AG_ACTOR_ADMINISTRATOR = 1,	/* everything */
};

/* How the center knows who it is. */
enum ag_actor_proof {
	AG_ACTOR_BY_UID = 1,	/* the kernel's word for the socket's other end (SO_PEERCRED) */
};

struct ag_actor {
	enum ag_actor_role role;
	enum ag_actor_proof proof;
	char account[32];	/* the number of the uid */
};

#define AG_ACTOR_TEXT_MAX 48

/*
 * ag_actor_of_peer - who is at the other end of @fd
 *
 * Root and @owner, who started the service, are administrators.  The mode of
 * the socket keeps others out; this holds if it is changed.
 *
 * Return: 0, -EACCES (somebody else), -errno of asking the kernel.
 */
int ag_actor_of_peer(int fd, uid_t owner, struct ag_actor *ret_actor);

/* "uid 0": as the database and the log say it. */
void ag_actor_text(const struct ag_actor *actor, char text[AG_ACTOR_TEXT_MAX]);

#endif
