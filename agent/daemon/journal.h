/* SPDX-License-Identifier: MIT */
/* One line an event on standard error, where journald reads it. */
#ifndef AG_AGENT_DAEMON_JOURNAL_H
#define AG_AGENT_DAEMON_JOURNAL_H

/* ag_journal_say - print one line; control bytes become '?', so that nobody forges a second one */
void ag_journal_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
