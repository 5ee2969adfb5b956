/* SPDX-License-Identifier: MIT */
/* Text from outside, made fit for a log, a terminal and JSON. */
#ifndef AG_CENTER_COMMON_TEXT_H
#define AG_CENTER_COMMON_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Copies at most @len bytes of @from up to a NUL.  What is not printable
 * UTF-8, and what could steer a terminal or turn the reading direction, is
 * written as \xNN; @to has @size bytes and is cut at a whole character. */
void ag_text_clean(const char *from, size_t len, char *to, size_t size);

/* "00000001-0002-..." to 16 bytes, 0 or -EINVAL. */
int ag_text_uuid(const char *text, uint8_t ret_uuid[16]);

/* "90", "90s", "45m", "2h", "1d" to seconds; 0 or -EINVAL. */
int ag_text_duration(const char *text, int64_t *ret_s);

/* "2026-01-31 09:00:00Z" of seconds since 1970; "-" for 0. */
void ag_text_time(int64_t wall_s, char text[32]);

#endif
