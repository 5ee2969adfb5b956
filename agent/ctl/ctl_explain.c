// SPDX-License-Identifier: MIT
// atmguardctl explain: what a word in an answer or a record means.
#include "ctl.h"

#include <stdio.h>

#include "explain.h"

int ag_ctl_explain(const struct ag_ctl *ctl)
{
	const struct ag_explain *word;

	if (!ctl->argument) {
		for (unsigned int i = 0; (word = ag_explain_at(i)); i++)
			printf("%-20s %s\n", word->word, word->meaning);
		return AG_CTL_OK;
	}
	word = ag_explain_find(ctl->argument);
	if (!word) {
		fprintf(stderr, "atmguardctl: nothing is known about %s\n", ctl->argument);
		return AG_CTL_FAILED;
	}
	printf("%s: %s\n%s\n", word->word, word->meaning, word->remedy);
	return AG_CTL_OK;
}
