// SPDX-License-Identifier: MIT
// Walks a tree of files and lists what in it can be code.
#include "scan.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doors.h"
#include "elf_file.h"
#include "file.h"
#include "unpack.h"
#include "verity.h"

#define PROGRESS_FILES	64u	/* files hashed between two calls */

/* ---- what a file is ---- */

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool does_end(const char *path, const char *const *endings)
{
	size_t len = strlen(path), n;

	for (; *endings; endings++) {
		n = strlen(*endings);
		if (len > n && strcmp(path + len - n, *endings) == 0)
			return true;
	}
	return false;
}

/* What interpreters load by name, for the languages of a Debian system. */
static bool is_code_for_interpreters(const char *path)
{
	static const char *const endings[] = {
		".py", ".pyc", ".pyo", ".pth", ".pl", ".pm", ".ph", ".al", ".ix",
		".sh", ".bash", ".awk", ".tcl", ".lua", ".rb", ".php", ".js", ".mjs",
		".jar", ".class", ".el", ".elc", NULL
	};

	return does_end(path, endings);
}

static bool is_module(const char *path)
{
	static const char *const endings[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz", NULL };

	return does_end(path, endings);
}

static bool is_firmware(const char *path)
{
	return strncmp(path, "/lib/firmware/", 14) == 0 ||
	       strncmp(path, "/usr/lib/firmware/", 18) == 0;
}

static bool is_library_name(const char *path)
{
	return fnmatch("*.so", base_name(path), 0) == 0 ||
	       fnmatch("*.so.[0-9]*", base_name(path), 0) == 0;
}

/*
 * A shared library is never a program, even if it can be started (libc.so.6):
 * started, ld.so would run a listed program under another name and without
 * that program's flags.
 */
static __u8 elf_types(const struct ag_elf *elf, const char *path, bool is_executable)
{
	if (elf->type == ET_EXEC)
		return is_executable ? AG_TYPE_PROGRAM : 0;
	if (elf->type != ET_DYN)
		return 0;
	if (is_library_name(path))
		return AG_TYPE_LIBRARY;
	if (is_executable || elf->has_interp || elf->is_pie)
		return AG_TYPE_PROGRAM | AG_TYPE_LIBRARY;
	return AG_TYPE_LIBRARY;
}

static bool is_script(int fd)
{
	char head[2];

	return pread(fd, head, 2, 0) == 2 && head[0] == '#' && head[1] == '!';
}

int ag_scan_classify(int fd, const char *path, bool is_executable,
		     __u8 *ret_types, unsigned int *ret_flaws)
{
	struct ag_elf elf;
	__u8 types = 0;
	int r;

	*ret_flaws = 0;
	if (is_module(path) || is_firmware(path)) {
		*ret_types = is_module(path) ? AG_TYPE_MODULE : AG_TYPE_FIRMWARE;
		return 0;
	}
	r = ag_elf_read(fd, &elf);
	if (r == -EIO)
		return r;
	if (r == 0) {
		types = elf_types(&elf, path, is_executable);
		*ret_flaws = types ? elf.flaws : 0;
	} else if (is_script(fd)) {
		types = AG_TYPE_SCRIPT;
	} else if (is_code_for_interpreters(path)) {
		types = AG_TYPE_DATA;
	}
	*ret_types = types;
	return 0;
}

/* ---- files seen before under another name ---- */

struct seen {
	dev_t dev;
	ino_t ino;
	__u8 digest[ATMGUARD_HASH_LEN];
};

static int compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

struct banned {
	__u8 digest[ATMGUARD_HASH_LEN];
};

struct walk {
	struct ag_rules *rules;
	const struct ag_scan_report *report;
	struct ag_error *error;
	void *seen;			/* tsearch(3) tree of struct seen */
	struct banned *banned;		/* contents left out under every name */
	size_t nr_banned, cap_banned;
	size_t first_entry;		/* in the model, of this tree */
	__u64 files, bytes;
	char path[PATH_MAX];		/* on the ATM, of what is looked at */
};

static void left_out(struct walk *w, enum ag_scan_left_out why, const char *path,
		     const char *reason)
{
	if (w->report->left_out)
		w->report->left_out(w->report->arg, why, path, reason);
}

static void count(struct walk *w, __u64 bytes)
{
	w->bytes += bytes;
	if (++w->files % PROGRESS_FILES == 0 && w->report->progress)
		w->report->progress(w->report->arg, w->files, w->bytes);
}

/* Keeps the digest of a file with several names, so that it is read once. */
static void remember(struct walk *w, const struct stat *st, const __u8 *digest)
{
	struct seen *s = malloc(sizeof(*s)), **found;

	if (!s)
		return;		/* read again, then */
	*s = (struct seen){ .dev = st->st_dev, .ino = st->st_ino };
	memcpy(s->digest, digest, sizeof(s->digest));
	found = tsearch(s, &w->seen, compare_seen);
	if (!found || *found != s)
		free(s);
}

static int digest_of(struct walk *w, int fd, const struct stat *st, __u8 *ret_digest)
{
	struct seen key = { .dev = st->st_dev, .ino = st->st_ino }, **found;
	__u64 size;
	int r;

	found = tfind(&key, &w->seen, compare_seen);
	if (found) {
		memcpy(ret_digest, (*found)->digest, sizeof((*found)->digest));
		return 0;
	}
	r = ag_file_digest(fd, ret_digest, &size);
	if (r)
		return r;
	count(w, size);
	if (st->st_nlink > 1)
		remember(w, st, ret_digest);
	return 0;
}

/* ---- one file ---- */

/* Why a file must not be listed, NULL: it may be. */
static const char *find_objection(struct walk *w, __u8 types, unsigned int flaws,
				  enum ag_scan_left_out *ret_why)
{
	struct ag_model *m = w->rules->model;
	const char *reason = NULL;

	if (types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT | AG_TYPE_MODULE))
		reason = ag_doors_find(w->path);
	*ret_why = AG_SCAN_DOOR;
	if (reason && !ag_model_find_override(m, AG_OVERRIDE_DOOR, w->path))
		return reason;
	*ret_why = AG_SCAN_FLAW;
	if (flaws && !ag_model_find_override(m, AG_OVERRIDE_FLAW, w->path))
		return ag_elf_flaw(flaws & -flaws);
	return NULL;
}

