/* SPDX-License-Identifier: MIT */
/*
 * The technician's steps, without a screen or a socket: keys, answers and time
 * go in, a page to show and something to ask the agent come out.
 *
 *   PASSWORD -> EMPLOYEE -> CONFIRM -> JUDGING -> OPEN -> FINISH -> CLOSING
 *      ^           NG          ^ nothing judged    |        |back       |
 *      +---------------------------- locked -------+--------+-----------+
 *
 * AGENT and WAIT are shown while there is nothing to do: no agent, or a kernel
 * that is neither locked nor open.
 */
#ifndef AG_AGENT_SCREEN_WIZARD_H
#define AG_AGENT_SCREEN_WIZARD_H

#include "agent/common/local.h"

enum ag_page {
	AG_PAGE_AGENT,		/* the agent does not answer */
	AG_PAGE_WAIT,		/* starting or locking */
	AG_PAGE_PASSWORD,
	AG_PAGE_EMPLOYEE,
	AG_PAGE_CONFIRM,
	AG_PAGE_JUDGING,
	AG_PAGE_OPEN,
	AG_PAGE_FINISH,		/* complete: sure? */
	AG_PAGE_CLOSING,
	AG_NR_PAGES
};

enum ag_notice {
	AG_NOTICE_NONE,
	AG_NOTICE_SHORT,	/* fewer digits than needed */
	AG_NOTICE_SLIP,		/* the check digit does not fit */
	AG_NOTICE_NG,
	AG_NOTICE_UNREACHABLE,
	AG_NOTICE_GARBLED,
	AG_NOTICE_REFUSED,	/* the kernel did not take the grant */
	AG_NOTICE_STATE,
	AG_NOTICE_BUSY,
	AG_NOTICE_FAULT,	/* anything else inside this machine */
	AG_NOTICE_CLOSED,
	AG_NOTICE_SURVIVORS,	/* closed, but something was left over */
	AG_NOTICE_TIME_OVER,
	AG_NOTICE_IDLE,		/* the entries were cleared */
	AG_NR_NOTICES
};

enum ag_action { AG_ACTION_NONE, AG_ACTION_UNLOCK, AG_ACTION_COMPLETE };

/* Somebody who walks away must not leave a password on the screen. */
#define AG_WIZARD_IDLE_MS	60000u

struct ag_wizard {
	enum ag_page page;
	enum ag_notice notice;
	char detail[128];		/* of the last error, for the phone */
	char otp[AG_OTP_LEN + 1];
	char employee[AG_EMPLOYEE_MAX + 1];
	bool has_nine;			/* first key of "9 + Enter" */
	uint64_t last_key_ms;
	struct ag_local_answer status;	/* the agent's last */
	uint64_t status_ms;		/* when it came */
	uint32_t survivors;
};

void ag_wizard_init(struct ag_wizard *wizard);
/* @key as of keypad.h; returns what to ask the agent now */
enum ag_action ag_wizard_key(struct ag_wizard *wizard, int key, uint64_t now_ms);
/* the answer to what ag_wizard_key() asked for, NULL when the agent went away instead */
void ag_wizard_answer(struct ag_wizard *wizard, const struct ag_local_answer *answer,
		      uint64_t now_ms);
/* a status, or NULL when there is no agent */
void ag_wizard_status(struct ag_wizard *wizard, const struct ag_local_answer *status,
		      uint64_t now_ms);
void ag_wizard_tick(struct ag_wizard *wizard, uint64_t now_ms);
/* seconds left of the grant, counted on between statuses */
uint64_t ag_wizard_remaining_s(const struct ag_wizard *wizard, uint64_t now_ms);
/* forgets what was typed */
void ag_wizard_wipe(struct ag_wizard *wizard);

#endif
