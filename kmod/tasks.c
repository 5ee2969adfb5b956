// SPDX-License-Identifier: GPL-2.0-only
// Walks all user-space tasks without holding a lock in between.
#include "tasks.h"

#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

struct task_struct *ag_tasks_next(pid_t *pid)
{
	struct task_struct *p, *t, *best = NULL;

	rcu_read_lock();
	for_each_process_thread(p, t)
		if (!(t->flags & PF_KTHREAD) && t->pid > *pid && (!best || t->pid < best->pid))
			best = t;
	if (best) {
		get_task_struct(best);
		*pid = best->pid;
	}
	rcu_read_unlock();
	return best;
}
