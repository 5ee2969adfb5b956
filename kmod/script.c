// SPDX-License-Identifier: GPL-2.0-only
// Opens the script that an interpreter is to run, and the interpreter a script was written for.
#include "script.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "digest.h"
#include "policy.h"
#include "protect.h"
#include "strings.h"

static struct file *open_path(const char *name)
{
	struct path path;
	struct file *file;
	int r = kern_path(name, LOOKUP_FOLLOW, &path);

	if (r)
		return ERR_PTR(r);
	if (!S_ISREG(d_inode(path.dentry)->i_mode)) {
		path_put(&path);
		return ERR_PTR(-ENOENT);
	}
	file = dentry_open(&path, O_RDONLY | O_LARGEFILE | __FMODE_EXEC, current_cred());
	path_put(&path);
	return file;
}

/*
 * The interpreter opens the name once more, when another file may lie there.  If
 * that is judged, it does no harm; but the policy lets some files be read
 * unlisted (`reads`).  Python looks for a relative name in the working directory
 * and bash in those of PATH, so of such a name the last component counts.  And
 * Perl takes /dev/fd/N for its descriptor N, whatever lies there, without an open.
 */
bool ag_script_is_ambiguous(const char *name)
{
	if (name[0] != '/')
		return ag_policy_is_readable_base(kbasename(name));
	return !strncmp(name, "/dev/", strlen("/dev/")) || ag_policy_is_readable(name);
}

/* Whether @file is where @name says, letter by letter; @buf has PATH_MAX bytes. */
static bool is_straight(struct file *file, const char *name, char *buf)
{
	char *path = file_path(file, buf, PATH_MAX);

	return !IS_ERR(path) && !strcmp(path, name);
}

static struct file *open_straight(const char *name, char *buf)
{
	struct file *file;

	if (name[0] != '/' || ag_script_is_ambiguous(name))
		return ERR_PTR(-ENOENT);
	file = open_path(name);
	/* Where names can be changed, the interpreter might find another file. */
	if (!IS_ERR(file) &&
	    !(is_straight(file, name, buf) && ag_protect_covers(file->f_path.dentry))) {
		fput(file);
		return ERR_PTR(-ELOOP);
	}
	return file;
}

struct file *ag_script_open(struct linux_binprm *bprm)
{
	struct ag_strings s = AG_STRINGS(bprm);
	bool whole = true;
	struct file *file;
	char *name;
	int r;

	if (bprm->argc < 2)
		return ERR_PTR(-ENOENT);
	name = kmalloc(2 * PATH_MAX, GFP_KERNEL);	/* and room for file_path() */
	if (!name)
		return ERR_PTR(-ENOMEM);
	r = ag_strings_skip(&s);
	if (!r)
		r = ag_strings_copy(&s, name, PATH_MAX, &whole);
	ag_strings_close(&s);
	if (r)
		file = ERR_PTR(r);
	else if (!whole)
		file = ERR_PTR(-E2BIG);
	else
		file = open_straight(name, name + PATH_MAX);
	kfree(name);
	return file;
}

/* The program that the first line of a script names, by "env NAME" or directly; NULL: none. */
static const char *interpreter_name(char line[BINPRM_BUF_SIZE], char name[BINPRM_BUF_SIZE])
{
	char *rest = line + strlen("#!"), *word;

	line[strcspn(line, "\n")] = '\0';
	word = strsep(&rest, " \t");
	while (word && !*word)
		word = strsep(&rest, " \t");
	if (!word)
		return NULL;
	if (strcmp(kbasename(word), "env"))
		return word;
	word = strsep(&rest, " \t");
	if (!word || snprintf(name, BINPRM_BUF_SIZE, "/usr/bin/%s", word) >= BINPRM_BUF_SIZE)
		return NULL;
	return name;
}

struct file *ag_script_open_interpreter(struct file *script)
{
	char line[BINPRM_BUF_SIZE], copy[BINPRM_BUF_SIZE];
	struct file *in = ag_digest_open(script);
	const char *name;
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(in))
		return in;
	n = kernel_read(in, line, sizeof(line) - 1, &pos);
	fput(in);
	if (n < 2 || strncmp(line, "#!", 2))
		return ERR_PTR(-ENOEXEC);
	line[n] = '\0';
	name = interpreter_name(line, copy);
	return name && name[0] == '/' ? open_path(name) : ERR_PTR(-ENOEXEC);
}
