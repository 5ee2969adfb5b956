// SPDX-License-Identifier: MIT
// One line an event on standard error, where journald reads it.
#include "journal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

void ag_journal_say(const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	size_t len;
	va_list args;

	snprintf(line, sizeof(line) - 1, "%s: ", program_invocation_short_name);
	len = strlen(line);
	va_start(args, format);
	vsnprintf(line + len, sizeof(line) - 1 - len, format, args);
	va_end(args);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	len = strlen(line);
	line[len] = '\n';
	/* A log that cannot be written must not stop the service. */
	if (write(STDERR_FILENO, line, len + 1) < 0)
		return;
}
