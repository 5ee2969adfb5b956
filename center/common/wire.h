/* SPDX-License-Identifier: MIT */
/* What the center's processes say to each other, and `atmcenter` to the judge. */
#ifndef AG_CENTER_COMMON_WIRE_H
#define AG_CENTER_COMMON_WIRE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Local stream sockets only, so numbers are in the machine's own order.  Every
 * message is a head and @len bytes of body; an answer repeats @id and @kind.
 *
 *   TLS worker -> judge    kind: enum ag_request_kind, body: struct ag_request,
 *                          records;  answer: status = HTTP's, body = JSON
 *   judge -> TLS worker    id: 0, nobody asked and nobody answers; kind:
 *                          AG_WIRE_REVOKED, body: number of a machine, padded
 *                          with zeroes, whose connections are to be closed
 *   judge -> signer        kind: enum ag_purpose or AG_WIRE_CERTIFY;  answer:
 *                          status = 0 or -errno, body = CMS or X.509, DER
 *   atmcenter -> judge,    kind: AG_WIRE_ADMIN, body: JSON;  answer: JSON
 *   atmcenter -> reader
 */
struct ag_wire {
	uint32_t len;		/* of the body */
	uint32_t id;		/* the asker's, to find the answer's question; 0: not an answer */
	uint16_t kind;
	int16_t status;
};

#define AG_WIRE_CERTIFY		100
#define AG_WIRE_ADMIN		101
#define AG_WIRE_REVOKED		102

#define AG_WIRE_SIGN_MAX	8192u		/* a certificate request with long names */
#define AG_WIRE_ADMIN_MAX	(64u << 10)	/* a request; the largest holds a CSR */
#define AG_WIRE_REPLY_MAX	(16u << 20)	/* a page of records as JSON takes 2 MiB */

/* 0, -EPIPE (the other side is gone), -EIO. */
int ag_wire_send(int fd, const struct ag_wire *head, const void *body);

/*
 * ag_wire_receive - one message; @body holds at most @max bytes
 *
 * Return: 0, -EPIPE (the other side is gone), -EMSGSIZE (longer: the stream
 * cannot be used further), -EIO.
 */
int ag_wire_receive(int fd, struct ag_wire *ret_head, void *body, size_t max);

struct evbuffer;

/*
 * ag_wire_take - head of a message that lies whole in @in, without blocking
 *
 * On success the head is removed and head->len bytes of body are there.
 *
 * Return: 0, -EAGAIN (not whole yet), -EMSGSIZE (body longer than @max).
 */
int ag_wire_take(struct evbuffer *in, size_t max, struct ag_wire *ret_head);

#endif
