/* SPDX-License-Identifier: GPL-2.0-only */
/* Guards the guard and the kernel under it: modules, bpf, ptrace, lockdown, mounts. */
#ifndef AG_GUARD_BPF_H
#define AG_GUARD_BPF_H

#include "core_fixes.bpf.h"
#include "verdict.bpf.h"

/* D1, X25, X26: reached by mount(2) and by fsmount(2) with the super block made,
 * so that the disk is known whatever name it was given. */
SEC("lsm.s/sb_kern_mount")
int BPF_PROG(ag_mount, const struct super_block *sb, int ret)
{
	int r;

	if (ret || !is_sealed())
		return ret;
	r = atmguard_judge_mount(sb);
	return r ? deny_call(ATMGUARD_HOOK_MOUNT, r, sb->s_dev) : 0;
}

static __always_inline bool is_module(enum kernel_load_data_id id)
{
	return id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE);
}

/*
 * D28: what is mounted over a protected directory would be read in its place.
 * systemd does it inside the sandboxes of its units and is flagged `mount`.
 * So would a mount over a process in procfs hide it.
 */
static __always_inline int judge_mount_point(const struct path *path)
{
	if (!is_sealed() || !atmguard_protects_path(path) || current_has_flag(AG_FLAG_MOUNT))
		return 0;
	return atmguard_deny_path(ATMGUARD_HOOK_MOUNT, -EPERM, path) ? -EPERM : 0;
}

/* Calls of mount(2) that change a mount and make none. */
static __always_inline bool makes_no_mount(unsigned long flags)
{
	return (flags & MS_REMOUNT) || (!(flags & MS_BIND) && (flags & MS_PROPAGATION));
}

SEC("lsm/sb_mount")
int BPF_PROG(ag_mount_on, const char *dev_name, const struct path *path, const char *type,
	     unsigned long flags, void *data, int ret)
{
	return ret || makes_no_mount(flags) ? ret : judge_mount_point(path);
}

/* The root of every process at once. */
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
	return ret ?: judge_mount_point(to);
}

/* X39, X40: kexec images, firmware by the sysfs fallback and the like come from
 * memory only where somebody means ill.  A module may, see the next hook. */
SEC("lsm/kernel_load_data")
int BPF_PROG(ag_load_data, enum kernel_load_data_id id, bool contents, int ret)
{
	if (ret || !is_sealed() || (is_module(id) && contents))
		return ret;
	return deny_call(ATMGUARD_HOOK_KERNEL, -EPERM, id);
}

/* X36: kmod before 31 unpacks compressed modules itself and hands them over from
 * memory; the kernel's copy is judged by its content like any file. */
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

/* What a file must be listed as for the kernel to read it so; 0: never. */
static __always_inline __u8 type_for(enum kernel_read_file_id id)
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

/* X37, X40: the kernel keeps writers out from before this hook until it has
 * read the file, compressed or not. */
SEC("lsm.s/kernel_read_file")
int BPF_PROG(ag_read_file, struct file *file, enum kernel_read_file_id id, bool contents, int ret)
{
	__u8 type = type_for(id);
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

/* Loading and attaching what acts on one control group, for systemd's units. */
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

/* X41: no program, map or link of ours can be reached, replaced or detached. */
SEC("lsm/bpf")
int BPF_PROG(ag_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	/* The result so far comes behind the arguments, which newer kernels (6.17)
	 * have one more of; it is 0, or this would not be called. */
	if (!is_sealed())
		return 0;
	if (is_cgroup_call(cmd, attr) && current_has_power(AG_FLAG_CGROUP_BPF))
		return 0;
	return deny_call(ATMGUARD_HOOK_BPF, -EPERM, cmd);
}

/* X19: ptrace, process_vm_writev, /proc/PID/mem, pidfd_getfd all ask for ATTACH. */
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

/* A probe of perf with a reference counter writes into the memory of every
 * process that maps a file. */
SEC("lsm/perf_event_open")
int ag_perf_open(unsigned long long *ctx)
{
	return is_sealed() ? deny_call(ATMGUARD_HOOK_LOCKDOWN, -EPERM, LOCKDOWN_PERF) : 0;
}

/* X20: in a namespace of their own ordinary users could mount, and serve files
 * that change between two reads. */
SEC("lsm/userns_create")
int BPF_PROG(ag_userns, const struct cred *cred, int ret)
{
	if (ret || cred->euid.val == 0 || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_CONTROL, -EPERM, cred->euid.val);
}

/* X39, X47: everything kernel_lockdown(7) knows, but for unsigned modules,
 * which the list decides. */
SEC("lsm/locked_down")
int BPF_PROG(ag_lockdown, enum lockdown_reason what, int ret)
{
	if (ret || what == LOCKDOWN_NONE || what == LOCKDOWN_MODULE_SIGNATURE || !is_sealed())
		return ret;
	return deny_call(ATMGUARD_HOOK_LOCKDOWN, -EPERM, what);
}

/* Could make a task's program appear to be another one, which is what owner and
 * interpreter checks go by.  systemd sets its argument area by the other
 * options.  -ENOSYS: not handled here. */
static __always_inline bool changes_program(int option, unsigned long what)
{
	return option == PR_SET_MM && (what == PR_SET_MM_EXE_FILE || what == PR_SET_MM_MAP);
}

SEC("lsm/task_prctl")
int BPF_PROG(ag_prctl, int option, unsigned long what, unsigned long a3, unsigned long a4,
	     unsigned long a5, int ret)
{
	int r;

	if ((ret && ret != -ENOSYS) || !changes_program(option, what) || !is_sealed())
		return ret ?: -ENOSYS;
	r = deny_call(ATMGUARD_HOOK_PERSONA, -EPERM, what);
	return r ?: -ENOSYS;
}

#endif
