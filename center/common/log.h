/* SPDX-License-Identifier: MIT */
/* The daemon's log: one line an event on stderr, never a secret. */
#ifndef AG_CENTER_COMMON_LOG_H
#define AG_CENTER_COMMON_LOG_H

/* Names the process in front of each line ("judge"). */
void ag_log_init(const char *who);

void ag_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
