/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel and the guard in it: mounts, modules, bpf(2), ptrace, lockdown.
 *
 * Hooks, what each decides and why it is the choke point (numbers like X41 are
 * rows of doc/THREATS.md; doc/HOOKS.md has all hooks):
 *
 * sb_kern_mount           Whether a file system is mounted. mount(2) and fsmount(2) meet
 *                         here with the super block made: its disk is known, whatever name
 *                         it was given.
 * sb_delete               Nothing: the module forgets a file system that ends. This is the
 *                         last moment at which its address cannot be another file
 *                         system's.
 * fs_context_parse_param  Whether a mount option is taken. Each option of either call
 *                         passes it, before the file system acts upon it.
 * sb_mount                Whether mount(2) may cover this directory.
 * move_mount              The same for move_mount(2). These two are the only hooks that
 *                         know where something is mounted.
 * sb_pivotroot            Whether the root directory of every process is exchanged.
 * kernel_load_data        Whether the kernel takes a module, firmware or an image of kexec
 *                         from memory. init_module(2) and the like have no file to judge.
 * kernel_post_load_data   Whether a module from memory is listed. What is judged is the
 *                         kernel's own copy, which nobody changes any more.
 * kernel_read_file        Whether the kernel reads a module, firmware or an image of kexec
 *                         from this file. The kernel keeps writers out from before this
 *                         hook until it has read all.
 * bpf                     Whether bpf(2) does anything. All commands pass it, so no
 *                         program, map or link of ours is reached.
 * ptrace_access_check     Whether a task may enter another one. ptrace(2),
 *                         process_vm_writev(2), /proc/PID/mem and pidfd_getfd(2) all ask.
 * ptrace_traceme          Whether a task may have its parent trace it. PTRACE_TRACEME does
 *                         not ask the hook above.
 * perf_event_open         Whether perf_event_open(2) does anything. Its probes (uprobes)
 *                         can write into processes, and no later hook sees that.
 * userns_create           Whether an ordinary user gets a user namespace. Whatever he
 *                         could do in it as root needs it first.
 * locked_down             Whether the kernel does what kernel_lockdown(7) lists. The
 *                         kernel asks this itself wherever it could be changed from
 *                         outside.
 * task_prctl              Whether a task names another file as its program. Owner groups
 *                         and flags go by that file; besides an exec only prctl(2) changes
 *                         it.
 */
#ifndef AG_GUARD_BPF_H
#define AG_GUARD_BPF_H

#include "core_fixes.bpf.h"
#include "verdict.bpf.h"

/* For a task inside mount(2): the number of the named file system that alone may
 * be mounted where it mounts, see expect_named_mount(); 0: any. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} mount_points SEC(".maps");

static __always_inline __u32 take_mount_point(void)
{
	__u32 *kept = bpf_task_storage_get(&mount_points, bpf_get_current_task_btf(), 0, 0);
	__u32 point = kept ? *kept : 0;

	if (kept)
		*kept = 0;
	return point;
}

static __always_inline bool keep_mount_point(__u32 point)
{
	__u32 *kept = bpf_task_storage_get(&mount_points, bpf_get_current_task_btf(), 0,
					   BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (kept)
		*kept = point;
	return kept;
}

/* D1, D29, X25, X26: of what lies on a device, only file systems of the machine's
 * own disk and of media that a job opened are mounted. */
SEC("lsm.s/sb_kern_mount")
int BPF_PROG(ag_mount, const struct super_block *sb, int ret)
{
	int r;

	if (ret || !is_sealed())
		return ret;
	r = atmguard_judge_mount(sb, take_mount_point());
	return r ? deny_call(ATMGUARD_HOOK_MOUNT, r, sb->s_dev) : 0;
}

/* D29: a pinned file system is known by the address of its super block. */
SEC("lsm/sb_delete")
int BPF_PROG(ag_sb_delete, struct super_block *sb)
{
	atmguard_forget(sb);
	return 0;
}

/* Whether a mount option names another place for a file system's metadata. */
static __always_inline bool moves_metadata(const char *name)
{
	char key[16] = {};

	bpf_probe_read_kernel_str(key, sizeof(key), name);
	return !bpf_strncmp(key, sizeof(key), "sb") ||
	       !bpf_strncmp(key, sizeof(key), "journal_dev") ||
	       !bpf_strncmp(key, sizeof(key), "journal_path") ||
	       !bpf_strncmp(key, sizeof(key), "logdev") ||
	       !bpf_strncmp(key, sizeof(key), "rtdev");
}

/*
 * D29: with sb= ext4 takes its superblock from any block of the disk.  Root could
 * write a whole file system into a file, in which listed files share blocks with
 * files he may change, and mount that.  A journal elsewhere would be replayed
 * over the file system's blocks.
 */
