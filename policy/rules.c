// SPDX-License-Identifier: MIT
// The rules by which a tree of files becomes a policy.
#include "rules.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "text.h"

void ag_rules_init(struct ag_rules *rules, struct ag_model *model)
{
	memset(rules, 0, sizeof(*rules));
	rules->model = model;
}

void ag_rules_free(struct ag_rules *rules)
{
	for (size_t i = 0; i < rules->nr; i++) {
		free(rules->rule[i].pattern);
		free(rules->rule[i].prefix);
	}
	free(rules->rule);
	ag_rules_init(rules, rules->model);
}

static int add(struct ag_rules *rules, const struct ag_rule *rule,
	       const char *pattern, const char *prefix)
{
	struct ag_rule *to;

	if (ag_grow(&rules->rule, &rules->cap, rules->nr, sizeof(*rule)))
		return -ENOMEM;
	to = &rules->rule[rules->nr];
	*to = *rule;
	to->pattern = strdup(pattern);
	to->prefix = prefix ? strdup(prefix) : NULL;
	if (to->pattern && (!prefix || to->prefix)) {
		rules->nr++;
		return 0;
	}
	free(to->pattern);
	free(to->prefix);
	return -ENOMEM;
}

/* ---- statements ---- */

static int check_pattern(const struct ag_rule *rule, const char *pattern, struct ag_error *error)
{
	if (pattern[0] == '/')
		return 0;
	return ag_error_set(error, rule->line, "a pattern must begin with a slash: '%.80s'", pattern);
}

/* Statements that are a list of patterns. */
static int do_patterns(struct ag_rules *rules, struct ag_rule *rule,
		       const struct ag_words *words, struct ag_error *error)
{
	int r = 0;

	if (words->nr < 2)
		return ag_error_set(error, rule->line, "%s needs at least one pattern", words->word[0]);
	for (unsigned int i = 1; !r && i < words->nr; i++) {
		r = check_pattern(rule, words->word[i], error);
		if (!r)
			r = add(rules, rule, words->word[i], NULL);
	}
	return r;
}

/* "all" is a word of its own: nobody looks twice at a pattern. */
static int do_verity(struct ag_rules *rules, struct ag_rule *rule,
		     const struct ag_words *words, struct ag_error *error)
{
	if (words->nr == 2 && strcmp(words->word[1], "all") == 0)
		return add(rules, rule, "/**", NULL);
	return do_patterns(rules, rule, words, error);
}

static int do_flags(struct ag_rules *rules, struct ag_rule *rule,
		    const struct ag_words *words, struct ag_error *error)
{
	struct ag_model_entry e = { 0 };
	int r;

	if (words->nr < 3)
		return ag_error_set(error, rule->line, "write: flags PATTERN FLAG... [owner GROUP]");
	r = check_pattern(rule, words->word[1], error);
	if (!r)
		r = ag_text_flags(rules->model, rule->line, words, 2, &e, error);
	if (r)
		return r;
	rule->flags = e.flags;
	rule->group = e.group;
	return add(rules, rule, words->word[1], NULL);
}

static int do_type(struct ag_rules *rules, struct ag_rule *rule,
		   const struct ag_words *words, struct ag_error *error)
{
	if (words->nr != 3)
		return ag_error_set(error, rule->line, "write: type PATTERN TYPE[+TYPE...]");
	if (check_pattern(rule, words->word[1], error))
		return -EINVAL;
	if (ag_text_types(words->word[2], &rule->types))
		return ag_error_set(error, rule->line, "'%.40s' is not a list of types like program+library",
				    words->word[2]);
	return add(rules, rule, words->word[1], NULL);
}

static int do_extra(struct ag_rules *rules, struct ag_rule *rule,
		    const struct ag_words *words, struct ag_error *error)
{
	const char *prefix;

	if (words->nr != 3)
		return ag_error_set(error, rule->line, "write: extra DIRECTORY PREFIX");
	prefix = words->word[2];
	if (strcmp(prefix, "/") == 0)
		return add(rules, rule, words->word[1], "");
	if (!ag_path_is_normal(prefix))
		return ag_error_set(error, rule->line, "the prefix is a path on the ATM: '%.80s' must begin "
				    "with a slash and have none at the end", prefix);
	return add(rules, rule, words->word[1], prefix);
}

