// SPDX-License-Identifier: MIT
// Finds in a policy what makes it weaker than it looks.
#include "lint.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "doors.h"
#include "elf_file.h"
#include "core/eval.h"
#include "file.h"
#include "verity.h"

struct lint {
	struct ag_model *model;
	const char *root;
	const struct ag_lint_report *report;
	const char *unprotected;	/* the last path that is */
	unsigned int errors;
};

static void find(struct lint *l, enum ag_lint_level level, unsigned int line,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void find(struct lint *l, enum ag_lint_level level, unsigned int line,
		 const char *format, ...)
{
	char text[PATH_MAX + 512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (level == AG_LINT_ERROR)
		l->errors++;
	l->report->finding(l->report->arg, level, line, text);
}

static bool is_allowed(struct lint *l, enum ag_override what, const char *path)
{
	struct ag_model_override *o = ag_model_find_override(l->model, what, path);

	if (o)
		o->used = true;
	return o;
}

/* ---- names ---- */

static void check_door(struct lint *l, const struct ag_model_entry *e)
{
	const char *reason = ag_doors_find(e->path);

	if (!reason && ag_doors_is_loader(e->path) && (e->types & AG_TYPE_PROGRAM))
		reason = "as a program it starts others without their flags; list it as library";
	if (!reason && ag_doors_is_interpreter(e->path) && (e->types & AG_TYPE_PROGRAM) &&
	    !(e->flags & AG_FLAG_INTERPRETER))
		reason = "runs any code it reads unless it has the flag interpreter";
	if (reason && !is_allowed(l, AG_OVERRIDE_DOOR, e->path))
		find(l, AG_LINT_ERROR, e->line, "%s: %s (remove it, or: allow-door %s \"REASON\")",
		     e->path, reason, e->path);
}

static size_t directory_len(const char *path)
{
	return strrchr(path, '/') - path;
}

/* One finding for a run of entries in the same directory; a built text is
 * sorted by path. */
static void check_protection(struct lint *l, const struct ag_policy_view *view,
			     const struct ag_model_entry *e)
{
	size_t len = directory_len(e->path);

	if (!ag_path_is_normal(e->path))
		find(l, AG_LINT_WARNING, e->line, "%s: not a normal path", e->path);
	if (ag_policy_path_protected(view, e->path))
		return;
	if (l->unprotected && len == directory_len(l->unprotected) &&
	    memcmp(l->unprotected, e->path, len) == 0)
		return;
	l->unprotected = e->path;
	find(l, AG_LINT_WARNING, e->line,
	     "%s: in no protected directory, so it can be removed, or replaced by another listed file",
	     e->path);
}

/* ---- files ---- */

static void check_flaws(struct lint *l, const struct ag_model_entry *e, int fd)
{
	struct ag_elf elf;

	if (!(e->types & (AG_TYPE_PROGRAM | AG_TYPE_LIBRARY)) || ag_elf_read(fd, &elf) ||
	    !elf.flaws || is_allowed(l, AG_OVERRIDE_FLAW, e->path))
		return;
	for (unsigned int bit = 1; bit <= elf.flaws; bit <<= 1)
		if (elf.flaws & bit)
			find(l, AG_LINT_ERROR, e->line, "%s: %s (remove it, or: allow-flaw %s \"REASON\")",
			     e->path, ag_elf_flaw(bit), e->path);
}

static int digest_as(int fd, const struct ag_model_entry *e, __u8 *ret_digest)
{
	return e->types & AG_TYPE_VERITY ? ag_verity_digest(fd, ret_digest)
					 : ag_file_digest(fd, ret_digest, NULL);
}

static void check_file(struct lint *l, const struct ag_model_entry *e)
{
	__u8 digest[ATMGUARD_HASH_LEN];
	char path[2 * PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s%s", l->root, e->path) >= (int)sizeof(path))
		return;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		find(l, AG_LINT_WARNING, e->line, "%s: not in the tree", e->path);
		return;
	}
	if (digest_as(fd, e, digest))
		find(l, AG_LINT_WARNING, e->line, "%s: cannot be read", e->path);
	else if (memcmp(digest, e->digest, sizeof(digest)) != 0)
		find(l, AG_LINT_ERROR, e->line, "%s: the tree holds another content: build the text again",
		     e->path);
	else
		check_flaws(l, e, fd);
	close(fd);
}

/* ---- the policy as a whole ---- */

static const struct ag_model_entry *find_path(const struct ag_model *m, const char *path)
{
	for (size_t i = 0; i < m->nr_entries; i++)
		if (m->entries[i].types != AG_TYPE_COMMAND && strcmp(m->entries[i].path, path) == 0)
			return &m->entries[i];
	return NULL;
}

/* Nobody signs what is read there, so no code may be looked for there. */
static void check_reads(struct lint *l)
{
	for (unsigned int i = 0; i < l->model->nr_reads; i++) {
		const char *path = l->model->reads[i].path;
		const struct ag_model_entry *e = find_path(l->model, path);

		if (e)
			find(l, AG_LINT_ERROR, e->line, "%s: listed, and by reads interpreters take it changed",
			     path);
		else
			find(l, AG_LINT_WARNING, 0, "reads %s: interpreters read there what nobody signed; "
			     "no listed script may take code from it", path);
	}
}

static void check_header(struct lint *l)
{
	struct ag_model *m = l->model;

	if (m->flags & AG_POLICY_OBSERVE)
		find(l, AG_LINT_WARNING, 0, "mode observe: denials are logged, not made");
	if (!m->not_after_s)
		find(l, AG_LINT_WARNING, 0, "no expires: nobody is reminded to renew this policy");
	if (!m->atm_class[0])
		find(l, AG_LINT_WARNING, 0, "no class: every ATM takes this policy");
	if (!m->nr_paths)
		find(l, AG_LINT_WARNING, 0, "no protect: listed files can be removed and replaced");
}

static bool has_program(const struct ag_model *m, __u8 group)
{
	for (size_t i = 0; i < m->nr_entries; i++)
		if (m->entries[i].group == group)
			return true;
	return false;
}

static void check_nodes(struct lint *l)
{
	const struct ag_model *m = l->model;

	for (unsigned int i = 0; i < m->nr_nodes; i++)
		if (!has_program(m, m->nodes[i].owner))
			find(l, AG_LINT_WARNING, 0, "node %s: no program has owner %s, so nothing may open it",
			     m->nodes[i].name, m->groups[m->nodes[i].owner - 1]);
}

/* Classes of which an always allowed device is a way in (usb.org). */
static const char *usb_risk(__u8 class)
{
	switch (class) {
	case 0x02: case 0x0a: return "a network or serial line";
	case 0x03: return "a keyboard";
	case 0x08: return "a disk";
	case 0xe0: return "a wireless controller";
	default: return NULL;
	}
}

static void check_usb(struct lint *l)
{
	for (unsigned int i = 0; i < l->model->nr_usb; i++) {
		const struct ag_policy_usb *u = &l->model->usb[i];

		for (unsigned int j = 0; j < u->nr_interfaces; j++) {
			const char *risk = usb_risk(u->interface[j].base_class);

			if (risk && !u->scopes && !u->port[0])
				find(l, AG_LINT_WARNING, 0,
				     "usb %s: %s that is always allowed, at any port: give it a scope or a port",
				     u->name, risk);
		}
	}
}

static void check_overrides(struct lint *l)
{
	for (size_t i = 0; i < l->model->nr_overrides; i++) {
		const struct ag_model_override *o = &l->model->overrides[i];

		if (!o->used && (o->what == AG_OVERRIDE_DOOR || l->root))
			find(l, AG_LINT_WARNING, 0, "%s %s: allows nothing that is listed",
			     o->what == AG_OVERRIDE_DOOR ? "allow-door" : "allow-flaw", o->path);
	}
}

/* What stands on it beside listed code is as trusted as what may change it. */
static void check_filesystems(struct lint *l, const struct ag_policy_view *view)
{
	for (unsigned int i = 0; i < l->model->nr_filesystems; i++) {
		const char *path = l->model->filesystems[i].path;
		bool any = ag_policy_path_protected(view, path);

		for (unsigned int j = 0; !any && j < view->nr_paths; j++)
			any = ag_path_is_at_or_below(view->paths[j].path, path);
		if (!any)
			find(l, AG_LINT_WARNING, 0, "filesystem %s: nothing on it is protected", path);
	}
}

unsigned int ag_lint(struct ag_model *model, const char *root,
		     const struct ag_lint_report *report)
{
	struct lint l = { .model = model, .root = root, .report = report };
	struct ag_policy_view view = { .paths = model->paths, .nr_paths = model->nr_paths };

	for (size_t i = 0; i < model->nr_overrides; i++)
		model->overrides[i].used = false;
	check_header(&l);
	for (size_t i = 0; i < model->nr_entries; i++) {
		const struct ag_model_entry *e = &model->entries[i];

		if (e->types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT))
			check_door(&l, e);
		if (e->types == AG_TYPE_COMMAND)
			continue;
		if (model->nr_paths)
			check_protection(&l, &view, e);
		if (root)
			check_file(&l, e);
	}
	check_nodes(&l);
	check_reads(&l);
	check_usb(&l);
	check_filesystems(&l, &view);
	check_overrides(&l);
	return l.errors;
}
