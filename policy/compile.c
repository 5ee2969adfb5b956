// SPDX-License-Identifier: MIT
// Turns a policy in memory into the binary the kernel takes.
#include "compile.h"

#include <stdlib.h>

/* ---- merging ---- */

static int compare_digests(const void *a, const void *b)
{
	const struct ag_model_entry *x = a, *y = b;
	int c = memcmp(x->digest, y->digest, sizeof(x->digest));

	return c ? c : strcmp(x->path ? x->path : "", y->path ? y->path : "");
}

/* Adds what @from may do to @to; its path goes. */
static int merge_entry(const struct ag_model *m, struct ag_model_entry *to,
		       struct ag_model_entry *from, struct ag_error *error)
{
	if ((to->types ^ from->types) & AG_TYPE_VERITY)
		return ag_error_set(error, from->line,
				    "%s and %s have the same digest, one of the content and one of fs-verity",
				    to->path, from->path);
	if (to->group && from->group && to->group != from->group)
		return ag_error_set(error, from->line,
				    "%s and %s are the same content with two owners, %s and %s",
				    to->path, from->path, m->groups[to->group - 1],
				    m->groups[from->group - 1]);
	if ((to->types ^ from->types) & AG_TYPE_COMMAND)
		return ag_error_set(error, from->line, "a file has the content of a command");
	to->types |= from->types;
	to->flags |= from->flags;
	if (from->group)
		to->group = from->group;
	free(from->path);
	from->path = NULL;
	return 0;
}

int ag_compile_merge(struct ag_model *model, struct ag_error *ret_error)
{
	struct ag_model_entry *e = model->entries;
	size_t kept = 0, i;

	if (model->nr_entries == 0)
		return 0;
	qsort(e, model->nr_entries, sizeof(*e), compare_digests);
	for (i = 1; i < model->nr_entries; i++) {
		if (memcmp(e[kept].digest, e[i].digest, sizeof(e->digest)) != 0) {
			struct ag_model_entry moved = e[i];

			e[i].path = NULL;
			e[++kept] = moved;
		} else if (merge_entry(model, &e[kept], &e[i], ret_error)) {
			return -EINVAL;
		}
	}
	model->nr_entries = kept + 1;
	return 0;
}

/* ---- owner groups ---- */

/* Numbers by the order of names, so that the order of lines does not matter. */
static void number_groups(const struct ag_model *m, __u8 ret_owner[AG_GROUPS_MAX + 1])
{
	ret_owner[0] = 0;
	for (unsigned int i = 0; i < m->nr_groups; i++) {
		ret_owner[i + 1] = 1;
		for (unsigned int j = 0; j < m->nr_groups; j++)
			if (strcmp(m->groups[j], m->groups[i]) < 0)
				ret_owner[i + 1]++;
	}
}

static bool has_node(const struct ag_model *m, __u8 group)
{
	for (unsigned int i = 0; i < m->nr_nodes; i++)
		if (m->nodes[i].owner == group)
			return true;
	return false;
}

/* A group that owns no node is a slip of the pen that would take a program its
 * device away: refused here, not found out in the field. */
static int check_groups(const struct ag_model *m, struct ag_error *error)
{
	for (size_t i = 0; i < m->nr_entries; i++)
		if (m->entries[i].group && !has_node(m, m->entries[i].group))
			return ag_error_set(error, m->entries[i].line,
					    "owner %s owns no node: add a node line or correct the name",
					    m->groups[m->entries[i].group - 1]);
	return 0;
}

/* ---- sections ---- */

static int compare_nodes(const void *a, const void *b)
{
	const struct ag_policy_node *x = a, *y = b;

	if (x->major != y->major)
		return ag_le32(x->major) < ag_le32(y->major) ? -1 : 1;
	if (x->minor_first != y->minor_first)
		return ag_le32(x->minor_first) < ag_le32(y->minor_first) ? -1 : 1;
	return 0;
}

static int check_nodes(const struct ag_model *m, struct ag_error *error)
{
	for (unsigned int i = 1; i < m->nr_nodes; i++) {
		const struct ag_policy_node *a = &m->nodes[i - 1], *b = &m->nodes[i];

		if (a->major == b->major && ag_le32(a->minor_last) >= ag_le32(b->minor_first))
			return ag_error_set(error, 0, "the nodes %s and %s overlap",
					    a->name, b->name);
	}
	return 0;
}

static int compare_path(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ag_policy_path));
}

static int compare_filesystems(const void *a, const void *b)
{
	const struct ag_policy_filesystem *x = a, *y = b;

	return memcmp(x->path, y->path, sizeof(x->path));
}

