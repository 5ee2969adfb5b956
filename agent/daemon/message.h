/* SPDX-License-Identifier: MIT */
/*
 * The conversation with the center (doc/PROTOCOL.md, section 1): requests as
 * text, answers as structures.  No sockets here.
 */
#ifndef AG_AGENT_DAEMON_MESSAGE_H
#define AG_AGENT_DAEMON_MESSAGE_H

#include <atmguard/object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/common/local.h"

#define AG_MESSAGE_BATCH	512u	/* most records in one request */

/* Longest answers accepted, in bytes. */
#define AG_MESSAGE_UNLOCK_LEN	1024u	/* exactly this, so that its length tells nothing */
#define AG_MESSAGE_AUDIT_MAX	16384u	/* a receipt and ATMGUARD_SIG_MAX in base64 */
#define AG_MESSAGE_HELLO_MAX	4096u

/* Heartbeats come no faster and no slower than this, whatever the center says. */
#define AG_MESSAGE_INTERVAL_LEAST_S	1u
#define AG_MESSAGE_INTERVAL_MOST_S		3600u

/* A signature as the center sent it; the kernel judges it. */
struct ag_message_sig {
	size_t len;
	unsigned char bytes[ATMGUARD_SIG_MAX];
};

struct ag_message_unlock_answer {
	bool is_ok;			/* false: "ng", and nothing else is set */
	struct ag_grant grant;
	struct ag_message_sig sig;
};

struct ag_message_audit_answer {
	bool is_gap;
	uint64_t expected;		/* with is_gap */
	struct ag_receipt receipt;	/* without is_gap */
	struct ag_message_sig sig;
};

struct ag_message_hello_answer {
	uint32_t interval_s;		/* AG_MESSAGE_INTERVAL_LEAST_S..AG_MESSAGE_INTERVAL_MOST_S */
};

/*
 * Texts of requests, from ag_secret_alloc(); NULL without memory.  @records
 * are sent as they stand in memory, which is little endian.
 */
char *ag_message_unlock(const char *otp, const char *employee, const uint8_t *nonce);
char *ag_message_audit(const uint8_t *boot_id, const struct atmguard_record *records,
		       size_t nr_records, bool is_lost);
char *ag_message_hello(const struct atmguard_status *status);

/*
 * Answers: 0, or -EBADMSG for everything doc/PROTOCOL.md does not allow.
 * An object is checked for length, purpose and, where @nonce or @boot_id say
 * so, for belonging to this conversation; its signature is the kernel's to check.
 */
int ag_message_parse_unlock(const char *text, size_t len, const uint8_t *nonce,
			    struct ag_message_unlock_answer *ret_answer);
int ag_message_parse_audit(const char *text, size_t len, const uint8_t *boot_id,
			   struct ag_message_audit_answer *ret_answer);
int ag_message_parse_hello(const char *text, size_t len,
			   struct ag_message_hello_answer *ret_answer);

#endif
