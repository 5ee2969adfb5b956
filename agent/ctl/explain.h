/* SPDX-License-Identifier: MIT */
/* What the words in answers and records mean, and what to do about them. */
#ifndef AG_AGENT_CTL_EXPLAIN_H
#define AG_AGENT_CTL_EXPLAIN_H

#include <stdbool.h>

#include "lib/names.h"

/* One meaning of a word.  The texts live as long as the call of ag_explain_use. */
struct ag_explain {
	struct ag_names_text kind;	/* "hook"; of an error where it stands: "DENY exec" */
	struct ag_names_text word;	/* .ja is NULL where there is none */
	struct ag_names_text meaning;
	struct ag_names_text advice;
};

typedef void ag_explain_use(const struct ag_explain *explain, void *arg);

/*
 * ag_explain - say what @words mean
 *
 * A word may have several meanings, whatever its case; @use is called for each.
 * An error is explained as it stands beside an event or a hook among the words,
 * written as in a line of the log ("DENY exec EXDEV"), alone as it stands anywhere.  A number that is not known ("hook 99", as one word) is that of a
 * newer kernel.
 *
 * Return: the first word nothing is known about, NULL if there is none.
 */
const char *ag_explain(int nr_words, char *const *words, ag_explain_use *use, void *arg);

/* Every word there is, errors with all their meanings. */
void ag_explain_all(ag_explain_use *use, void *arg);

#endif
