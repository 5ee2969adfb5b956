/* SPDX-License-Identifier: MIT */
/* The agent's answers on the local socket, as its clients see them.  No sockets here. */
#ifndef AG_AGENT_COMMON_ANSWER_H
#define AG_AGENT_COMMON_ANSWER_H

#include "request.h"

enum ag_answer_result { AG_ANSWER_OK, AG_ANSWER_NG, AG_ANSWER_ERROR };

struct ag_answer {
	enum ag_answer_result result;
	enum ag_reason reason;		/* with AG_ANSWER_ERROR */
	char detail[128];		/* with AG_ANSWER_ERROR, may be empty */
	/* with AG_ANSWER_OK, as far as the request brings it */
	enum atmguard_state state;
	enum ag_center center;
	char atm[ATMGUARD_ATM_LEN + 1];
	uint64_t job;
	uint32_t scopes;
	uint64_t remaining_s;
	uint32_t survivors;
};

/* ag_answer_request - the text of a request, from ag_secret_alloc(); NULL without memory */
char *ag_answer_request(const struct ag_request *request);

/* ag_answer_parse - the answer to @what; 0 or -EBADMSG */
int ag_answer_parse(const char *text, size_t len, enum ag_request_do what,
		    struct ag_answer *ret_answer);

#endif
