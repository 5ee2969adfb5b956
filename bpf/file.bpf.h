/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening and changing files: write protection, device nodes, what interpreters read. */
#ifndef AG_FILE_BPF_H
#define AG_FILE_BPF_H

#include "verdict.bpf.h"

/* ---- writing ---- */

/* X18: writing to memory through /proc goes past every page protection, and
 * one's own needs no ptrace right. */
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
 * X27, X29: a file with a verdict may be running: nobody changes it in place,
 * updaters put a new one under its name.  One in a protected directory is what
 * the machine consists of.
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

/* The mark that include/atmguard/verdict.h explains; the verdict on the program has the last word. */
static __always_inline bool may_be_reader(void)
{
	return bpf_get_current_task_btf()->personality & AG_PERSONALITY_READER;
}

/* Nodes that reach memory, a disk, a bus or the input layer past the hooks that
 * guard them, run code the guard does not see, or show files that change while
 * they are read; nothing on a cash machine opens them (X21, X25, X47, D9). */
static __always_inline bool is_back_door(dev_t rdev, bool write)
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
	/* The firmware's settings. */
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

/* Whether opening /dev/tty must fail: bash tries at each start, and only a
 * program that has a terminal gets one. */
static __always_inline bool is_no_terminal(dev_t rdev)
{
	return rdev == DEV_TTY && !bpf_get_current_task_btf()->signal->tty;
}

/* Terminals and the like: what is read there is what somebody types.  The
 * memory devices (null, zero, random) hold no text, but for the kernel's log,
 * into which root writes. */
static __always_inline bool is_typed_code(struct file *file)
{
	dev_t rdev = file->f_inode->i_rdev;

	if ((MAJOR(rdev) == MEM_MAJOR && rdev != DEV_KMSG) || !may_be_reader() || is_no_terminal(rdev) || has_tools())
		return false;
	/* A strict program may say something there. */
	return current_has_flag(file->f_mode & FMODE_READ ? AG_FLAGS_READER : AG_FLAG_INTERPRETER);
}

/* P6: a named node belongs to the programs of its owner group. */
static __always_inline int judge_char(struct file *file)
{
	struct atmguard_verdict v = {};
	__u8 owner;

	if (!is_sealed())
		return 0;
	if (is_back_door(file->f_inode->i_rdev, file->f_mode & FMODE_WRITE))
		return deny(ATMGUARD_HOOK_NODE, -EPERM, file);
	if (is_typed_code(file))
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
 * import or environment, so it is listed or not read, but for what the policy
 * names as plain data.  Pipes with a name are text that anybody may put there.
 */
static __always_inline int judge_read(struct file *file, umode_t type)
{
	struct atmguard_verdict v = {}, *kept;
	__u16 flags;
	bool fresh;
	int r = 0;

	/* The kernel's own opens to execute or to hash. */
	if ((file->f_flags & FMODE_EXEC) || !is_sealed())
		return 0;
	flags = current_flags();
	/* X65: its configuration is the vendor's, wherever it was told to look. */
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
	/* Not judged, so that it can be written again even if it happens to hold
	 * what is listed: an empty file, say. */
	else if (atmguard_may_read_unlisted(file))
		return 0;
	else
		r = verdict_get(file, &v);
	if (!r && !(has_tools() || may_update()) &&
	    ((v.flags & AG_FLAG_MAINTENANCE) || !atmguard_is_opened_by_fixed_name(file)))
		r = fresh && atmguard_may_read_unlisted(file) ? 0 : -EXDEV;
	return r ? deny(ATMGUARD_HOOK_INTERP, r, file) : 0;
}

/* Every open that is not the reading of a plain file by a plain program. */
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
 * The one place every open passes, by any system call, io_uring included.
 * Sleepable: an interpreter's file may have to be hashed.  Reading a plain file
 * is what happens most and is decided here in a few instructions; the rest is
 * a function of its own, so that this one saves and restores next to nothing.
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
