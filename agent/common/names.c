// SPDX-License-Identifier: MIT
// Tables of words for the numbers in include/uapi/linux/atmguard.h.
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR(table) (sizeof(table) / sizeof((table)[0]))

static const char *const states[] = {
	[ATMGUARD_UNSEALED] = "unsealed",
	[ATMGUARD_LOCKED] = "locked",
	[ATMGUARD_MAINTENANCE] = "maintenance",
	[ATMGUARD_RELOCKING] = "relocking",
	[ATMGUARD_TAMPERED] = "tampered",
};
_Static_assert(NR(states) == ATMGUARD_NR_STATES, "every state has a name");

static const char *const scopes[] = {
	"tools", "storage-read", "storage-write", "keyboard",
	"update", "boot", "hardware", "decommission",
};
_Static_assert((1u << NR(scopes)) - 1 == ATMGUARD_SCOPES_ALL, "every scope has a name");

static const char *const events[] = {
	[ATMGUARD_EV_BOOT] = "BOOT",
	[ATMGUARD_EV_CONTINUE] = "CONTINUE",
	[ATMGUARD_EV_IDENTITY] = "IDENTITY",
	[ATMGUARD_EV_POLICY] = "POLICY",
	[ATMGUARD_EV_SEAL] = "SEAL",
	[ATMGUARD_EV_DENY] = "DENY",
	[ATMGUARD_EV_USB] = "USB",
	[ATMGUARD_EV_UNLOCK] = "UNLOCK",
	[ATMGUARD_EV_RELOCK] = "RELOCK",
	[ATMGUARD_EV_REFUSED] = "REFUSED",
	[ATMGUARD_EV_RECEIPT] = "RECEIPT",
	[ATMGUARD_EV_MOUNT] = "MOUNT",
	[ATMGUARD_EV_RUN] = "RUN",
	[ATMGUARD_EV_ALARM] = "ALARM",
};
_Static_assert(NR(events) == ATMGUARD_NR_EVENTS, "every event has a name");

static const char *const hooks[] = {
	[ATMGUARD_HOOK_NONE] = "none",
	[ATMGUARD_HOOK_EXEC] = "exec",
	[ATMGUARD_HOOK_MMAP] = "mmap",
	[ATMGUARD_HOOK_MPROTECT] = "mprotect",
	[ATMGUARD_HOOK_ANON] = "anon",
	[ATMGUARD_HOOK_INTERP] = "interp",
	[ATMGUARD_HOOK_WRITE] = "write",
	[ATMGUARD_HOOK_REPLACE] = "replace",
	[ATMGUARD_HOOK_BLOCK] = "block",
	[ATMGUARD_HOOK_MOUNT] = "mount",
	[ATMGUARD_HOOK_NODE] = "node",
	[ATMGUARD_HOOK_BPF] = "bpf",
	[ATMGUARD_HOOK_PTRACE] = "ptrace",
	[ATMGUARD_HOOK_MODULE] = "module",
	[ATMGUARD_HOOK_KERNEL] = "kernel",
	[ATMGUARD_HOOK_LOCKDOWN] = "lockdown",
	[ATMGUARD_HOOK_PERSONA] = "persona",
	[ATMGUARD_HOOK_CONTROL] = "control",
};
_Static_assert(NR(hooks) == ATMGUARD_NR_HOOKS, "every hook has a name");

static const char *const relocks[] = {
	[ATMGUARD_RELOCK_DONE] = "done",
	[ATMGUARD_RELOCK_TIMER] = "timer",
};

static const char *pick(const char *const *table, size_t nr, unsigned int i)
{
	return i < nr && table[i] ? table[i] : "unknown";
}

static int find(const char *const *table, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (table[i] && !strcmp(table[i], name))
			return (int)i;
	return -ENOENT;
}

const char *ag_names_state(unsigned int state) { return pick(states, NR(states), state); }
const char *ag_names_event(unsigned int event) { return pick(events, NR(events), event); }
const char *ag_names_hook(unsigned int hook) { return pick(hooks, NR(hooks), hook); }
const char *ag_names_relock(unsigned int relock) { return pick(relocks, NR(relocks), relock); }

const char *ag_names_scope(unsigned int bit)
{
	return bit < NR(scopes) ? scopes[bit] : NULL;
}

int ag_names_find_state(const char *name) { return find(states, NR(states), name); }
int ag_names_find_scope(const char *name) { return find(scopes, NR(scopes), name); }

void ag_names_scopes(__u32 mask, char *buf, size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "-");
	for (unsigned int bit = 0; bit < NR(scopes) && used < size; bit++)
		if (mask & (1u << bit))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? "," : "",
						 scopes[bit]);
}

const char *ag_names_errno(int error, char *buf, size_t size)
{
	const char *name = strerrorname_np(abs(error));

	if (name)
		snprintf(buf, size, "%s", error ? name : "0");
	else
		snprintf(buf, size, "E%d", abs(error));
	return buf;
}
