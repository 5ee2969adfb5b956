/* SPDX-License-Identifier: MIT */
/* The rules by which a tree of files becomes a policy: doc/POLICY.md, "Rules". */
#ifndef AG_POLICY_RULES_H
#define AG_POLICY_RULES_H

#include "model.h"

enum ag_rule_kind {
	AG_RULE_FLAGS,		/* flags PATTERN FLAG... */
	AG_RULE_TYPE,		/* type PATTERN TYPES: instead of what the file looks like */
	AG_RULE_DATA,		/* data PATTERN...: where a file looks like nothing else */
	AG_RULE_SKIP,		/* skip PATTERN... */
	AG_RULE_VERITY,		/* verity PATTERN...: listed by the fs-verity digest as well */
	AG_RULE_SCRIPTS,	/* scripts PATTERN...: all others are for maintenance */
	AG_RULE_EXTRA,		/* extra DIRECTORY PREFIX: a further tree */
};

struct ag_rule {
	enum ag_rule_kind kind;
	unsigned int line;
	bool used;		/* something matched */
	char *pattern;		/* on paths; of AG_RULE_EXTRA: the directory */
	char *prefix;		/* of AG_RULE_EXTRA, else NULL */
	__u8 types;
	__u8 group;		/* in the model's groups */
	__u16 flags;
};

struct ag_rules {
	struct ag_rule *rule;
	size_t nr, cap;
	struct ag_model *model;	/* takes all other statements; not owned */
};

void ag_rules_init(struct ag_rules *rules, struct ag_model *model);
void ag_rules_free(struct ag_rules *rules);

/* Adds what a rules file says.  Return: as ag_text_parse(). */
int ag_rules_parse(struct ag_rules *rules, const char *text, size_t len,
		   struct ag_error *ret_error);

/* Whether @path is left out.  For a directory: with all below it. */
bool ag_rules_skip(struct ag_rules *rules, const char *path);

/* Whether @path is listed by its fs-verity digest as well. */
bool ag_rules_verity(struct ag_rules *rules, const char *path);

/* Changes @entry, whose types say what the file looks like (0: nothing known),
 * as the rules say. */
void ag_rules_apply(struct ag_rules *rules, const char *path, struct ag_model_entry *entry);

/* Whether @pattern covers @path: fnmatch(3) in which * and ? stop at slashes;
 * a slash and two stars at the end cover everything below. */
bool ag_rules_match(const char *pattern, const char *path);

#endif
