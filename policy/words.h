/* SPDX-License-Identifier: MIT */
/* Splits one line of a policy text or rules file into words, and writes words back. */
#ifndef AG_POLICY_WORDS_H
#define AG_POLICY_WORDS_H

#include <stddef.h>
#include <stdio.h>

#define AG_LINE_MAX	20480u	/* bytes: a path of PATH_MAX, every byte written \xNN, and flags */
#define AG_WORDS_MAX	64u	/* words on a line */

struct ag_words {
	unsigned int nr;
	char *word[AG_WORDS_MAX];	/* into buf, NUL-terminated, never empty unless quoted */
	char buf[AG_LINE_MAX + AG_WORDS_MAX];
};

/*
 * ag_words_split - words of one line, without its newline
 *
 * Words are separated by blanks and tabs.  A # at the start of a word begins a
 * comment.  A word in double quotes may hold blanks and the escapes \\ \" \xNN.
 *
 * Return: 0, -EINVAL with *ret_error, a sentence that says what to change.
 */
int ag_words_split(const char *line, size_t len, struct ag_words *ret_words,
		   const char **ret_error);

/* Writes @word so that ag_words_split() reads the same bytes again. */
void ag_words_write(FILE *out, const char *word);

#endif
