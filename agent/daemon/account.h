/* SPDX-License-Identifier: MIT */
/* The account the agent runs as. */
#ifndef AG_AGENT_DAEMON_ACCOUNT_H
#define AG_AGENT_DAEMON_ACCOUNT_H

#define AG_ACCOUNT_USER "atmguard"

/*
 * ag_account_drop - become the ordinary account @user when started as root
 *
 * Started as another account it stays that one.  Either way no capability is
 * left, and the process is hidden as by ag_process_hide().
 *
 * Return: 0, -ENOENT (no such account), -EPERM (@user is root), -errno.
 */
int ag_account_drop(const char *user);

#endif
