// SPDX-License-Identifier: GPL-2.0-only
// Closes a job: kills, releases, counts what is left.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "relock.h"

#include <linux/delay.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/reboot.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>
#include <atmguard/verdict.h>

#include "block.h"
#include "compat.h"
#include "mappings.h"
#include "tasks.h"
#include "usb.h"

/* A killed task is gone in milliseconds unless it waits for a device. */
#define AG_RELOCK_BOUND_MS	5000u
#define AG_RELOCK_STEP_MS	10u
/* Far beyond the bound and a slow stick: then something hangs. */
#define AG_RELOCK_HANG_S	60u

static int match_fd(const void *unused, struct file *file, unsigned int fd)
{
	return ag_block_is_medium_file(file);
}

/* iterate_fd() takes the table's spin lock, and task_lock() keeps the table. */
static bool holds_fd(struct task_struct *task)
{
	return task->files && iterate_fd(task->files, 0, match_fd, NULL);
}

static bool holds_directory(struct task_struct *task)
{
	bool held = false;

	if (!task->fs)
		return false;
	ag_compat_fs_lock(task->fs);
	held = ag_block_is_medium(task->fs->pwd.dentry->d_sb) ||
	       ag_block_is_medium(task->fs->root.dentry->d_sb);
	ag_compat_fs_unlock(task->fs);
	return held;
}

static bool maps_medium(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	bool held = false;

	mmap_read_lock(mm);
	VMA_ITERATOR(vmi, mm, 0);
	for_each_vma(vmi, vma)
		if (vma->vm_file && ag_block_is_medium_file(vma->vm_file)) {
			held = true;
			break;
		}
	mmap_read_unlock(mm);
	return held;
}

static bool must_end(struct task_struct *task)
{
	struct mm_struct *mm;
	bool end;

	if (task->personality & AG_PERSONALITY_JOB)
		return true;
	task_lock(task);
	end = holds_fd(task) || holds_directory(task);
	task_unlock(task);
	if (end)
		return true;
	mm = get_task_mm(task);
	if (!mm)
		return false;
	end = maps_medium(mm);
	mmput(mm);
	return end;
}

/* Kill everything that must end; returns how many there were.  Threads are
 * looked at one by one: each may have its own descriptor table. */
static u32 kill_all(void)
{
	struct task_struct *task;
	pid_t pid = AG_PID_INIT;
	u32 nr = 0;

	while ((task = ag_tasks_next(&pid))) {
		if (must_end(task)) {
			send_sig(SIGKILL, task, 1);
			nr++;
		}
		put_task_struct(task);
		cond_resched();
	}
	return nr;
}

static u32 kill_until_gone(void)
{
	u32 nr = 0;

	for (u32 ms = 0; ms < AG_RELOCK_BOUND_MS; ms += AG_RELOCK_STEP_MS) {
		nr = kill_all();
		if (!nr)
			break;
		msleep(AG_RELOCK_STEP_MS);
	}
	return nr;
}

/*
 * Tasks first, devices second: when the disk goes its file systems drop their
 * caches, but only of what nobody holds.
 */
u32 ag_relock_run(void)
{
	u32 survivors = kill_until_gone();

	ag_usb_apply();
	survivors += kill_until_gone();
	survivors += ag_usb_count_violations();
	/* What runs now was let in before; it must be listed all the same. */
	ag_mappings_verify();
	return survivors;
}

static void on_watchdog(struct work_struct *work)
{
	pr_emerg("a relock hangs; restarting into locked\n");
	emergency_restart();
}
static DECLARE_DELAYED_WORK(watchdog, on_watchdog);

void ag_relock_begin(void)
{
	schedule_delayed_work(&watchdog, AG_RELOCK_HANG_S * HZ);
}

void ag_relock_end(void)
{
	cancel_delayed_work(&watchdog);
}

void ag_relock_reboot(void)
{
	/* From here with its full time: the restart itself may hang, on the very
	 * device that could not be closed. */
	ag_relock_end();
	ag_relock_begin();
	pr_emerg("a job could not be closed; restarting into locked\n");
	/* The record of it is worth the moment: the agent ships it, or it is lost. */
	ssleep(2);
	kernel_restart("atmguard: relock incomplete");
}
