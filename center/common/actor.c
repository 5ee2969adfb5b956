// SPDX-License-Identifier: MIT
// Ask the kernel who is at the other end of a local socket.
#include "actor.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

static const char *const proofs[] = {
	[AG_ACTOR_BY_UID] = "uid",
};

int ag_actor_of_peer(int fd, uid_t owner, struct ag_actor *ret_actor)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return -errno;
	if (peer.uid && peer.uid != owner)
		return -EACCES;
	*ret_actor = (struct ag_actor){ .role = AG_ACTOR_ADMINISTRATOR, .proof = AG_ACTOR_BY_UID };
	snprintf(ret_actor->account, sizeof(ret_actor->account), "%u", peer.uid);
	return 0;
}

void ag_actor_text(const struct ag_actor *actor, char text[AG_ACTOR_TEXT_MAX])
{
	snprintf(text, AG_ACTOR_TEXT_MAX, "%s %s", proofs[actor->proof], actor->account);
}
