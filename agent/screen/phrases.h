/* SPDX-License-Identifier: MIT */
/* What the technician's screen says, in Japanese and English. */
#ifndef AG_AGENT_SCREEN_PHRASES_H
#define AG_AGENT_SCREEN_PHRASES_H

#include "wizard.h"

struct ag_phrase {
	const char *ja;
	const char *en;
};

extern const struct ag_phrase ag_phrases_title;
extern const struct ag_phrase ag_phrases_atm;
extern const struct ag_phrase ag_phrases_center;
extern const struct ag_phrase ag_phrases_employee;
extern const struct ag_phrase ag_phrases_password;
extern const struct ag_phrase ag_phrases_job;
extern const struct ag_phrase ag_phrases_scopes;
extern const struct ag_phrase ag_phrases_remaining;
extern const struct ag_phrase ag_phrases_keys;		/* what the keys do, while entering */
extern const struct ag_phrase ag_phrases_keys_open;	/* ... while the machine is open */
extern const struct ag_phrase ag_phrases_keys_finish;
extern const struct ag_phrase ag_phrases_small;		/* the window is too small */

const struct ag_phrase *ag_phrases_center_is(enum ag_center_health center);
/* headline, and what to do now */
const struct ag_phrase *ag_phrases_page(enum ag_page page);
const struct ag_phrase *ag_phrases_page_hint(enum ag_page page);
/* what happened, and what to do about it */
const struct ag_phrase *ag_phrases_notice(enum ag_notice notice);
const struct ag_phrase *ag_phrases_notice_hint(enum ag_notice notice);

#endif
