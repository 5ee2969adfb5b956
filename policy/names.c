// SPDX-License-Identifier: MIT
// The words of the language for types, flags and scopes, both ways.
#include "names.h"

#include <string.h>

#include <atmguard/object.h>

const struct ag_name ag_names_types[] = {
	{ "program", AG_TYPE_PROGRAM },
	{ "library", AG_TYPE_LIBRARY },
	{ "script", AG_TYPE_SCRIPT },
	{ "data", AG_TYPE_DATA },
	{ "module", AG_TYPE_MODULE },
	{ "firmware", AG_TYPE_FIRMWARE },
	{ "command", AG_TYPE_COMMAND },
	{ NULL, 0 }
};

const struct ag_name ag_names_flags[] = {
	{ "maintenance", AG_FLAG_MAINTENANCE },
	{ "interpreter", AG_FLAG_INTERPRETER },
	{ "jit", AG_FLAG_JIT },
	{ "updater", AG_FLAG_UPDATER },
	{ "inline", AG_FLAG_INLINE },
	{ "cgroup-bpf", AG_FLAG_CGROUP_BPF },
	{ "control", AG_FLAG_CONTROL },
	{ "argcode", AG_FLAG_ARGCODE },
	{ "mount", AG_FLAG_MOUNT },
	{ "init", AG_FLAG_INIT },
	{ "commands", AG_FLAG_COMMANDS },
	{ "strict", AG_FLAG_STRICT },
	{ NULL, 0 }
};

const struct ag_name ag_names_all_scopes[] = {
	{ "tools", ATMGUARD_SCOPE_TOOLS },
	{ "storage-read", ATMGUARD_SCOPE_STORAGE_READ },
	{ "storage-write", ATMGUARD_SCOPE_STORAGE_WRITE },
	{ "keyboard", ATMGUARD_SCOPE_KEYBOARD },
	{ "update", ATMGUARD_SCOPE_UPDATE },
	{ "boot", ATMGUARD_SCOPE_BOOT },
	{ "hardware", ATMGUARD_SCOPE_HARDWARE },
	{ "decommission", ATMGUARD_SCOPE_DECOMMISSION },
	{ NULL, 0 }
};

__u32 ag_names_find(const struct ag_name *names, const char *word)
{
	for (; names->word; names++)
		if (strcmp(names->word, word) == 0)
			return names->bit;
	return 0;
}

void ag_names_write(FILE *out, const struct ag_name *names, __u32 bits,
		    const char *before, const char *between)
{
	for (; names->word; names++) {
		if (!(bits & names->bit))
			continue;
		fprintf(out, "%s%s", before, names->word);
		before = between;
	}
}
