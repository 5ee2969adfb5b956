// SPDX-License-Identifier: MIT
// The log of atmcenterd.
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *name = "atmcenterd";

void ag_log_init(const char *who)
{
	name = who;
}

void ag_log(const char *format, ...)
{
	char line[1024];
	int head = snprintf(line, sizeof(line) - 1, "%s: ", name);
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line + head, sizeof(line) - 1 - head, format, args);
	va_end(args);
	len = len < (int)sizeof(line) - 1 - head ? head + len : (int)sizeof(line) - 2;
	/* One event, one line: a text from outside must not start another. */
	for (int i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len] = '\n';
	/* One write, so that lines of several processes do not mix. */
	if (write(STDERR_FILENO, line, len + 1) < 0)
		return;		/* nowhere left to say it */
}
