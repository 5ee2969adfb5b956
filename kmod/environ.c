// SPDX-License-Identifier: GPL-2.0-only
// Finds code in the environment of a program that is about to start.
#include "environ.h"

#include <linux/slab.h>
#include <linux/string.h>

#include "policy.h"
#include "strings.h"

/* Bytes of a variable that are looked at.  That is enough for any name; a PATH,
 * of which all counts, is refused if it is longer. */
#define AG_VARIABLE_MAX	1024u

/*
 * Variables by which interpreters take code, or options that let them, without
 * opening a file that could be judged.  A star stands for any end: where a
 * language has a name space of its own, all of it, as new ones come with new
 * versions.
 */
static const char * const code_variables[] = {
	"BASH*", "SHELLOPTS", "PS4", "ENV", "ZDOTDIR", "FPATH",
	"PERL*", "PYTHON*", "LUA_*", "RUBY*", "NODE_*",
	"JAVA_TOOL_OPTIONS", "_JAVA*", "JDK_*", "CLASSPATH", "DOTNET_*", "CORECLR_*", "MONO_*",
	"AWK*", "GAWK*", "TCL*", "PHP*", "GUILE_*", "ERL_*", "R_*",
	/* debconf, a Perl program, evaluates what they hold. */
	"DEBIAN_FRONTEND", "DEBCONF_*",
	/* ldd, a shell script, evaluates it. */
	"LD_DEBUG*",
	/* It names a configuration of apt, of which scripts evaluate what apt-config prints. */
	"APT_CONFIG",
};

/* Those of them that services and maintainer scripts set and that bring in nothing. */
static const char * const harmless_variables[] = {
	"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING",
	"PYTHONUTF8", "PYTHONNOUSERSITE", "PYTHONSAFEPATH",
	"PERL_BADLANG", "PERL_SIGNALS", "PERL_HASH_SEED",
	/* debconf sets these for maintainer scripts; they are compared, never evaluated. */
	"DEBCONF_REDIR", "DEBCONF_OLD_FD_BASE", "DEBCONF_RECONFIGURE", "DEBCONF_PRIORITY",
	"DEBCONF_NONINTERACTIVE_SEEN", "DEBCONF_NOWARNINGS",
};

static bool does_match(const char *pattern, const char *name, size_t len)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return len >= n - 1 && !strncmp(name, pattern, n - 1);
	return len == n && !strncmp(name, pattern, n);
}

static bool is_among(const char * const patterns[], size_t nr, const char *name, size_t len)
{
	for (size_t i = 0; i < nr; i++)
		if (does_match(patterns[i], name, len))
			return true;
	return false;
}

/* Whole settings that are harmless: debconf evaluates the name of its front end,
 * and these are front ends that it has. */
static const char * const harmless_settings[] = {
	"DEBIAN_FRONTEND=noninteractive", "DEBIAN_FRONTEND=teletype", "DEBIAN_FRONTEND=readline",
	"DEBIAN_FRONTEND=dialog",
};

static bool is_code_variable(const char *string)
{
	size_t len = strcspn(string, "=");

	if (match_string(harmless_settings, ARRAY_SIZE(harmless_settings), string) >= 0)
		return false;
	return is_among(code_variables, ARRAY_SIZE(code_variables), string, len) &&
	       !is_among(harmless_variables, ARRAY_SIZE(harmless_variables), string, len);
}

/* Variables that name directories with programs, or a program. */
static bool names_directories(const char *string)
{
	return !strncmp(string, "PATH=", strlen("PATH=")) ||
	       !strncmp(string, "SHELL=", strlen("SHELL="));
}

/*
 * Scripts call programs by their bare names, and many evaluate what those print.
 * So nobody may be able to put another listed program under such a name: all
 * directories that are searched must be protected.  The same goes for SHELL: for
 * a script that calls "$SHELL -c ...", "eval" is a shell, too.
 */
static bool are_protected(char *directories)
{
	char *directory;

	while ((directory = strsep(&directories, ":")))
		if (directory[0] != '/' || strstr(directory, "/..") || !ag_policy_protects(directory))
			return false;
	return true;
}

bool ag_environ_has_code(struct linux_binprm *bprm)
{
	struct ag_strings s = AG_STRINGS(bprm);
	char *string = kmalloc(AG_VARIABLE_MAX, GFP_KERNEL);
	bool found = false, whole;
	int r = string ? 0 : -ENOMEM;

	for (int i = 0; i < bprm->argc && !r; i++)
		r = ag_strings_skip(&s);
	for (int i = 0; i < bprm->envc && !r && !found; i++) {
		whole = true;
		r = ag_strings_copy(&s, string, AG_VARIABLE_MAX, &whole);
		if (!r && names_directories(string))
			found = !whole || !are_protected(strchr(string, '=') + 1);
		else if (!r)
			found = is_code_variable(string);
	}
	ag_strings_close(&s);
	kfree(string);
	return found || r;
}