static int ban(struct walk *w, const __u8 *digest)
{
	if (ag_grow(&w->banned, &w->cap_banned, w->nr_banned, sizeof(*w->banned)))
		return -ENOMEM;
	memcpy(w->banned[w->nr_banned++].digest, digest, ATMGUARD_HASH_LEN);
	return 0;
}

/*
 * kmod before 31 unpacks a compressed module itself and hands it to the kernel
 * from memory: what is inside is listed beside the file, named without ".xz".
 */
static int list_unpacked(struct walk *w, int fd, const struct ag_model_entry *packed)
{
	static const char *const endings[] = { ".ko.xz", NULL };
	struct ag_model_entry e = *packed;
	char path[PATH_MAX];
	int r;

	if (!(e.types & AG_TYPE_MODULE) || !does_end(e.path, endings))
		return 0;
	r = ag_unpack_xz_digest(fd, e.digest);
	if (r)
		return r;
	snprintf(path, sizeof(path), "%.*s", (int)(strlen(e.path) - strlen(".xz")), e.path);
	e.path = path;
	return ag_model_add_entry(w->rules->model, &e);
}

/* The same content once more, as the kernel knows it once it has fs-verity. */
static int list_verity(struct walk *w, int fd, const struct ag_model_entry *plain)
{
	struct ag_model_entry e = *plain;
	int r;

	if (!ag_rules_verity(w->rules, w->path))
		return 0;
	r = ag_verity_digest(fd, e.digest);
	e.types |= AG_TYPE_VERITY;
	return r ? r : ag_model_add_entry(w->rules->model, &e);
}

/* Under both digests: a copy elsewhere may be covered by a rule on verity. */
static int ban_file(struct walk *w, int fd, const __u8 *digest)
{
	__u8 verity[ATMGUARD_HASH_LEN];
	int r = ag_verity_digest(fd, verity);

	return r ? r : ban(w, digest) ?: ban(w, verity);
}

