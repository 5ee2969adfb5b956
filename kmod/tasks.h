/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking all living user-space tasks without holding a lock in between. */
#ifndef AG_TASKS_H
#define AG_TASKS_H

#include <linux/sched.h>

/* Init is never killed: it holds nothing of a job, and nothing goes on without it. */
#define AG_PID_INIT	1

/* The living user-space task with the lowest number above *pid, which becomes its
 * number; referenced (put_task_struct()).  NULL at the end. */
struct task_struct *ag_tasks_next(pid_t *pid);

#endif