SEC("lsm/fs_context_parse_param")
int BPF_PROG(ag_mount_option, struct fs_context *fc, struct fs_parameter *param, int ret)
{
	if ((ret && ret != -ENOPARAM) || !is_sealed() || !moves_metadata(param->key))
		return ret ?: -ENOPARAM;
	return deny_call(ATMGUARD_HOOK_MOUNT, -EPERM, 0) ?: -ENOPARAM;
}

static __always_inline bool is_module(enum kernel_load_data_id id)
{
	return id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE);
}

/*
 * D28, X64: what is mounted over a protected directory would be read in its
 * place, and what is mounted over a process in procfs would hide that process.
 * systemd mounts over such directories in the sandboxes of its units and is
 * flagged `mount`.
 */
static __always_inline bool may_mount_on(const struct path *path)
{
	return !atmguard_protects_path(path) || current_has_flag(AG_FLAG_MOUNT);
}

static __always_inline int deny_mount_on(const struct path *path)
{
	return atmguard_deny_path(ATMGUARD_HOOK_MOUNT, -EPERM, path) ? -EPERM : 0;
}

/* Whether this call of mount(2) changes a mount there is and makes none. */
static __always_inline bool only_changes_mount(unsigned long flags)
{
	return (flags & MS_REMOUNT) || (!(flags & MS_BIND) && (flags & MS_PROPAGATION));
}

/*
 * The directory a file system is named for in the policy is protected, and that
 * file system alone may be mounted on it.  mount(2) asks about the directory
 * first and finds the file system later: so the number of the one that belongs
 * here is kept with the task, and ag_mount() refuses any other.
 */
static __always_inline bool expect_named_mount(const struct path *path, unsigned long flags)
{
	__u32 point = flags & (MS_BIND | MS_MOVE) ? 0 : atmguard_mount_point(path);

	return point && keep_mount_point(point);
}

SEC("lsm/sb_mount")
int BPF_PROG(ag_mount_on, const char *dev_name, const struct path *path, const char *type,
	     unsigned long flags, void *data, int ret)
{
	if (ret || only_changes_mount(flags) || !is_sealed())
		return ret;
	/* An earlier call that failed between the two hooks left its number. */
	take_mount_point();
	return may_mount_on(path) || expect_named_mount(path, flags) ? 0 : deny_mount_on(path);
}

/* X64: it would show every process another tree. */
SEC("lsm/sb_pivotroot")
int BPF_PROG(ag_pivot_root, const struct path *put_old, const struct path *new_root, int ret)
{
	if (ret || !is_sealed() || current_has_flag(AG_FLAG_MOUNT))
		return ret;
	return atmguard_deny_path(ATMGUARD_HOOK_MOUNT, -EPERM, new_root) ? -EPERM : 0;
}

SEC("lsm/move_mount")
int BPF_PROG(ag_move_mount, const struct path *from, const struct path *to, int ret)
{
	if (ret || !is_sealed() || may_mount_on(to) || atmguard_fits_point(from, to))
		return ret;
	return deny_mount_on(to);
}

/* X39, X40: nothing but an attack hands the kernel an image of kexec or, by way
 * of sysfs, firmware from memory.  A module may come so: if its content follows
 * (@contents), the next hook judges that. */
SEC("lsm/kernel_load_data")
int BPF_PROG(ag_load_data, enum kernel_load_data_id id, bool contents, int ret)
{
	if (ret || !is_sealed() || (is_module(id) && contents))
		return ret;
	return deny_call(ATMGUARD_HOOK_KERNEL, -EPERM, id);
}

/* X36: kmod before version 31 unpacks compressed modules itself and hands them
 * over from memory. */
SEC("lsm/kernel_post_load_data")
int BPF_PROG(ag_data_loaded, char *data, loff_t size, enum kernel_load_data_id id,
	     char *description, int ret)
{
	if (ret || !is_sealed())
		return ret;
	if (is_module(id) && (atmguard_judge_data((__u64)data, size) & AG_TYPE_MODULE))
		return 0;
	return deny_call(ATMGUARD_HOOK_MODULE, -EPERM, id);
}

/* The type a file must be listed with to be read for this purpose; 0: no file is. */
static __always_inline __u8 required_type(enum kernel_read_file_id id)
{
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE))
		return AG_TYPE_MODULE;
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_FIRMWARE))
		return AG_TYPE_FIRMWARE;
	if (bpf_core_enum_value_exists(enum kernel_read_file_id___new, READING_MODULE_COMPRESSED) &&
	    id == (enum kernel_read_file_id)bpf_core_enum_value(enum kernel_read_file_id___new,
							       READING_MODULE_COMPRESSED))
		return AG_TYPE_MODULE;
	return 0;
}

