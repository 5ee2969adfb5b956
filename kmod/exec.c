// SPDX-License-Identifier: GPL-2.0-only
// Answers the one question of the hook on exec: what is suspicious about a start.
#include "exec.h"

#include <linux/err.h>
#include <linux/fs_struct.h>
#include <linux/sched.h>
#include <linux/security.h>

#include "argument.h"
#include "environ.h"
#include "pin.h"
#include "script.h"
#include "tasks.h"

bool ag_exec_has_foreign_root(const struct linux_binprm *bprm)
{
	/* Process 1 shares its root with kernel threads. */
	if ((bprm->unsafe & LSM_UNSAFE_SHARE) && current->tgid != AG_PID_INIT)
		return true;
	return !ag_pin_is_root(current->fs->root.dentry);
}

/* The name a script was started by becomes an argument of its interpreter: a
 * file that is called "-c" would become the option. */
static bool looks_like_option(const char *name)
{
	return name[0] == '-' || name[0] == '+';
}

static bool is_misleading(const char *name)
{
	return looks_like_option(name) || ag_script_is_ambiguous(name);
}

/* A #! line leads to the interpreter: the kernel looks for it under another name
 * than the one that was started. */
static bool is_started_by_script(const struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename;
}

static u32 examine_text(struct linux_binprm *bprm, u32 flags, struct file **ret_script)
{
	if (ag_environ_has_code(bprm))
		return AG_EXEC_CODE_IN_ENVIRONMENT;
	if (is_started_by_script(bprm))
		return is_misleading(bprm->filename) ? AG_EXEC_MISLEADING_NAME : 0;
	if (flags & AG_FLAG_ARGCODE)
		return AG_EXEC_UNLISTED_TEXT;
	*ret_script = ag_script_open(bprm);
	if (IS_ERR(*ret_script) && (flags & AG_FLAG_COMMANDS) && ag_argument_is_listed_command(bprm))
		return 0;
	return AG_EXEC_UNLISTED_TEXT;
}

struct file *ag_exec_examine(struct linux_binprm *bprm, u32 flags, u32 *ret_reasons)
{
	struct file *script = NULL;

	*ret_reasons = 0;
	if (ag_exec_has_foreign_root(bprm))
		*ret_reasons = AG_EXEC_FOREIGN_ROOT;
	else if (flags & AG_FLAG_INTERPRETER)
		*ret_reasons = examine_text(bprm, flags, &script);
	return IS_ERR(script) ? NULL : script;
}
