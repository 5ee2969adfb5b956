/* SPDX-License-Identifier: MIT */
/* What a process that passwords pass through keeps from its neighbours. */
#ifndef AG_AGENT_COMMON_PROCESS_H
#define AG_AGENT_COMMON_PROCESS_H

/* ag_process_hide - no core dump, no debugger of the same account, no new
 * rights by starting a program; 0 or -errno */
int ag_process_hide(void);

#endif
