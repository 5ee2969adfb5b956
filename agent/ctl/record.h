/* SPDX-License-Identifier: MIT */
/* Audit records as lines for people and as JSON for programs. */
#ifndef AG_AGENT_CTL_RECORD_H
#define AG_AGENT_CTL_RECORD_H

#include <linux/atmguard.h>
#include <stddef.h>

#define AG_RECORD_LINE_SIZE 2048u	/* holds any line, with its NUL */

/* ag_record_line - one line without a newline; control bytes come out as \xNN */
void ag_record_line(const struct atmguard_record *record, char *ret_line, size_t size);

/* ag_record_json - one JSON object on one line, from ag_secret_alloc(); NULL without memory */
char *ag_record_json(const struct atmguard_record *record);

#endif
