/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs call in the kernel: kmod/kfunc.c and fs/bpf_fs_kfuncs.c. */
#ifndef AG_KFUNCS_BPF_H
#define AG_KFUNCS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <linux/atmguard.h>
#include <atmguard/exec.h>
#include <atmguard/object.h>
#include <atmguard/verdict.h>

extern __u32 atmguard_generation(void) __ksym;
extern __u32 atmguard_scopes(void) __ksym;
extern int atmguard_judge(struct file *file, struct atmguard_verdict *v, __u32 v__sz) __ksym;
extern void atmguard_allow_writers(struct file *file) __ksym;
extern __u32 atmguard_judge_data(__u64 data, __u64 size) __ksym;
extern int atmguard_deny(__u32 hook, int error, struct file *file) __ksym;
extern int atmguard_deny_start(struct linux_binprm *bprm) __ksym;
extern int atmguard_deny_ioctl(struct file *file, __u32 cmd) __ksym;
extern int atmguard_deny_name(__u32 hook, int error, struct dentry *dentry) __ksym;
extern int atmguard_deny_path(__u32 hook, int error, const struct path *path) __ksym;
extern int atmguard_deny_call(__u32 hook, int error, __u64 what) __ksym;
extern __u32 atmguard_node_owner(struct file *file) __ksym;
extern int atmguard_judge_block(struct file *file) __ksym;
extern int atmguard_judge_mount(const struct super_block *sb, __u32 point) __ksym;
extern __u32 atmguard_mount_point(const struct path *path) __ksym;
extern int atmguard_fits_point(const struct path *from, const struct path *to) __ksym;
extern void atmguard_forget(struct super_block *sb) __ksym;
extern int atmguard_protects_file(struct file *file) __ksym;
extern int atmguard_protects_name(struct dentry *dentry) __ksym;
extern int atmguard_protects_new(struct dentry *dentry) __ksym;
extern int atmguard_protects_path(const struct path *path) __ksym;
extern int atmguard_is_control(struct file *file) __ksym;
extern int atmguard_has_only_trusted_text(struct file *file) __ksym;
extern int atmguard_may_read_unlisted(struct file *file) __ksym;
extern int atmguard_is_opened_by_fixed_name(struct file *file) __ksym;
extern struct file *atmguard_examine_exec(struct linux_binprm *bprm, __u32 flags,
					  __u32 *reasons) __ksym;
extern int atmguard_has_foreign_root(struct linux_binprm *bprm) __ksym;
extern int atmguard_join_job(struct file *file, __u32 marks) __ksym;
extern struct file *atmguard_vma_file(struct vm_area_struct *vma) __ksym;
extern struct file *atmguard_open_shebang_interpreter(struct file *script) __ksym;
extern int atmguard_can_fake_success(__u64 prog) __ksym;
extern void atmguard_mark_reader(bool reader) __ksym;

extern struct file *bpf_get_task_exe_file(struct task_struct *task) __ksym;
extern void bpf_put_file(struct file *file) __ksym;

#endif
