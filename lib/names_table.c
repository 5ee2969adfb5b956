// SPDX-License-Identifier: MIT
/*
 * names-table - prints include/atmguard/names.def and errors.def for documents and tests
 *
 * usage: names-table KIND     the rows of a kind, in Markdown: state, scope, status, event, hook,
 *                             relock, purpose, type, digest, flag
 *        names-table error    those of errors
 *        names-table words    every name, a line each: KIND NUMBER NAME
 *        names-table errnos   the names of all errors explained, a line each
 */
#include <stdio.h>
#include <string.h>

#include "names.h"

#define COLUMNS_MAX 100

/* Of types and flags the last line is no advice. */
static const char *advice_title(enum ag_names_kind kind)
{
	return kind >= AG_NAMES_TYPE ? "usually" : "to do";
}

/* Prints @text behind @column columns of its line, broken between words; returns
 * the column it ends at. */
static size_t print_wrapped(size_t column, const char *indent, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column + 1 + len > COLUMNS_MAX)
			column = (size_t)printf("\n%s%.*s", indent, (int)len, text) - 1;
		else
			column += (size_t)printf(" %.*s", (int)len, text);
		text += len + strspn(text + len, " ");
	}
	return column;
}

static void print_texts(size_t column, const char *meaning, const char *title, const char *advice)
{
	column += (size_t)printf(":");
	print_wrapped(column, "  ", meaning);
	column = (size_t)printf("\n  - %s:", title) - 1;
	print_wrapped(column, "    ", advice);
	putchar('\n');
}

static void print_kind(enum ag_names_kind kind)
{
	for (const struct ag_name *name = ag_names_rows(kind); name->word.en; name++) {
		size_t column = (size_t)printf("- `%s` (%s, %u)", name->word.en, name->word.ja, name->number);

		print_texts(column, name->meaning.en, advice_title(kind), name->advice.en);
	}
}

static size_t print_place(const struct ag_names_error *row)
{
	char hooks[AG_NAMES_LIST_SIZE];
	size_t column = (size_t)printf("-");

	ag_names_list(AG_NAMES_HOOK, row->hooks, " ", hooks, sizeof(hooks));
	column = print_wrapped(column, "  ", row->event ? ag_names_word(AG_NAMES_EVENT, row->event).text : "request");
	column = print_wrapped(column, "  ", hooks);
	return print_wrapped(column, "  ", row->number ? ag_names_errno(row->number).text : "any other error");
}

static void print_errors(void)
{
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++)
		print_texts(print_place(row), row->meaning.en, "to do", row->advice.en);
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
