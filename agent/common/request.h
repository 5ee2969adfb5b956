/* SPDX-License-Identifier: MIT */
/*
 * The conversation on the agent's local socket (doc/PROTOCOL.md, section 2),
 * as the agent sees it: requests read, answers written.  No sockets here.
 */
#ifndef AG_AGENT_COMMON_REQUEST_H
#define AG_AGENT_COMMON_REQUEST_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AG_OTP_LEN		9u	/* eight digits and the check digit */
#define AG_EMPLOYEE_MAX		(ATMGUARD_EMPLOYEE_LEN - 1u)	/* digits; a NUL ends it */

#define AG_REQUEST_MAX		4096u	/* bytes of a packet, either way */
#define AG_REQUEST_SOCKET	"/run/atmguard/agent.sock"

enum ag_request_do {
	AG_REQUEST_STATUS,
	AG_REQUEST_UNLOCK,
	AG_REQUEST_COMPLETE,
	AG_NR_REQUESTS
};

struct ag_request {
	enum ag_request_do what;
	char otp[AG_OTP_LEN + 1];		/* with AG_REQUEST_UNLOCK */
	char employee[AG_EMPLOYEE_MAX + 1];	/* with AG_REQUEST_UNLOCK */
};

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

enum ag_center { AG_CENTER_UNKNOWN, AG_CENTER_UP, AG_CENTER_DOWN };

const char *ag_request_reason_name(enum ag_reason reason);
int ag_request_find_reason(const char *name);	/* -ENOENT */
const char *ag_request_center_name(enum ag_center center);
int ag_request_find_center(const char *name);	/* -ENOENT */

/*
 * ag_request_parse - one packet
 *
 * A password whose check digit is wrong is refused here: it cannot be right,
 * and asking the center would cost the worker a try.
 *
 * Return: 0 or -EBADMSG.
 */
int ag_request_parse(const char *text, size_t len, struct ag_request *ret_request);

/* Texts of answers, from ag_secret_alloc(); NULL without memory. */
char *ag_request_answer_status(const struct atmguard_status *status, enum ag_center center);
char *ag_request_answer_opened(const struct atmguard_status *status);
char *ag_request_answer_ng(void);
char *ag_request_answer_completed(__u32 survivors);
/* @detail, for the person who is called for help, may be empty */
char *ag_request_answer_error(enum ag_reason reason, const char *detail);

#endif