static int check_header(const struct ag_model *m, struct ag_error *error)
{
	if (!(m->seen & AG_ONCE_VERSION))
		return ag_error_set(error, 0, "the text does not state its policy-version");
	if (m->floor > m->version)
		return ag_error_set(error, 0, "floor %llu is above policy-version %llu",
				    (unsigned long long)m->floor, (unsigned long long)m->version);
	if (m->not_after_s && m->not_before_s > m->not_after_s)
		return ag_error_set(error, 0, "the policy expires before it begins");
	return 0;
}

static void fill_header(struct ag_policy_header *h, const struct ag_model *m,
			const __u8 *text_sha256)
{
	memcpy(h->purpose, AG_PURPOSE_POLICY, sizeof(AG_PURPOSE_POLICY));
	h->version = htole64(m->version);
	h->floor = htole64(m->floor);
	h->not_before_s = htole64(m->not_before_s);
	h->not_after_s = htole64(m->not_after_s);
	memcpy(h->atm_class, m->atm_class, sizeof(h->atm_class));
	memcpy(h->text_sha256, text_sha256, sizeof(h->text_sha256));
	h->flags = htole32(m->flags);
	h->nr_entries = htole32(m->nr_entries);
	h->nr_nodes = htole32(m->nr_nodes);
	h->nr_usb = htole32(m->nr_usb);
	h->nr_paths = htole32(m->nr_paths);
	h->nr_reads = htole32(m->nr_reads);
	h->nr_filesystems = htole32(m->nr_filesystems);
}

static void *put(void *at, const void *data, size_t len)
{
	if (len)
		memcpy(at, data, len);
	return (char *)at + len;
}

static void fill(void *data, const struct ag_model *m, const __u8 *text_sha256)
{
	struct ag_policy_entry *e = (void *)((char *)data + sizeof(struct ag_policy_header));
	__u8 owner[AG_GROUPS_MAX + 1];
	struct ag_policy_node *nodes;
	void *at;

	number_groups(m, owner);
	fill_header(data, m, text_sha256);
	for (size_t i = 0; i < m->nr_entries; i++, e++) {
		memcpy(e->digest, m->entries[i].digest, sizeof(e->digest));
		e->types = m->entries[i].types;
		e->owner = owner[m->entries[i].group];
		e->flags = htole16(m->entries[i].flags);
	}
	nodes = (void *)e;
	at = put(nodes, m->nodes, m->nr_nodes * sizeof(m->nodes[0]));
	for (unsigned int i = 0; i < m->nr_nodes; i++)
		nodes[i].owner = owner[nodes[i].owner];
	at = put(at, m->usb, m->nr_usb * sizeof(m->usb[0]));
	at = put(at, m->paths, m->nr_paths * sizeof(m->paths[0]));
	at = put(at, m->reads, m->nr_reads * sizeof(m->reads[0]));
	put(at, m->filesystems, m->nr_filesystems * sizeof(m->filesystems[0]));
}

int ag_compile(struct ag_model *model, const __u8 text_sha256[ATMGUARD_HASH_LEN],
	       void **ret_data, size_t *ret_len, struct ag_error *ret_error)
{
	struct ag_policy_view view;
	size_t len;
	void *data;

	qsort(model->nodes, model->nr_nodes, sizeof(model->nodes[0]), compare_nodes);
	qsort(model->paths, model->nr_paths, sizeof(model->paths[0]), compare_path);
	qsort(model->reads, model->nr_reads, sizeof(model->reads[0]), compare_path);
	qsort(model->filesystems, model->nr_filesystems, sizeof(model->filesystems[0]),
	      compare_filesystems);
	if (check_header(model, ret_error) || check_nodes(model, ret_error) ||
	    check_groups(model, ret_error) || ag_compile_merge(model, ret_error))
		return -EINVAL;
	len = sizeof(struct ag_policy_header) +
	      model->nr_entries * sizeof(struct ag_policy_entry) +
	      model->nr_nodes * sizeof(model->nodes[0]) +
	      model->nr_usb * sizeof(model->usb[0]) + model->nr_paths * sizeof(model->paths[0]) +
	      model->nr_reads * sizeof(model->reads[0]) +
	      model->nr_filesystems * sizeof(model->filesystems[0]);
	data = calloc(1, len);
	if (!data)
		return -ENOMEM;
	fill(data, model, text_sha256);
	if (ag_policy_check(data, len, &view)) {
		free(data);
		return ag_error_set(ret_error, 0, "the compiled policy fails its own check; please report this text");
	}
	*ret_data = data;
	*ret_len = len;
	return 0;
}
