// SPDX-License-Identifier: GPL-2.0-only
// Reads arguments and environment of a program that is about to start.
#include "start.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/fs_struct.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/seccomp.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/unistd.h>

#include "digest.h"
#include "policy.h"

/* Of longer variables only the beginning is looked at; a longer PATH is refused. */
#define AG_VARIABLE_MAX	1024u

/* The new program's strings: argv from bprm->p on, then envp, each with its NUL. */
struct strings {
	struct linux_binprm *bprm;
	unsigned long pos;
	struct page *page;	/* the one pos lies in, or NULL */
};

/* The next byte, or -EFAULT. */
static int next_byte(struct strings *s)
{
	u8 *kaddr, byte;

	if (s->page && offset_in_page(s->pos) == 0) {
		put_page(s->page);
		s->page = NULL;
	}
	if (!s->page) {
		int n;

		mmap_read_lock(s->bprm->mm);
		n = get_user_pages_remote(s->bprm->mm, s->pos, 1, FOLL_FORCE, &s->page, NULL);
		mmap_read_unlock(s->bprm->mm);
		if (n != 1) {
			s->page = NULL;
			return -EFAULT;
		}
	}
	kaddr = kmap_local_page(s->page);
	byte = kaddr[offset_in_page(s->pos++)];
	kunmap_local(kaddr);
	return byte;
}

static void close_strings(struct strings *s)
{
	if (s->page)
		put_page(s->page);
}

/* Past the end of the present string; the kernel bounds it (MAX_ARG_STRLEN). */
static int skip_string(struct strings *s)
{
	int c;

	do {
		c = next_byte(s);
	} while (c > 0);
	return c;
}

/* The present string, cut off and skipped if it is longer than @buf. */
static int copy_string(struct strings *s, char *buf, size_t size, bool *ret_whole)
{
	size_t len = 0;
	int c;

	while ((c = next_byte(s)) > 0)
		if (len < size - 1)
			buf[len++] = c;
		else
			*ret_whole = false;
	buf[len] = '\0';
	return c;
}

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
 * The interpreter opens the name again, and by then it could be another file:
 * one that it may read unlisted (`reads`).  Python puts the working directory
 * before a relative name and bash a directory of PATH, so of those the last
 * component counts.  Below /dev, Perl takes /dev/fd/N for the descriptor
 * without any open, whatever lies there.
 */
bool ag_start_is_special(const char *name)
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

	if (name[0] != '/' || ag_start_is_special(name))
		return ERR_PTR(-ENOENT);
	file = open_path(name);
	if (!IS_ERR(file) && !is_straight(file, name, buf)) {
		fput(file);
		return ERR_PTR(-ELOOP);
	}
	return file;
}

struct file *ag_start_open_script(struct linux_binprm *bprm)
{
	struct strings s = { .bprm = bprm, .pos = bprm->p };
	bool whole = true;
	struct file *file;
	char *name;
	int r;

	if (bprm->argc < 2)
		return ERR_PTR(-ENOENT);
	name = kmalloc(2 * PATH_MAX, GFP_KERNEL);	/* and room for file_path() */
	if (!name)
		return ERR_PTR(-ENOMEM);
	r = skip_string(&s);
	if (!r)
		r = copy_string(&s, name, PATH_MAX, &whole);
	close_strings(&s);
	if (r)
		file = ERR_PTR(r);
	else if (!whole)
		file = ERR_PTR(-E2BIG);
	else
		file = open_straight(name, name + PATH_MAX);
	kfree(name);
	return file;
}

/* The program that the first line of a script names, by way of env or not. */
static const char *speaker_name(char line[BINPRM_BUF_SIZE], char name[BINPRM_BUF_SIZE])
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

struct file *ag_start_open_speaker(struct file *script)
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
	name = speaker_name(line, copy);
	return name && name[0] == '/' ? open_path(name) : ERR_PTR(-ENOEXEC);
}

