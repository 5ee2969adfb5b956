/* SPDX-License-Identifier: MIT */
/* What the technician's screen says, in Japanese and English. */
#ifndef AG_AGENT_SCREEN_WORDS_H
#define AG_AGENT_SCREEN_WORDS_H

#include "wizard.h"

struct ag_words {
	const char *ja;
	const char *en;
};

extern const struct ag_words ag_words_title;
extern const struct ag_words ag_words_atm;
extern const struct ag_words ag_words_center;
extern const struct ag_words ag_words_employee;
extern const struct ag_words ag_words_password;
extern const struct ag_words ag_words_job;
extern const struct ag_words ag_words_scopes;
extern const struct ag_words ag_words_remaining;
extern const struct ag_words ag_words_keys;		/* what the keys do, while entering */
extern const struct ag_words ag_words_keys_open;	/* ... while the machine is open */
extern const struct ag_words ag_words_keys_finish;
extern const struct ag_words ag_words_small;		/* the window is too small */

const struct ag_words *ag_words_center_is(enum ag_center center);
/* headline, and what to do now */
const struct ag_words *ag_words_page(enum ag_page page);
const struct ag_words *ag_words_page_hint(enum ag_page page);
/* what happened, and what to do about it */
const struct ag_words *ag_words_notice(enum ag_notice notice);
const struct ag_words *ag_words_notice_hint(enum ag_notice notice);

#endif
