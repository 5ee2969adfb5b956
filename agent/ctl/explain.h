/* SPDX-License-Identifier: MIT */
/* What the words in answers and records mean, and what to do about them. */
#ifndef AG_AGENT_CTL_EXPLAIN_H
#define AG_AGENT_CTL_EXPLAIN_H

struct ag_explain {
	const char *word;
	const char *meaning;
	const char *remedy;
};

/* ag_explain_find - case does not matter; NULL if the word is not known */
const struct ag_explain *ag_explain_find(const char *word);

/* ag_explain_at - the @i-th of all, NULL behind the last */
const struct ag_explain *ag_explain_at(unsigned int i);

#endif