int ag_start_command(struct linux_binprm *bprm, u8 ret_digest[ATMGUARD_HASH_LEN])
{
	static const char option[] = AG_COMMAND_OPTION;
	struct strings s = { .bprm = bprm, .pos = bprm->p };
	bool whole = true;
	char *command;
	int r;

	if (bprm->argc < 3)
		return -ENOENT;
	command = kmalloc(AG_COMMAND_MAX, GFP_KERNEL);
	if (!command)
		return -ENOMEM;
	r = skip_string(&s) ?: copy_string(&s, command, sizeof(option), &whole) ?:
	    copy_string(&s, command + sizeof(option), AG_COMMAND_MAX - sizeof(option), &whole);
	close_strings(&s);
	if (!r && (!whole || strcmp(command, option)))
		r = -ENOENT;
	if (!r)
		r = ag_digest_data(command, sizeof(option) + strlen(command + sizeof(option)),
				   ret_digest);
	kfree(command);
	return r;
}

void ag_start_print_arguments(struct linux_binprm *bprm, char *text, size_t size)
{
	struct strings s = { .bprm = bprm, .pos = bprm->p };
	bool whole = true;
	size_t used = 0;
	int r = skip_string(&s);

	for (int i = 1; i < bprm->argc && !r && used + 2 < size; i++) {
		text[used++] = ' ';
		r = copy_string(&s, text + used, size - used, &whole);
		used += strlen(text + used);
	}
	text[used] = '\0';
	close_strings(&s);
}

/* The name that the present system call opens, and the directory it is relative to; NULL: none. */
static const char __user *opened_name(int *ret_dir)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (!user_64bit_mode(regs))
		return NULL;
	switch (regs->orig_ax) {
	case __NR_open:
		*ret_dir = AT_FDCWD;
		return (const char __user *)regs->di;
	case __NR_openat:
	case __NR_openat2:
		*ret_dir = regs->di;
		return (const char __user *)regs->si;
	default:
		return NULL;
	}
}

bool ag_start_is_opening(const char *path)
{
	size_t size = strlen(path) + 1;
	const char __user *from;
	char *name;
	bool same;
	int dir;

	from = opened_name(&dir);
	if (!from)
		return false;
	name = kmalloc(size, GFP_KERNEL);
	same = name && strncpy_from_user(name, from, size) == size - 1 && !strcmp(name, path);
	kfree(name);
	return same;
}

/* The directory @fd, or the working directory, by d_path() into @buf. */
static const char *directory_path(int fd, char *buf)
{
	const char *path = ERR_PTR(-EBADF);
	struct file *file;
	struct path pwd;

	if (fd == AT_FDCWD) {
		get_fs_pwd(current->fs, &pwd);
		path = d_path(&pwd, buf, PATH_MAX);
		path_put(&pwd);
		return path;
	}
	file = fget_raw(fd);
	if (file) {
		path = file_path(file, buf, PATH_MAX);
		fput(file);
	}
	return path;
}

/* Appends the components of @name to @path, a buffer of PATH_MAX with @len
 * bytes in it.  No "..": it means another directory where a link stands before it. */
static ssize_t append_name(char *path, size_t len, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, "/");

		if (n == 2 && !strncmp(name, "..", n))
			return -ELOOP;
		if (n && !(n == 1 && name[0] == '.')) {
			if (len + n + 2 > PATH_MAX)
				return -ENAMETOOLONG;
			path[len++] = '/';
			memcpy(path + len, name, n);
			len += n;
		}
		name += n;
		name += *name == '/';
	}
	path[len] = '\0';
	return len;
}

/* The name being opened, absolute, into @path; @scratch has PATH_MAX bytes as well. */
static int opened_path(char *path, char *scratch)
{
	const char __user *from;
	const char *base;
	ssize_t len = 0;
	long n;
	int dir;

	from = opened_name(&dir);
	if (!from)
		return -EINVAL;
	n = strncpy_from_user(scratch, from, 1);
	if (n < 0)
		return n;
	if (scratch[0] != '/') {
		base = directory_path(dir, scratch);
		len = IS_ERR(base) ? PTR_ERR(base) : append_name(path, 0, base);
		if (len < 0)
			return len;
	}
	n = strncpy_from_user(scratch, from, PATH_MAX);
	if (n < 0 || n >= PATH_MAX)
		return n < 0 ? n : -ENAMETOOLONG;
	len = append_name(path, len, scratch);
	return len < 0 ? len : 0;
}

