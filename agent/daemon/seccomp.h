/* SPDX-License-Identifier: MIT */
/* The agent's seccomp filter. */
#ifndef AG_AGENT_DAEMON_SECCOMP_H
#define AG_AGENT_DAEMON_SECCOMP_H

/*
 * ag_seccomp_enter - allow only the system calls the running agent needs
 *
 * For all threads, from here on.  What an intruder would want ends the
 * process; anything else that is not listed fails with ENOSYS, as on a kernel
 * without it, so that the C library takes its older way instead of dying.
 *
 * Return: 0, or -errno: then the caller must not go on.
 */
int ag_seccomp_enter(void);

#endif
