/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks: a walk over all of user space without holding a lock in between, and marks. */
#ifndef AG_TASKS_H
#define AG_TASKS_H

#include <linux/sched.h>

/* Init is never killed: it holds nothing of a job, and nothing goes on without it. */
#define AG_PID_INIT	1

/* The living user-space task with the lowest number above *pid, which becomes its
 * number; referenced (put_task_struct()).  NULL at the end. */
struct task_struct *ag_tasks_next(pid_t *pid);

/* Set or clear a mark of AG_PERSONALITY_* on the current task. */
void ag_tasks_mark(u32 mark, bool on);

#endif
