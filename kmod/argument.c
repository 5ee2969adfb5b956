// SPDX-License-Identifier: GPL-2.0-only
// Looks a program's command up that is about to start, and prints its arguments.
#include "argument.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <atmguard/object.h>

#include "digest.h"
#include "policy.h"
#include "strings.h"

/*
 * The digest of the command, which is its first two arguments: -ENOENT if the
 * first is not AG_COMMAND_OPTION or the second does not fit.
 */
static int hash_command(struct linux_binprm *bprm, u8 ret_digest[ATMGUARD_HASH_LEN])
{
	static const char option[] = AG_COMMAND_OPTION;
	struct ag_strings s = AG_STRINGS(bprm);
	bool whole = true;
	char *command;
	int r;

	if (bprm->argc < 3)
		return -ENOENT;
	command = kmalloc(AG_COMMAND_MAX, GFP_KERNEL);
	if (!command)
		return -ENOMEM;
	r = ag_strings_skip(&s) ?: ag_strings_copy(&s, command, sizeof(option), &whole) ?:
	    ag_strings_copy(&s, command + sizeof(option), AG_COMMAND_MAX - sizeof(option), &whole);
	ag_strings_close(&s);
	if (!r && (!whole || strcmp(command, option)))
		r = -ENOENT;
	if (!r)
		r = ag_digest_data(command, sizeof(option) + strlen(command + sizeof(option)),
				   ret_digest);
	kfree(command);
	return r;
}

bool ag_argument_is_listed_command(struct linux_binprm *bprm)
{
	u8 digest[ATMGUARD_HASH_LEN];
	struct ag_policy_entry entry;

	return !hash_command(bprm, digest) && ag_policy_lookup(digest, false, &entry) &&
	       (entry.types & AG_TYPE_COMMAND);
}

void ag_argument_print(struct linux_binprm *bprm, char *text, size_t size)
{
	struct ag_strings s = AG_STRINGS(bprm);
	bool whole = true;
	size_t used = 0;
	int r = ag_strings_skip(&s);

	for (int i = 1; i < bprm->argc && !r && used + 2 < size; i++) {
		text[used++] = ' ';
		r = ag_strings_copy(&s, text + used, size - used, &whole);
		used += strlen(text + used);
	}
	text[used] = '\0';
	ag_strings_close(&s);
}
