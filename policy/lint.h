/* SPDX-License-Identifier: MIT */
/* Finds in a policy what makes it weaker than it looks. */
#ifndef AG_POLICY_LINT_H
#define AG_POLICY_LINT_H

#include "model.h"

enum ag_lint_level {
	AG_LINT_WARNING,	/* a person should look at it */
	AG_LINT_ERROR,		/* must be removed, corrected or allowed by name */
};

struct ag_lint_report {
	void (*finding)(void *arg, enum ag_lint_level level, unsigned int line,
			const char *text);
	void *arg;
};

/* @root: the tree the text was built from, to look into the files; NULL: only
 * the text is looked at.  Return: the number of errors found. */
unsigned int ag_lint(struct ag_model *model, const char *root,
		     const struct ag_lint_report *report);

#endif
