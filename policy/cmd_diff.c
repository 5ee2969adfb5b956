// SPDX-License-Identifier: MIT
// atmguard-policy diff: what a new policy allows that the old did not, and back.
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "compile.h"
#include "text.h"

static const char diff_help[] =
	"usage: atmguard-policy diff OLD NEW\n\n"
	"Compares two policies, each a text or a binary.  Lines with + are only in NEW,\n"
	"with - only in OLD; a path with another content shows both.  Exit status 0:\n"
	"they allow the same, 1: they differ.\n";

struct sides {
	struct ag_model *old, *new;
	size_t added, removed, changed;
};

static void print_entry(char sign, const struct ag_model *m, const struct ag_model_entry *e)
{
	printf("%c ", sign);
	ag_text_write_entry(stdout, m, e);
}

/* Groups are compared by name: two texts may number them in another order. */
static bool are_equal(const struct sides *s, const struct ag_model_entry *a,
		      const struct ag_model_entry *b)
{
	const char *x = a->group ? s->old->groups[a->group - 1] : "";
	const char *y = b->group ? s->new->groups[b->group - 1] : "";

	return a->types == b->types && a->flags == b->flags && strcmp(x, y) == 0;
}

/* A binary has no paths; where the other side has, a person wants to see them. */
static void share_path(struct ag_model_entry *a, struct ag_model_entry *b)
{
	if (a->path && !b->path)
		b->path = strdup(a->path);
	else if (b->path && !a->path)
		a->path = strdup(b->path);
}

/* Of the next entries of both; behind its last, a side comes after the other. */
static int compare_at(const struct sides *s, size_t i, size_t j)
{
	if (i == s->old->nr_entries)
		return 1;
	if (j == s->new->nr_entries)
		return -1;
	return memcmp(s->old->entries[i].digest, s->new->entries[j].digest, ATMGUARD_HASH_LEN);
}

/* Both are sorted by digest. */
static void diff_entries(struct sides *s)
{
	struct ag_model *o = s->old, *n = s->new;
	size_t i = 0, j = 0;

	while (i < o->nr_entries || j < n->nr_entries) {
		struct ag_model_entry *a = &o->entries[i], *b = &n->entries[j];
		int c = compare_at(s, i, j);

		/* line is free here: it marks what the other side lacks */
		if (c < 0) {
			a->line = 1;
			i++;
			s->removed++;
		} else if (c > 0) {
			b->line = 1;
			j++;
			s->added++;
		} else {
			a->line = b->line = !are_equal(s, a, b);
			share_path(a, b);
			s->changed += a->line;
			i++;
			j++;
		}
	}
}

/* By path, so that the old and the new content of a file stand together. */
static void print_entries(struct sides *s)
{
	struct ag_model *o = s->old, *n = s->new;
	size_t i = 0, j = 0;

	ag_model_sort_by_path(o);
	ag_model_sort_by_path(n);
	while (i < o->nr_entries || j < n->nr_entries) {
		const struct ag_model_entry *a = &o->entries[i], *b = &n->entries[j];
		const char *x = i < o->nr_entries && a->path ? a->path : "";
		const char *y = j < n->nr_entries && b->path ? b->path : "";
		bool is_old = j == n->nr_entries || (i < o->nr_entries && strcmp(x, y) <= 0);

		if (is_old && a->line)
			print_entry('-', o, a);
		else if (!is_old && b->line)
			print_entry('+', n, b);
		if (is_old)
			i++;
		else
			j++;
	}
}

/* Header, devices and paths as the lines of their text. */
static char *rest_of(const struct ag_model *m)
{
	struct ag_model *copy = malloc(sizeof(*copy));
	char *text = NULL;
	size_t len;
	FILE *out;

	if (!copy)
		return NULL;
	*copy = *m;
	copy->nr_entries = 0;
	copy->nr_overrides = 0;		/* not in the binary */
	copy->seen &= ~(unsigned int)AG_ONCE_MODE;
	out = open_memstream(&text, &len);
	if (out) {
		ag_text_write(out, copy);
		if (fclose(out)) {
			free(text);
			text = NULL;
		}
	}
	free(copy);
	return text;
}

static bool has_line(const char *text, const char *line, size_t len)
{
	for (; *text; text = strchr(text, '\n') + 1)
		if (strncmp(text, line, len) == 0)
			return true;
	return false;
}

/* Lines of @a that @b has not.  Each line ends in a newline. */
static size_t print_missing(char sign, const char *a, const char *b)
{
	size_t nr = 0, len;

	for (; *a; a += len) {
		len = strchr(a, '\n') - a + 1;
		if (has_line(b, a, len))
			continue;
		printf("%c %.*s", sign, (int)len, a);
		nr++;
	}
	return nr;
}

static int diff(struct sides *s)
{
	char *a = rest_of(s->old), *b = rest_of(s->new);
	struct ag_error error = { 0 };
	size_t nr = 0;
	int code = EXIT_OK;

	if (!a || !b || ag_compile_merge(s->old, &error) || ag_compile_merge(s->new, &error)) {
		code = ag_command_fail("%s", error.text[0] ? error.text : "out of memory");
	} else {
		nr += print_missing('-', a, b);
		nr += print_missing('+', b, a);
		diff_entries(s);
		print_entries(s);
		fprintf(stderr, "%zu added, %zu removed, %zu with other types or flags, %zu other lines\n",
			s->added, s->removed, s->changed, nr);
		if (nr + s->added + s->removed + s->changed)
			code = EXIT_FAILED;
	}
	free(a);
	free(b);
	return code;
}

int ag_cmd_diff(int argc, char **argv)
{
	static const struct option options[] = { AG_HELP_OPTION, { 0 } };
	int c = getopt_long(argc, argv, "h", options, NULL), code = EXIT_FAILED;
	struct sides s = { 0 };
	bool is_binary;

	if (c != -1)
		return ag_command_usage(c, diff_help);
	if (optind + 2 != argc)
		return ag_command_usage(0, diff_help);
	s.old = ag_model_alloc();
	s.new = ag_model_alloc();
	if (s.old && s.new) {
		code = ag_command_load_any(s.old, argv[optind], &is_binary);
		if (code == EXIT_OK)
			code = ag_command_load_any(s.new, argv[optind + 1], &is_binary);
		if (code == EXIT_OK)
			code = diff(&s);
	}
	ag_model_free(s.old);
	ag_model_free(s.new);
	return code;
}
