/* SPDX-License-Identifier: MIT */
/* The daemon's log: one line an event on stderr, never a secret. */
#ifndef AG_CENTER_COMMON_LOG_H
#define AG_CENTER_COMMON_LOG_H

#include <stddef.h>

/* Names the process in front of each line ("judge"). */
void ag_log_init(const char *who);

void ag_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * What a transaction did is said once it is durable, and not at all when it is
 * undone: lines are kept until ag_log_flush(); ag_log_mark() and ag_log_undo()
 * take back what came in between.
 */
void ag_log_later(const char *format, ...) __attribute__((format(printf, 1, 2)));
size_t ag_log_mark(void);
void ag_log_undo(size_t mark);
void ag_log_flush(void);

#endif
