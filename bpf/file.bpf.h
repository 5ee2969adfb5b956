/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening files: write protection, device nodes, and what interpreters read.
 *
 * Hooks, what each decides and why it is the choke point (numbers like X29 are
 * rows of doc/THREATS.md; doc/HOOKS.md has all hooks):
 *
 * file_open               Whether a file, device node or pipe is opened, for what, by
 *                         whom. Every open passes it, by any system call, by io_uring and
 *                         by the kernel itself, with the inode found and the mode known,
 *                         and before anybody has a descriptor. The hook on each read and
 *                         write (file_permission) would come too late: it is not asked
 *                         when a mapping is written.
 */
#ifndef AG_FILE_BPF_H
#define AG_FILE_BPF_H

#include "verdict.bpf.h"

/* ---- writing ---- */

/* X18: a write to /proc/PID/mem ignores the protection of pages, and a task
 * needs no ptrace right for its own. */
static __always_inline bool is_proc_mem(const struct file *file)
{
	char name[5] = {};

	if (file->f_inode->i_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 0;
}

/*
 * X27, X29: a file with a verdict may be running, so nobody changes it in place;
 * an updater puts a new file under its name.  What lies in a protected
 * directory is the system as its vendor delivered it; only an updater changes it.
 */
static __always_inline int judge_write(struct file *file)
{
	if (!is_sealed())
		return 0;
	if (is_proc_mem(file))
		return deny(ATMGUARD_HOOK_PTRACE, -EPERM, file);
	if (atmguard_is_control(file) && !current_has_power(AG_FLAG_CONTROL))
		return deny(ATMGUARD_HOOK_CONTROL, -EPERM, file);
	if (bpf_inode_storage_get(&verdicts, file->f_inode, 0, 0))
		return deny(ATMGUARD_HOOK_WRITE, -ETXTBSY, file);
	if (atmguard_protects_file(file) && !may_update())
		return deny(ATMGUARD_HOOK_WRITE, -EPERM, file);
	return 0;
}

/* ---- device nodes ---- */

/* A cheap first look: every reader bears this mark, but so do some tasks that
 * are none.  The flags of the program decide then. */
static __always_inline bool may_be_reader(void)
{
	return bpf_get_current_task_btf()->personality & AG_PERSONALITY_READER;
}

/*
 * X21, X25, X47, D9: nodes by which memory, a disk, a bus or the input layer is
 * reached without the hooks that guard it, which run code that no hook sees
 * (KVM), or which make file systems whose content changes between two reads
 * (FUSE).  Nothing on a cash machine opens them.
 */
static __always_inline bool bypasses_hooks(dev_t rdev, bool write)
{
	switch (rdev) {
	case DEV_MEM:
	case DEV_PORT:
	case DEV_VFIO:
	case DEV_IOMMU:
	case DEV_CUSE:
	case DEV_UINPUT:
	case DEV_FUSE:
	case DEV_SNAPSHOT:
	case DEV_KVM:
	case DEV_MAPPER:
	case DEV_LOOP_CONTROL:
	case DEV_UHID:
		return true;
	/* The firmware's settings: may be read. */
	case DEV_NVRAM:
		return write;
	}
	switch (MAJOR(rdev)) {
	case SCSI_GENERIC_MAJOR:
	case MTD_CHAR_MAJOR:
		return true;
	case USB_DEVICE_MAJOR:
		return write;
	}
	return false;
}

/* Whether the kernel itself will fail this open with ENXIO: /dev/tty of a task
 * without a controlling terminal, which every bash tries at its start. */
static __always_inline bool is_missing_terminal(dev_t rdev)
{
	return rdev == DEV_TTY && !bpf_get_current_task_btf()->signal->tty;
}

/*
 * Whether an interpreter would read code from a character device: what somebody
 * types at a terminal, or sends over a serial line.  The memory devices (null,
 * zero, random) hold no text, except the kernel's log, into which root writes.
 */
static __always_inline bool reads_typed_code(struct file *file)
{
	dev_t rdev = file->f_inode->i_rdev;

	if ((MAJOR(rdev) == MEM_MAJOR && rdev != DEV_KMSG) || !may_be_reader() ||
	    is_missing_terminal(rdev) || has_tools())
		return false;
	/* A strict program may write there, messages for instance. */
	return current_has_flag(file->f_mode & FMODE_READ ? AG_FLAGS_READER : AG_FLAG_INTERPRETER);
}

/* P6: a node that the policy names is opened by the programs of its owner group. */
static __always_inline int judge_char(struct file *file)
{
	struct atmguard_verdict v = {};
	__u8 owner;

	if (!is_sealed())
		return 0;
	if (bypasses_hooks(file->f_inode->i_rdev, file->f_mode & FMODE_WRITE))
		return deny(ATMGUARD_HOOK_NODE, -EPERM, file);
	if (reads_typed_code(file))
		return deny(ATMGUARD_HOOK_INTERP, -EPERM, file);
	owner = atmguard_node_owner(file);
	if (!owner || (verdict_of_current(&v) && v.owner == owner))
		return 0;
	return deny(ATMGUARD_HOOK_NODE, -EPERM, file);
}

static __always_inline int judge_block(struct file *file)
{
	int r;

	if (!is_sealed())
		return 0;
	r = atmguard_judge_block(file);
	return r ? deny(ATMGUARD_HOOK_BLOCK, r, file) : 0;
}

/* ---- what interpreters read ---- */

/*
 * X32, X34, X35: whatever an interpreter reads may become code, by source,
 * import or environment.  So it reads listed files, and unlisted ones only where
 * the policy names them (`reads`) or the kernel writes them; no named pipes,
 * into which anybody may have put text.
 */
static __always_inline int judge_read(struct file *file, umode_t type)
{
	struct atmguard_verdict v = {}, *kept;
	__u16 flags;
	bool fresh;
	int r = 0;

	/* An exec, whose own hook judges the file, or the module that hashes it. */
	if ((file->f_flags & FMODE_EXEC) || !is_sealed())
		return 0;
	flags = current_flags();
	/* X65: a strict program is configured by protected files only, whatever
	 * path it was told to read. */
	if (flags & AG_FLAG_STRICT)
		return type == S_IFREG && atmguard_has_only_trusted_text(file) ? 0 :
		       deny(ATMGUARD_HOOK_INTERP, -EPERM, file);
	if (!(flags & AG_FLAG_INTERPRETER))
		return 0;
	if (type != S_IFREG)
		return deny(ATMGUARD_HOOK_INTERP, -EPERM, file);
	kept = bpf_inode_storage_get(&verdicts, file->f_inode, 0, 0);
	fresh = verdict_is_fresh(kept);
	if (fresh)
		verdict_store(&v, kept);
	/* Read without a verdict, which would make it unwritable for good if its
	 * content happened to be listed, as that of an empty file may be. */
	else if (atmguard_may_read_unlisted(file))
		return 0;
	else
		r = verdict_get(file, &v);
	if (!r && !(has_tools() || may_update()) &&
	    ((v.flags & AG_FLAG_MAINTENANCE) || !atmguard_is_opened_by_fixed_name(file)))
		r = fresh && atmguard_may_read_unlisted(file) ? 0 : -EXDEV;
	return r ? deny(ATMGUARD_HOOK_INTERP, r, file) : 0;
}

/* Every open but the common one that ag_file_open() decides by itself. */
static __noinline int judge_open(unsigned long long *ctx)
{
	struct file *file = (void *)ctx[0];
	umode_t type = file->f_inode->i_mode & S_IFMT;
	bool write = file->f_mode & FMODE_WRITE;

	switch (type) {
	case S_IFREG:
		return write ? judge_write(file) : judge_read(file, type);
	case S_IFIFO:
		return write || !may_be_reader() ? 0 : judge_read(file, type);
	case S_IFCHR:
		return judge_char(file);
	case S_IFBLK:
		return judge_block(file);
	}
	return 0;
}

/*
 * Sleepable, as an interpreter's file may have to be hashed.  Most opens read a
 * regular file in a program that is no reader; they are decided here in a few
 * instructions.  The others are decided in a function of its own, so that this
 * one has hardly a register to save.
 */
SEC("lsm.s/file_open")
int ag_file_open(unsigned long long *ctx)
{
	struct file *file = (void *)ctx[0];

	if (!(file->f_mode & FMODE_WRITE) && (file->f_inode->i_mode & S_IFMT) == S_IFREG &&
	    !may_be_reader())
		return 0;
	return judge_open(ctx);
}

#endif
