// SPDX-License-Identifier: MIT
// The log of atmcenterd.
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_LEN	1024
/* A full batch of requests with an alarm each; beyond, lines go out early
 * rather than get lost. */
#define KEPT_MAX	(128 * LINE_MAX_LEN)

static const char *name = "atmcenterd";
static char kept[KEPT_MAX];
static size_t kept_len;

void ag_log_init(const char *who)
{
	name = who;
}

/* One write, so that lines of several processes do not mix. */
static void put(const char *text, size_t len)
{
	if (len && write(STDERR_FILENO, text, len) < 0)
		return;		/* nowhere left to say it */
}

__attribute__((format(printf, 2, 0)))
static size_t format_line(char line[LINE_MAX_LEN], const char *format, va_list args)
{
	int head = snprintf(line, LINE_MAX_LEN - 1, "%s: ", name);
	int len = vsnprintf(line + head, LINE_MAX_LEN - 1 - head, format, args);

	len = len < LINE_MAX_LEN - 1 - head ? head + len : LINE_MAX_LEN - 2;
	/* One event, one line: a text from outside must not start another. */
	for (int i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len] = '\n';
	return len + 1;
}

void ag_log(const char *format, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;
	size_t len;

	va_start(args, format);
	len = format_line(line, format, args);
	va_end(args);
	put(line, len);
}

void ag_log_later(const char *format, ...)
{
	va_list args;

	if (kept_len > KEPT_MAX - LINE_MAX_LEN)
		ag_log_flush();
	va_start(args, format);
	kept_len += format_line(kept + kept_len, format, args);
	va_end(args);
}

size_t ag_log_mark(void)
{
	return kept_len;
}

void ag_log_undo(size_t mark)
{
	if (mark < kept_len)
		kept_len = mark;
}

void ag_log_flush(void)
{
	/* A line each, as long as a pipe takes whole (PIPE_BUF is 4096). */
	for (size_t at = 0; at < kept_len;) {
		size_t len = (char *)memchr(kept + at, '\n', kept_len - at) + 1 - (kept + at);

		put(kept + at, len);
		at += len;
	}
	kept_len = 0;
}
