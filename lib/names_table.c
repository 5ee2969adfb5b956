// SPDX-License-Identifier: MIT
/*
 * names-table - prints include/atmguard/names.def and errors.def for documents and tests
 *
 * usage: names-table KIND     the table of a kind, in Markdown: state, scope, status, event, hook,
 *                             relock, purpose, type, digest, flag
 *        names-table error    the table of errors, in Markdown
 *        names-table words    every name, a line each: KIND NUMBER NAME
 *        names-table errnos   the names of all errors explained, a line each
 */
#include <stdio.h>
#include <string.h>

#include "names.h"

/* Of types and flags the last column is no advice. */
static const char *advice_title(enum ag_names_kind kind)
{
	return kind >= AG_NAMES_TYPE ? "usually" : "what to do";
}

static void print_kind(enum ag_names_kind kind)
{
	printf("| %s | 日本語 | no. | meaning | %s |\n|---|---|---|---|---|\n", ag_names_title(kind)->en,
	       advice_title(kind));
	for (const struct ag_name *name = ag_names_rows(kind); name->word.en; name++)
		printf("| `%s` | %s | %u | %s | %s |\n", name->word.en, name->word.ja, name->number,
		       name->meaning.en, name->advice.en);
}

static void print_place(const struct ag_names_error *row)
{
	char hooks[AG_NAMES_LIST_SIZE];

	ag_names_list(AG_NAMES_HOOK, row->hooks, " ", hooks, sizeof(hooks));
	printf("%s%s%s", row->event ? ag_names_word(AG_NAMES_EVENT, row->event).text : "request",
	       hooks[0] ? " " : "", hooks);
}

static void print_errors(void)
{
	puts("| where | error | meaning | what to do |\n|---|---|---|---|");
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++) {
		printf("| ");
		print_place(row);
		printf(" | %s | %s | %s |\n", row->number ? ag_names_errno(row->number).text : "any other",
		       row->meaning.en, row->advice.en);
	}
}

static void print_words(void)
{
	for (int kind = 0; kind < AG_NR_NAMES_KINDS; kind++)
		for (const struct ag_name *name = ag_names_rows((enum ag_names_kind)kind); name->word.en; name++)
			printf("%s %u %s\n", ag_names_title((enum ag_names_kind)kind)->en, name->number,
			       name->word.en);
}

static void print_errnos(void)
{
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++)
		if (row->number)
			puts(ag_names_errno(row->number).text);
}

static const struct {
	const char *word;
	void (*print)(void);
} others[] = { { "error", print_errors }, { "words", print_words }, { "errnos", print_errnos } };

int main(int argc, char **argv)
{
	const char *word = argc == 2 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(word, others[i].word)) {
			others[i].print();
			return 0;
		}
	for (int kind = 0; kind < AG_NR_NAMES_KINDS; kind++)
		if (!strcmp(word, ag_names_title((enum ag_names_kind)kind)->en)) {
			print_kind((enum ag_names_kind)kind);
			return 0;
		}
	fputs("usage: names-table KIND | error | words | errnos\n", stderr);
	return 2;
}
