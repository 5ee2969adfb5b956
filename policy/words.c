// SPDX-License-Identifier: MIT
// Splits one line of a policy text or rules file into words, and writes words back.
#include "words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/check.h"

struct reader {
	const char *at, *end;
	char *out;		/* next free byte of words->buf */
	const char *error;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int fail(struct reader *r, const char *error)
{
	r->error = error;
	return -EINVAL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Behind a backslash. */
static int read_escape(struct reader *r)
{
	int hi, lo;

	if (r->at == r->end)
		return fail(r, "the line ends inside an escape");
	if (*r->at == '\\' || *r->at == '"') {
		*r->out++ = *r->at++;
		return 0;
	}
	if (*r->at != 'x' || r->end - r->at < 3)
		return fail(r, "unknown escape: write \\\\, \\\" or \\xNN");
	hi = hex_digit(r->at[1]);
	lo = hex_digit(r->at[2]);
	if (hi < 0 || lo < 0)
		return fail(r, "\\x needs two hexadecimal digits");
	if (hi == 0 && lo == 0)
		return fail(r, "a word cannot hold a NUL byte");
	*r->out++ = (char)(hi << 4 | lo);
	r->at += 3;
	return 0;
}

/* Behind the opening quote. */
static int read_quoted(struct reader *r)
{
	int e;

	while (r->at < r->end && *r->at != '"') {
		if (*r->at != '\\') {
			*r->out++ = *r->at++;
			continue;
		}
		r->at++;
		e = read_escape(r);
		if (e)
			return e;
	}
	if (r->at == r->end)
		return fail(r, "a quote is not closed");
	r->at++;
	if (r->at < r->end && !is_blank(*r->at))
		return fail(r, "a blank must follow the closing quote");
	return 0;
}

static int read_bare(struct reader *r)
{
	while (r->at < r->end && !is_blank(*r->at)) {
		if (*r->at == '"' || *r->at == '\\')
			return fail(r, "a word with \" or \\ in it must be in double quotes");
		*r->out++ = *r->at++;
	}
	return 0;
}

static int read_word(struct reader *r, struct ag_words *words)
{
	int e;

	if (words->nr == AG_WORDS_MAX)
		return fail(r, "too many words on a line: 64 at most");
	words->word[words->nr++] = r->out;
	if (*r->at == '"') {
		r->at++;
		e = read_quoted(r);
	} else {
		e = read_bare(r);
	}
	*r->out++ = 0;
	return e;
}

/* Text is what an editor shows: bytes that a terminal would obey or hide could
 * make a reviewer see another line than the compiler. */
static int check_line(struct reader *r)
{
	const char *at = r->at, *tab;

	if (r->end - r->at > (ptrdiff_t)AG_LINE_MAX)
		return fail(r, "the line is too long: 20480 bytes at most");
	if (r->end > r->at && r->end[-1] == '\r')
		return fail(r, "the line ends in a carriage return: save the file with Unix line ends");
	for (; at < r->end; at = tab + 1) {
		tab = memchr(at, '\t', r->end - at);
		if (!tab)
			tab = r->end;
		if (!ag_text_is_clean(at, tab - at))
			return fail(r, "control characters or bytes that are not UTF-8: write them as \\xNN in quotes");
	}
	return 0;
}

int ag_words_split(const char *line, size_t len, struct ag_words *ret_words,
		   const char **ret_error)
{
	struct reader r = { .at = line, .end = line + len, .out = ret_words->buf };
	int e = check_line(&r);

	ret_words->nr = 0;
	while (!e) {
		while (r.at < r.end && is_blank(*r.at))
			r.at++;
		if (r.at == r.end || *r.at == '#')
			return 0;
		e = read_word(&r, ret_words);
	}
	*ret_error = r.error;
	return e;
}

/* Whether a reader finds the same word without quotes around it. */
static bool is_bare(const char *word)
{
	return *word && *word != '#' && !strpbrk(word, " \"\\") &&
	       ag_text_is_clean(word, strlen(word));
}

void ag_words_write(FILE *out, const char *word)
{
	bool clean = ag_text_is_clean(word, strlen(word));

	if (is_bare(word)) {
		fputs(word, out);
		return;
	}
	fputc('"', out);
	for (; *word; word++) {
		unsigned char c = *word;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !clean))
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}
