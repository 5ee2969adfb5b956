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
#include <linux/spinlock.h>

#include "block.h"
#include "usb.h"

/* Different maintenance programs in one job; a policy has a handful. */
#define AG_PROGRAMS_MAX		64u
/* A killed task is gone in milliseconds unless it waits for a device. */
#define AG_RELOCK_BOUND_MS	5000u
#define AG_RELOCK_STEP_MS	10u

struct program {
	dev_t dev;
	unsigned long ino;
};

/* programs_lock protects programs and nr_programs; nothing nests inside. */
static DEFINE_SPINLOCK(programs_lock);
static struct program programs[AG_PROGRAMS_MAX];
static u32 nr_programs;
static bool programs_overflow;	/* then every task is taken for one of them */

static bool is_program(const struct inode *inode)
{
	bool found;

	spin_lock(&programs_lock);
	found = false;
	for (u32 i = 0; i < nr_programs && !found; i++)
		found = programs[i].dev == inode->i_sb->s_dev && programs[i].ino == inode->i_ino;
	spin_unlock(&programs_lock);
	return found;
}

void ag_relock_note_program(const struct inode *inode)
{
	if (is_program(inode))
		return;
	spin_lock(&programs_lock);
	if (nr_programs < AG_PROGRAMS_MAX)
		programs[nr_programs++] = (struct program){ inode->i_sb->s_dev, inode->i_ino };
	else
		programs_overflow = true;
	spin_unlock(&programs_lock);
}

static bool is_medium_file(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return ag_block_is_medium(inode->i_sb) || ag_block_is_medium_node(inode);
}

static int match_fd(const void *unused, struct file *file, unsigned int fd)
{
	return is_medium_file(file);
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
	spin_lock(&task->fs->lock);
	held = ag_block_is_medium(task->fs->pwd.dentry->d_sb) ||
	       ag_block_is_medium(task->fs->root.dentry->d_sb);
	spin_unlock(&task->fs->lock);
	return held;
}

static bool maps_medium(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	bool held = false;

	mmap_read_lock(mm);
	VMA_ITERATOR(vmi, mm, 0);
	for_each_vma(vmi, vma)
		if (vma->vm_file && is_medium_file(vma->vm_file)) {
			held = true;
			break;
		}
	mmap_read_unlock(mm);
	return held;
}

static bool runs_program(struct mm_struct *mm)
{
	struct file *exe;
	bool runs;

	rcu_read_lock();
	exe = rcu_dereference(mm->exe_file);
	runs = exe && is_program(file_inode(exe));
	rcu_read_unlock();
	return runs;
}

static bool must_end(struct task_struct *task)
{
	struct mm_struct *mm;
	bool end;

	task_lock(task);
	end = holds_fd(task) || holds_directory(task);
	task_unlock(task);
	if (end)
		return true;
	mm = get_task_mm(task);
	if (!mm)
		return false;
	end = runs_program(mm) || maps_medium(mm);
	mmput(mm);
	return end;
}

/* The next task with a number above *pid, referenced; NULL at the end. */
static struct task_struct *next_task_above(pid_t *pid)
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

/* Kill everything that must end; returns how many there were.  Threads are
 * looked at one by one: each may have its own descriptor table. */
static u32 kill_all(void)
{
	struct task_struct *task;
	pid_t pid = 1;	/* init is never killed: it holds nothing of a job */
	u32 nr = 0;

	while ((task = next_task_above(&pid))) {
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
	spin_lock(&programs_lock);
	if (programs_overflow)
		survivors++;
	if (!survivors)
		nr_programs = 0;
	spin_unlock(&programs_lock);
	return survivors;
}

void ag_relock_reboot(void)
{
	pr_emerg("a job could not be closed; restarting into locked\n");
	/* The record of it is worth the moment: the agent ships it, or it is lost. */
	ssleep(2);
	kernel_restart("atmguard: relock incomplete");
}
