/* SPDX-License-Identifier: MIT */
/* What goes back to a machine. */
#ifndef AG_CENTER_JUDGE_ANSWER_H
#define AG_CENTER_JUDGE_ANSWER_H

#include <stddef.h>

struct ag_answer {
	int status;			/* of HTTP */
	size_t len;
	char body[2048];
};

/* len is 0 when the text does not fit. */
void ag_answer_set(struct ag_answer *answer, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Nothing was decided: 503. */
void ag_answer_set_unavailable(struct ag_answer *answer);

#endif