bool ag_start_is_opening_steady(void)
{
	char *path = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	bool steady;

	steady = path && !opened_path(path, path + PATH_MAX) &&
		 (ag_policy_protects(path) || ag_policy_is_readable(path));
	kfree(path);
	return steady;
}

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
	/* debconf, which is Perl, evaluates it. */
	"DEBIAN_FRONTEND", "DEBCONF_*",
	/* ldd evaluates it. */
	"LD_DEBUG*",
	/* Of what apt is told here, scripts evaluate. */
	"APT_CONFIG",
};

/* Those of them that services and maintainer scripts set and that bring in nothing. */
static const char * const harmless_variables[] = {
	"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING",
	"PYTHONUTF8", "PYTHONNOUSERSITE", "PYTHONSAFEPATH",
	"PERL_BADLANG", "PERL_SIGNALS", "PERL_HASH_SEED",
	/* Read or counted, not evaluated; debconf sets them for maintainer scripts. */
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

/* debconf evaluates the name of its front end; these are what is set in practice. */
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
static bool is_search(const char *string)
{
	return !strncmp(string, "PATH=", strlen("PATH=")) ||
	       !strncmp(string, "SHELL=", strlen("SHELL="));
}

/*
 * Scripts call what they need by its bare name and many evaluate what it prints:
 * a directory in which somebody can put a listed program under another name
 * makes the text theirs.  So does "eval" for a shell.
 */
static bool is_steady_search(char *directories)
{
	char *directory;

	while ((directory = strsep(&directories, ":")))
		if (directory[0] != '/' || strstr(directory, "/..") || !ag_policy_protects(directory))
			return false;
	return true;
}

bool ag_start_has_code_env(struct linux_binprm *bprm)
{
	struct strings s = { .bprm = bprm, .pos = bprm->p };
	char *string = kmalloc(AG_VARIABLE_MAX, GFP_KERNEL);
	bool found = false, whole;
	int r = string ? 0 : -ENOMEM;

	for (int i = 0; i < bprm->argc && !r; i++)
		r = skip_string(&s);
	for (int i = 0; i < bprm->envc && !r && !found; i++) {
		whole = true;
		r = copy_string(&s, string, AG_VARIABLE_MAX, &whole);
		if (!r && is_search(string))
			found = !whole || !is_steady_search(strchr(string, '=') + 1);
		else if (!r)
			found = is_code_variable(string);
	}
	close_strings(&s);
	kfree(string);
	return found || r;
}

static bool is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

/* Whether @insn puts an answer where seccomp looks that forges nothing. */
static bool is_honest(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU | BPF_MOV | BPF_K) && insn->dst_reg == BPF_REG_0 &&
	       (u32)insn->imm != SECCOMP_RET_ERRNO;	/* and errno 0 */
}

/*
 * Classic filters, which are all that seccomp takes, end in constants as a rule:
 * one instruction sets it, the next returns it.  One that computes its answer
 * could make it anything.
 */
bool ag_start_is_forging(const struct bpf_prog *prog)
{
	for (u32 i = 0; i < prog->len; i++) {
		const struct bpf_insn *insn = &prog->insnsi[i];
		u32 target = i + 1 + insn->off;

		if (is_exit(insn)) {
			if (!i || !is_honest(insn - 1))
				return true;
			continue;
		}
		if ((BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32) &&
		    (target >= prog->len || is_exit(&prog->insnsi[target])))
			return true;
	}
	return false;
}

void ag_start_mark(u32 mark, bool on)
{
	if (on)
		current->personality |= mark;
	else
		current->personality &= ~mark;
}
