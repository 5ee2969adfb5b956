// SPDX-License-Identifier: GPL-2.0-only
// Ends what runs code that the policy in force does not list.
#include "mappings.h"

#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "audit.h"
#include "content.h"
#include "pin.h"
#include "policy.h"
#include "state.h"
#include "tasks.h"

/* What a file was found listed as; the reference keeps its inode, the key, from
 * becoming another file's. */
struct known {
	struct file *file;
	u8 types;		/* AG_TYPE_*, 0: not listed */
	u16 flags;		/* AG_FLAG_* */
};

static void look_up(struct known *k)
{
	struct ag_policy_entry entry;
	u32 generation;

	if (!ag_pin_is_pinned(file_inode(k->file)->i_sb) || ag_content_find(k->file, &entry, &generation))
		return;
	k->types = entry.types;
	k->flags = le16_to_cpu(entry.flags);
}

/* What is known of @file, whose reference is taken over; NULL: no memory. */
static const struct known *learn(struct xarray *files, struct file *file)
{
	unsigned long key = (unsigned long)file_inode(file);
	struct known *k = xa_load(files, key);

	if (k) {
		fput(file);
		return k;
	}
	k = kzalloc(sizeof(*k), GFP_KERNEL);
	if (!k || xa_is_err(xa_store(files, key, k, GFP_KERNEL))) {
		kfree(k);
		fput(file);
		return NULL;
	}
	k->file = file;
	look_up(k);
	return k;
}

static void forget_all(struct xarray *files)
{
	struct known *k;
	unsigned long key;

	xa_for_each(files, key, k) {
		fput(k->file);
		kfree(k);
	}
	xa_destroy(files);
}

/*
 * The file of the next executable mapping from *addr on, referenced; *addr goes
 * past it.  NULL at the end.  *has_anon becomes true if there is anonymous
 * executable memory on the way; the vDSO, which is the kernel's, is not.
 */
static struct file *next_code(struct mm_struct *mm, unsigned long *addr, bool *has_anon)
{
	struct vm_area_struct *vma;
	struct file *file = NULL;

	mmap_read_lock(mm);
	VMA_ITERATOR(vmi, mm, *addr);
	for_each_vma(vmi, vma) {
		if (!(vma->vm_flags & VM_EXEC))
			continue;
		if (vma->vm_file) {
			*addr = vma->vm_end;
			file = get_file(vma->vm_file);
			break;
		}
		*has_anon |= vma_is_anonymous(vma);
	}
	mmap_read_unlock(mm);
	return file;
}

static bool may_generate_code(struct xarray *files, struct mm_struct *mm)
{
	const struct known *k;
	struct file *exe;

	rcu_read_lock();
	exe = get_file_rcu(&mm->exe_file);
	rcu_read_unlock();
	k = exe ? learn(files, exe) : NULL;
	return k && (k->flags & AG_FLAG_JIT);
}

/* Whether all code in @mm is listed; if not, *ret_file is what is not, NULL for
 * anonymous memory.  It lives as long as @files. */
static bool is_listed(struct xarray *files, struct mm_struct *mm, struct file **ret_file)
{
	unsigned long addr = 0;
	bool has_anon = false;
	struct file *file;

	*ret_file = NULL;
	while ((file = next_code(mm, &addr, &has_anon))) {
		const struct known *k = learn(files, file);

		if (!k)
			return false;
		if (!(k->types & (AG_TYPE_PROGRAM | AG_TYPE_LIBRARY))) {
			*ret_file = k->file;
			return false;
		}
		cond_resched();
	}
	return !has_anon || may_generate_code(files, mm);
}

static bool is_spared(const struct task_struct *task)
{
	return task->tgid == AG_PID_INIT || ag_policy_is_observe();
}

static void report(const struct task_struct *task, struct file *file)
{
	const char *does = task->tgid == AG_PID_INIT ? "restart the machine" :
			   ag_policy_is_observe() ? "left alone" : "ended";
	char path[128], text[sizeof(((struct atmguard_record *)0)->detail)];
	const char *name = file ? file_path(file, path, sizeof(path)) : "executable memory";

	snprintf(text, sizeof(text), "runs what is not listed, %s: %s (%d), %s", does, task->comm,
		 task->tgid, IS_ERR(name) ? "a file" : name);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_ALARM, .job = ag_state_job(),
					   .detail = text });
}

static bool must_end(struct xarray *files, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct file *file;
	bool listed;

	if (!mm)
		return false;
	listed = is_listed(files, mm, &file);
	mmput(mm);
	if (listed || fatal_signal_pending(task))
		return false;
	report(task, file);
	return !is_spared(task);
}

/* Threads share what their leader maps, as long as it lives. */
static bool is_looked_after(struct task_struct *task)
{
	bool yes;

	rcu_read_lock();
	yes = !thread_group_leader(task) && READ_ONCE(task->group_leader->mm);
	rcu_read_unlock();
	return yes;
}

u32 ag_mappings_verify(void)
{
	struct task_struct *task;
	struct xarray files;
	pid_t pid = 0;
	u32 nr = 0;

	xa_init(&files);
	while ((task = ag_tasks_next(&pid))) {
		if (!is_looked_after(task) && must_end(&files, task)) {
			send_sig(SIGKILL, task, 1);
			nr++;
		}
		put_task_struct(task);
	}
	forget_all(&files);
	return nr;
}

static void verify(struct work_struct *work)
{
	ag_mappings_verify();
}
static DECLARE_WORK(verification, verify);

void ag_mappings_verify_later(void)
{
	queue_work(system_unbound_wq, &verification);
}
