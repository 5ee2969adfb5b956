// SPDX-License-Identifier: GPL-2.0-only
/*
 * Defuses system calls that no LSM hook sees, by changing an argument register
 * before the call runs:
 *
 * personality(2): READ_IMPLIES_EXEC makes the heap and the stack executable as
 * they grow, with no hook on brk and stack growth.
 *
 * delete_module(2): O_TRUNC forces a module out whatever its reference count
 * (CONFIG_MODULE_FORCE_UNLOAD), the guard itself included.
 *
 * swapon(2): what was swapped out of any process could be changed on its way,
 * through a mapping of the swap file that is older than its use as one.  There
 * is no hook but the open for writing, which tells nothing of the purpose; an
 * unknown flag makes the call fail with EINVAL.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "syscall.h"

#include <linux/fcntl.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/personality.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <atmguard/verdict.h>

#include "deny.h"
#include "state.h"

/* Beyond SWAP_FLAGS_VALID (linux/swap.h). */
#define AG_SWAP_FLAG_INVALID	(1ul << 30)

static int deny(u16 hook, const char *detail)
{
	return ag_deny(hook, -EPERM, &(struct ag_event){ .detail = detail });
}

/* The wrappers get the user's registers as their only argument. */
static struct pt_regs *user_regs(struct pt_regs *regs)
{
	return (struct pt_regs *)regs->di;
}

static int on_personality(unsigned long *arg)
{
	if ((u32)*arg == 0xffffffff)	/* only asks */
		return 0;
	if ((*arg & READ_IMPLIES_EXEC) && ag_state_generation() &&
	    deny(ATMGUARD_HOOK_PERSONA, "READ_IMPLIES_EXEC"))
		*arg &= ~(unsigned long)READ_IMPLIES_EXEC;
	/* Marks are not the caller's to set or clear. */
	*arg &= ~(unsigned long)AG_PERSONALITY_MARKS;
	*arg |= current->personality & AG_PERSONALITY_MARKS;
	return 0;
}

static int on_delete_module(unsigned long *arg)
{
	/* Also where the policy observes: nothing needs it, and it would take the guard out. */
	if ((*arg & O_TRUNC) && ag_state_generation()) {
		deny(ATMGUARD_HOOK_MODULE, "forced removal of a module");
		*arg &= ~(unsigned long)O_TRUNC;
	}
	return 0;
}

static int on_swapon(unsigned long *arg)
{
	if (ag_state_generation() && deny(ATMGUARD_HOOK_CONTROL, "swapping"))
		*arg |= AG_SWAP_FLAG_INVALID;
	return 0;
}

/* Arguments: rdi, rsi on 64 bit, ebx, ecx in compatibility mode. */
static int personality_64(struct kprobe *p, struct pt_regs *regs)
{
	return on_personality(&user_regs(regs)->di);
}

static int personality_32(struct kprobe *p, struct pt_regs *regs)
{
	return on_personality(&user_regs(regs)->bx);
}

static int delete_module_64(struct kprobe *p, struct pt_regs *regs)
{
	return on_delete_module(&user_regs(regs)->si);
}

static int delete_module_32(struct kprobe *p, struct pt_regs *regs)
{
	return on_delete_module(&user_regs(regs)->cx);
}

static int swapon_64(struct kprobe *p, struct pt_regs *regs)
{
	return on_swapon(&user_regs(regs)->si);
}

static int swapon_32(struct kprobe *p, struct pt_regs *regs)
{
	return on_swapon(&user_regs(regs)->cx);
}

static struct kprobe probes[] = {
	{ .symbol_name = "__x64_sys_personality", .pre_handler = personality_64 },
	{ .symbol_name = "__ia32_sys_personality", .pre_handler = personality_32 },
	{ .symbol_name = "__x64_sys_delete_module", .pre_handler = delete_module_64 },
	{ .symbol_name = "__ia32_sys_delete_module", .pre_handler = delete_module_32 },
	{ .symbol_name = "__x64_sys_swapon", .pre_handler = swapon_64 },
	{ .symbol_name = "__ia32_sys_swapon", .pre_handler = swapon_32 },
};

/*
 * The BPF programs and the probes above hang on ftrace, which the sysctl
 * kernel.ftrace_enabled switches off for all but those who ask not to be: as
 * long as one permanent user is registered, writing 0 there fails.
 */
static void notrace see_nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				struct ftrace_regs *regs)
{
}

static struct ftrace_ops keep_on = { .func = see_nothing, .flags = FTRACE_OPS_FL_PERMANENT };

static int keep_ftrace_on(void)
{
	/* Rarely called.  By address: a name would be matched with every function's. */
	return ftrace_set_filter_ip(&keep_on, (unsigned long)panic, 0, 1) ?:
	       register_ftrace_function(&keep_on);
}

int ag_syscall_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		int r = register_kprobe(&probes[i]);

		if (r) {
			pr_err("probe on %s: %d\n", probes[i].symbol_name, r);
			return r;
		}
	}
	return keep_ftrace_on();
}
