/* SPDX-License-Identifier: MIT */
/* Gives up what the agent does not need: root, capabilities, core dumps, its environment. */
#ifndef AG_AGENT_COMMON_ACCOUNT_H
#define AG_AGENT_COMMON_ACCOUNT_H

#define AG_ACCOUNT_USER "atmguard"

/*
 * ag_account_drop - become the ordinary account @user when started as root
 *
 * Started as another account it stays that one.  Either way no capability is
 * left, none can be regained through a program, and no core dump is written.
 *
 * Return: 0, -ENOENT (no such account), -EPERM (@user is root), -errno.
 */
int ag_account_drop(const char *user);

/* ag_account_hide - no core dump, no debugger of the same account, no new
 * rights by starting a program; 0 or -errno */
int ag_account_hide(void);

#endif
