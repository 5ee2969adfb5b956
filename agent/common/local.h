/* SPDX-License-Identifier: MIT */
/*
 * The conversation on the agent's local socket (doc/PROTOCOL.md, section 2), in
 * both directions: what a client writes the agent parses, and the other way
 * round.  No sockets here; daemon/listener.h and client.h carry the packets.
 */
#ifndef AG_AGENT_COMMON_LOCAL_H
#define AG_AGENT_COMMON_LOCAL_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/damm.h"

#define AG_EMPLOYEE_MAX		(ATMGUARD_EMPLOYEE_LEN - 1u)	/* digits; a NUL ends it */

#define AG_LOCAL_PACKET_MAX	4096u	/* bytes of a packet, either way */
#define AG_LOCAL_SOCKET		"/run/atmguard/agent.sock"

enum ag_local_do {
	AG_LOCAL_STATUS,
	AG_LOCAL_UNLOCK,
	AG_LOCAL_COMPLETE,
	AG_LOCAL_NR_REQUESTS
};

struct ag_local_request {
	enum ag_local_do what;
	char otp[AG_OTP_LEN + 1];		/* with AG_LOCAL_UNLOCK */
	char employee[AG_EMPLOYEE_MAX + 1];	/* with AG_LOCAL_UNLOCK */
};

enum ag_local_result { AG_LOCAL_OK, AG_LOCAL_NG, AG_LOCAL_ERROR };

/* Why nothing was judged. */
enum ag_reason {
	AG_REASON_CENTER_UNREACHABLE,
	AG_REASON_CENTER_GARBLED,
	AG_REASON_GRANT_REFUSED,
	AG_REASON_STATE,
	AG_REASON_REQUEST,
	AG_REASON_BUSY,
	AG_REASON_KERNEL,
	AG_NR_REASONS
};

enum ag_center_health { AG_CENTER_UNKNOWN, AG_CENTER_UP, AG_CENTER_DOWN };

struct ag_local_answer {
	enum ag_local_result result;
	enum ag_reason reason;		/* with AG_LOCAL_ERROR */
	char detail[128];		/* with AG_LOCAL_ERROR, may be empty */
	/* with AG_LOCAL_OK, as far as the request brings it */
	enum atmguard_state state;
	enum ag_center_health center;
	char atm[ATMGUARD_ATM_LEN + 1];
	uint64_t job;
	uint32_t scopes;
	uint64_t remaining_s;
	uint32_t survivors;
};

const char *ag_local_reason_name(enum ag_reason reason);

/* All texts come from ag_secret_alloc() and are NULL without memory. */

/* ---- requests: a client writes, the agent parses ---- */

char *ag_local_write_request(const struct ag_local_request *request);

/*
 * ag_local_parse_request - one packet
 *
 * A password whose check digit is wrong is refused here: it cannot be right,
 * and asking the center would cost the worker a try.
 *
 * Return: 0 or -EBADMSG.
 */
int ag_local_parse_request(const char *text, size_t len, struct ag_local_request *ret_request);

/* ---- answers: the agent writes, a client parses ---- */

char *ag_local_write_status(const struct atmguard_status *status, enum ag_center_health center);
char *ag_local_write_opened(const struct atmguard_status *status);
char *ag_local_write_ng(void);
char *ag_local_write_completed(__u32 survivors);
/* @detail, for the person who is called for help, may be empty */
char *ag_local_write_error(enum ag_reason reason, const char *detail);

/* ag_local_parse_answer - the answer to @what; 0 or -EBADMSG */
int ag_local_parse_answer(const char *text, size_t len, enum ag_local_do what,
			  struct ag_local_answer *ret_answer);

#endif
