// SPDX-License-Identifier: MIT
// Why something went wrong, in words for a person.
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int ag_error_set(struct ag_error *error, unsigned int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error->line = line;
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}
