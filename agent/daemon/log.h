/* SPDX-License-Identifier: MIT */
/* One line an event on standard error, where journald reads it. */
#ifndef AG_AGENT_DAEMON_LOG_H
#define AG_AGENT_DAEMON_LOG_H

/* ag_log - print one line; control bytes become '?', so that nobody forges a second one */
void ag_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
