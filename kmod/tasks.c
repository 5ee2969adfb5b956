// SPDX-License-Identifier: GPL-2.0-only
// Walks all living user-space tasks without holding a lock in between, and marks them.
#include "tasks.h"

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

/* One that has exited holds and maps nothing, however long its parent lets it lie. */
static bool is_alive(const struct task_struct *task)
{
	return !(task->flags & PF_KTHREAD) && !READ_ONCE(task->exit_state);
}

/* The task of that number, or of the least above it which has one; *nr becomes it. */
static struct task_struct *find_from(pid_t *nr)
{
	struct pid *pid;

	while ((pid = find_ge_pid(*nr, &init_pid_ns))) {
		struct task_struct *task = pid_task(pid, PIDTYPE_PID);

		*nr = pid_nr(pid);
		if (task && is_alive(task))
			return task;
		++*nr;
	}
	return NULL;
}

struct task_struct *ag_tasks_next(pid_t *pid)
{
	struct task_struct *task;

	++*pid;
	rcu_read_lock();
	task = find_from(pid);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

void ag_tasks_mark(u32 mark, bool on)
{
	if (on)
		current->personality |= mark;
	else
		current->personality &= ~mark;
}
