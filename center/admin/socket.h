/* SPDX-License-Identifier: MIT */
/* The administrator's socket: where `atmcenter` asks the judge. */
#ifndef AG_CENTER_ADMIN_SOCKET_H
#define AG_CENTER_ADMIN_SOCKET_H

struct ag_judge;
struct event_base;

/* Starts to listen on DIR/admin.sock, mode 0600, and reads DIR/tls/ca.pem for
 * enrolments; -errno. */
int ag_admin_listen(const char *dir, int *ret_fd);

/* Serves it in @base; who may ask is decided by ag_actor_of_peer(). */
int ag_admin_serve(struct event_base *base, int fd, struct ag_judge *judge);

#endif
