// SPDX-License-Identifier: MIT
// Fill in the answer to a machine.
#include "answer.h"

#include <stdarg.h>
#include <stdio.h>

void ag_answer_set(struct ag_answer *answer, int status, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(answer->body, sizeof(answer->body), format, args);
	va_end(args);
	answer->status = status;
	answer->len = len < (int)sizeof(answer->body) ? len : 0;
}

void ag_answer_set_unavailable(struct ag_answer *answer)
{
	ag_answer_set(answer, 503, "{\"error\":\"nothing was decided; try again\"}");
}