static int list_file(struct walk *w, int fd, const struct stat *st)
{
	struct ag_model_entry e = { .path = w->path };
	enum ag_scan_left_out why;
	const char *reason;
	unsigned int flaws;
	int r;

	r = ag_scan_classify(fd, w->path, st->st_mode & 0111, &e.types, &flaws);
	if (r)
		return r;
	ag_rules_apply(w->rules, w->path, &e);
	if (!e.types)
		return 0;
	r = digest_of(w, fd, st, e.digest);
	if (r)
		return r;
	reason = find_objection(w, e.types, flaws, &why);
	if (!reason) {
		r = ag_model_add_entry(w->rules->model, &e);
		return r ?: list_verity(w, fd, &e) ?: list_unpacked(w, fd, &e);
	}
	left_out(w, why, w->path, reason);
	return ban_file(w, fd, e.digest);
}

static int visit_file(struct walk *w, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		left_out(w, AG_SCAN_UNREADABLE, w->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return 0;
	}
	r = S_ISREG(st.st_mode) ? list_file(w, fd, &st) : 0;
	close(fd);
	if (r == -ENOMEM)
		return r;
	if (r)
		left_out(w, AG_SCAN_UNREADABLE, w->path, strerror(-r));
	return 0;
}

/* ---- the tree ---- */

/* Not part of what is on the disk. */
static bool is_volatile(const char *path)
{
	static const char *const tops[] = { "/proc", "/sys", "/dev", "/run", "/tmp", NULL };

	for (const char *const *top = tops; *top; top++)
		if (strcmp(path, *top) == 0)
			return true;
	return false;
}

static int walk_directory(struct walk *w, int fd);

static int visit(struct walk *w, int dir, const char *name, unsigned char type)
{
	struct stat st;
	int fd;

	if (type == DT_UNKNOWN) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
			return 0;
		type = IFTODT(st.st_mode);
	}
	if ((type != DT_DIR && type != DT_REG) || ag_rules_skip(w->rules, w->path))
		return 0;
	if (type == DT_REG)
		return visit_file(w, dir, name);
	if (is_volatile(w->path))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return walk_directory(w, fd);
	left_out(w, AG_SCAN_UNREADABLE, w->path, strerror(errno));
	return 0;
}

/* Depth is bounded by the length of a path.  Takes @fd over. */
static int walk_directory(struct walk *w, int fd)
{
	size_t len = strlen(w->path);
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int r = d ? 0 : -ENOMEM;

	if (!d)
		close(fd);
	while (!r && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (len + 1 + strlen(e->d_name) >= sizeof(w->path)) {
			left_out(w, AG_SCAN_UNREADABLE, w->path, "a path below is too long");
			continue;
		}
		w->path[len] = '/';
		strcpy(w->path + len + 1, e->d_name);
		r = visit(w, fd, e->d_name, e->d_type);
		w->path[len] = 0;
	}
	if (d)
		closedir(d);
	return r;
}

/* ---- contents that are banned under every name ---- */

static int compare_banned(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct banned));
}

/* A copy or hard link of a door is the same content: one digest, one verdict. */
static void drop_banned(struct walk *w)
{
	struct ag_model *m = w->rules->model;
	size_t kept = w->first_entry;

	if (!w->nr_banned)
		return;
	qsort(w->banned, w->nr_banned, sizeof(*w->banned), compare_banned);
	for (size_t i = w->first_entry; i < m->nr_entries; i++) {
		struct ag_model_entry *e = &m->entries[i];

		if (bsearch(e->digest, w->banned, w->nr_banned, sizeof(*w->banned), compare_banned)) {
			left_out(w, AG_SCAN_DOOR, e->path, "same content as one left out");
			free(e->path);
		} else {
			m->entries[kept++] = *e;
		}
	}
	m->nr_entries = kept;
}

int ag_scan_tree(struct ag_rules *rules, const char *root, const char *prefix,
		 const struct ag_scan_report *report, struct ag_error *ret_error)
{
	struct walk w = {
		.rules = rules, .report = report, .error = ret_error,
		.first_entry = rules->model->nr_entries,
	};
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0) {
		r = -errno;
		ag_error_set(ret_error, 0, "%s: %s", root, strerror(-r));
		return r;
	}
	strcpy(w.path, prefix);
	r = walk_directory(&w, fd);
	if (r)
		ag_error_set(ret_error, 0, "%s: %s", root, strerror(-r));
	else
		drop_banned(&w);
	if (report->progress)
		report->progress(report->arg, w.files, w.bytes);
	tdestroy(w.seen, free);
	free(w.banned);
	return r;
}