static const struct {
	const char *word;
	enum ag_rule_kind kind;
	int (*read)(struct ag_rules *rules, struct ag_rule *rule,
		    const struct ag_words *words, struct ag_error *error);
} statements[] = {
	{ "flags",	AG_RULE_FLAGS,	do_flags },
	{ "type",	AG_RULE_TYPE,	do_type },
	{ "data",	AG_RULE_DATA,	do_patterns },
	{ "skip",	AG_RULE_SKIP,	do_patterns },
	{ "verity",	AG_RULE_VERITY,	do_verity },
	{ "scripts",	AG_RULE_SCRIPTS, do_patterns },
	{ "extra",	AG_RULE_EXTRA,	do_extra },
};

static int read_statement(void *arg, unsigned int line, const struct ag_words *words,
			  struct ag_error *error)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		struct ag_rule rule = { .kind = statements[i].kind, .line = line };

		if (strcmp(statements[i].word, words->word[0]) == 0)
			return statements[i].read(arg, &rule, words, error);
	}
	return -ENOENT;
}

int ag_rules_parse(struct ag_rules *rules, const char *text, size_t len,
		   struct ag_error *ret_error)
{
	return ag_text_parse(rules->model, text, len, read_statement, rules, ret_error);
}

/* ---- asking ---- */

bool ag_rules_match(const char *pattern, const char *path)
{
	size_t len = strlen(pattern);
	char head[4096];

	if (len < 3 || strcmp(pattern + len - 3, "/**") != 0)
		return fnmatch(pattern, path, FNM_PATHNAME) == 0;
	if (len - 3 >= sizeof(head))
		return false;
	memcpy(head, pattern, len - 3);
	head[len - 3] = 0;
	/* FNM_LEADING_DIR: the pattern may cover a directory above the path. */
	return fnmatch(head, path, FNM_PATHNAME | FNM_LEADING_DIR) == 0;
}

static bool does_cover(struct ag_rule *rule, const char *path)
{
	if (!ag_rules_match(rule->pattern, path))
		return false;
	rule->used = true;
	return true;
}

static bool is_covered(struct ag_rules *rules, enum ag_rule_kind kind, const char *path)
{
	for (size_t i = 0; i < rules->nr; i++)
		if (rules->rule[i].kind == kind && does_cover(&rules->rule[i], path))
			return true;
	return false;
}

bool ag_rules_skip(struct ag_rules *rules, const char *path)
{
	return is_covered(rules, AG_RULE_SKIP, path);
}

bool ag_rules_verity(struct ag_rules *rules, const char *path)
{
	return is_covered(rules, AG_RULE_VERITY, path);
}

/* Whether the rules name the scripts that may start, and @path is none of them. */
static bool is_left_out(struct ag_rules *rules, const char *path)
{
	bool names = false;

	for (size_t i = 0; i < rules->nr; i++)
		names |= rules->rule[i].kind == AG_RULE_SCRIPTS;
	return names && !is_covered(rules, AG_RULE_SCRIPTS, path);
}

void ag_rules_apply(struct ag_rules *rules, const char *path, struct ag_model_entry *entry)
{
	__u16 flags = 0;
	__u8 group = 0;

	for (size_t i = 0; i < rules->nr; i++) {
		struct ag_rule *rule = &rules->rule[i];

		if (rule->kind > AG_RULE_DATA || !does_cover(rule, path))
			continue;
		if (rule->kind == AG_RULE_TYPE)
			entry->types = rule->types;
		/* Scripts and libraries may be read by interpreters as it is. */
		if (rule->kind == AG_RULE_DATA && !entry->types)
			entry->types = AG_TYPE_DATA;
		flags |= rule->flags;
		if (rule->group)
			group = rule->group;
	}
	if (!(entry->types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT)))
		return;
	entry->flags |= flags;
	if ((entry->types & AG_TYPE_SCRIPT) && is_left_out(rules, path))
		entry->flags |= AG_FLAG_MAINTENANCE;
	if (group)
		entry->group = group;
}