/* X37, X39, X40: modules and firmware by list, all else never. */
SEC("lsm.s/kernel_read_file")
int BPF_PROG(ag_read_file, struct file *file, enum kernel_read_file_id id, bool contents, int ret)
{
	__u8 type = required_type(id);
	__u32 hook = type == AG_TYPE_MODULE ? ATMGUARD_HOOK_MODULE : ATMGUARD_HOOK_KERNEL;
	struct atmguard_verdict v = {};
	int r;

	if (ret || !is_sealed())
		return ret;
	r = verdict_get(file, &v);
	if (!r && !(v.types & type))
		r = -EPERM;
	return r ? deny(hook, r, file) : 0;
}

/* The commands systemd needs for its units: loading programs that act on one
 * control group, attaching them, and their maps. */
static __always_inline bool is_cgroup_call(int cmd, union bpf_attr *attr)
{
	switch (cmd) {
	case BPF_MAP_CREATE:
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_LOOKUP_ELEM:
	case BPF_OBJ_GET_INFO_BY_FD:
	case BPF_PROG_QUERY:
		return true;
	case BPF_PROG_LOAD:
		return attr->prog_type == BPF_PROG_TYPE_CGROUP_SKB ||
		       attr->prog_type == BPF_PROG_TYPE_CGROUP_SOCK ||
		       attr->prog_type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR ||
		       attr->prog_type == BPF_PROG_TYPE_CGROUP_DEVICE ||
		       attr->prog_type == BPF_PROG_TYPE_CGROUP_SYSCTL;
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
		return attr->attach_type <= BPF_CGROUP_DEVICE ||
		       attr->attach_type == BPF_CGROUP_INET4_BIND ||
		       attr->attach_type == BPF_CGROUP_INET6_BIND;
	}
	return false;
}

/* X41: except systemd's use of it. */
SEC("lsm/bpf")
int BPF_PROG(ag_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	/* No @ret: it is the argument behind the last, and which one that is
	 * differs, since 6.17 added one.  It would be 0: when an LSM before this
	 * one refuses, this is not called. */
	if (!is_sealed())
		return 0;
	if (is_cgroup_call(cmd, attr) && current_has_power(AG_FLAG_CGROUP_BPF))
		return 0;
	return deny_call(ATMGUARD_HOOK_BPF, -EPERM, cmd);
}

/* X19: who only looks (PTRACE_MODE_READ), as ps does, may. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(ag_ptrace, struct task_struct *child, unsigned int mode, int ret)
{
	if (ret || !(mode & PTRACE_MODE_ATTACH) || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_PTRACE, -EPERM, child->tgid);
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(ag_traceme, struct task_struct *parent, int ret)
{
	if (ret || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_PTRACE, -EPERM, parent->tgid);
}

/* X47: a uprobe with a reference counter adds to a word in the memory of every
 * process that maps the file. */
SEC("lsm/perf_event_open")
int ag_perf_open(unsigned long long *ctx)
{
	return is_sealed() ? deny_call(ATMGUARD_HOOK_LOCKDOWN, -EPERM, LOCKDOWN_PERF) : 0;
}

/* X20: as root of a user namespace an ordinary user could mount file systems of
 * his own, whose content changes between two reads (FUSE). */
SEC("lsm/userns_create")
int BPF_PROG(ag_userns, const struct cred *cred, int ret)
{
	if (ret || cred->euid.val == 0 || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_CONTROL, -EPERM, cred->euid.val);
}

/* X39, X47: all reasons are refused but unsigned modules, which the policy's list
 * decides. */
SEC("lsm/locked_down")
int BPF_PROG(ag_lockdown, enum lockdown_reason what, int ret)
{
	if (ret || what == LOCKDOWN_NONE || what == LOCKDOWN_MODULE_SIGNATURE || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_LOCKDOWN, -EPERM, what);
}

/* X19: the options that set another file as /proc/PID/exe.  systemd uses the
 * others, to set its title. */
static __always_inline bool changes_exe_file(int option, unsigned long what)
{
	return option == PR_SET_MM && (what == PR_SET_MM_EXE_FILE || what == PR_SET_MM_MAP);
}

SEC("lsm/task_prctl")
int BPF_PROG(ag_prctl, int option, unsigned long what, unsigned long a3, unsigned long a4,
	     unsigned long a5, int ret)
{
	int r;

	/* -ENOSYS, the hook's default, has the kernel handle the call as ever. */
	if ((ret && ret != -ENOSYS) || !changes_exe_file(option, what) || !is_sealed())
		return ret ?: -ENOSYS;
	r = deny_call(ATMGUARD_HOOK_PERSONA, -EPERM, what);
	return r ?: -ENOSYS;
}

#endif
