// SPDX-License-Identifier: MIT
// A policy in memory, between its text and its binary form.
#include "model.h"

#include <stdio.h>
#include <stdlib.h>

int ag_grow(void *array_pointer, size_t *cap, size_t nr, size_t size)
{
	void **array = array_pointer, *grown;
	size_t want = *cap ? *cap * 2 : 64;

	if (nr < *cap)
		return 0;
	grown = reallocarray(*array, want, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*cap = want;
	return 0;
}

void ag_model_init(struct ag_model *model)
{
	memset(model, 0, sizeof(*model));
	model->floor = 1;
}

void ag_model_exit(struct ag_model *model)
{
	for (size_t i = 0; i < model->nr_entries; i++)
		free(model->entries[i].path);
	for (size_t i = 0; i < model->nr_overrides; i++) {
		free(model->overrides[i].path);
		free(model->overrides[i].reason);
	}
	free(model->entries);
	free(model->overrides);
	ag_model_init(model);
}

struct ag_model *ag_model_alloc(void)
{
	struct ag_model *model = malloc(sizeof(*model));

	if (model)
		ag_model_init(model);
	return model;
}

void ag_model_free(struct ag_model *model)
{
	if (!model)
		return;
	ag_model_exit(model);
	free(model);
}

int ag_model_add_entry(struct ag_model *model, const struct ag_model_entry *entry)
{
	char *path = entry->path ? strdup(entry->path) : NULL;

	if ((entry->path && !path) ||
	    ag_grow(&model->entries, &model->cap_entries, model->nr_entries, sizeof(*entry))) {
		free(path);
		return -ENOMEM;
	}
	model->entries[model->nr_entries] = *entry;
	model->entries[model->nr_entries++].path = path;
	return 0;
}

int ag_model_add_override(struct ag_model *model, enum ag_override what,
			  const char *path, const char *reason)
{
	struct ag_model_override o = { what, strdup(path), strdup(reason), false };

	if (!o.path || !o.reason ||
	    ag_grow(&model->overrides, &model->cap_overrides, model->nr_overrides, sizeof(o))) {
		free(o.path);
		free(o.reason);
		return -ENOMEM;
	}
	model->overrides[model->nr_overrides++] = o;
	return 0;
}

struct ag_model_override *ag_model_find_override(struct ag_model *model,
						 enum ag_override what, const char *path)
{
	for (size_t i = 0; i < model->nr_overrides; i++)
		if (model->overrides[i].what == what &&
		    strcmp(model->overrides[i].path, path) == 0)
			return &model->overrides[i];
	return NULL;
}

static bool is_group_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len && len < AG_GROUP_LEN && !name[len] && name[0] != '-';
}

int ag_model_group(struct ag_model *model, const char *name, __u8 *ret_group)
{
	unsigned int i = 0;

	if (!is_group_name(name))
		return -EINVAL;
	while (i < model->nr_groups && strcmp(model->groups[i], name) != 0)
		i++;
	if (i == AG_GROUPS_MAX)
		return -E2BIG;
	if (i == model->nr_groups)
		strcpy(model->groups[model->nr_groups++], name);
	*ret_group = i + 1;
	return 0;
}

/* ---- from a binary ---- */

/* A binary holds numbers only; "group7" is printed for owner 7. */
static __u8 group_of(struct ag_model *model, __u8 owner)
{
	char name[AG_GROUP_LEN];
	__u8 group = 0;

	snprintf(name, sizeof(name), "group%u", owner);
	if (owner)
		ag_model_group(model, name, &group);
	return group;
}

static int copy_entries(struct ag_model *model, const struct ag_policy_view *view)
{
	for (__u32 i = 0; i < view->nr_entries; i++) {
		const struct ag_policy_entry *e = &view->entries[i];
		struct ag_model_entry m = {
			.types = e->types,
			.flags = ag_le16(e->flags),
			.group = group_of(model, e->owner),
		};

		memcpy(m.digest, e->digest, sizeof(m.digest));
		if (ag_model_add_entry(model, &m))
			return -ENOMEM;
	}
	return 0;
}

int ag_model_from_view(struct ag_model *model, const struct ag_policy_view *view)
{
	model->version = view->version;
	model->floor = view->floor;
	model->not_before_s = view->not_before_s;
	model->not_after_s = view->not_after_s;
	model->flags = view->flags;
	model->seen = AG_ONCE_VERSION;
	memcpy(model->atm_class, view->header->atm_class, sizeof(model->atm_class));
	model->nr_nodes = view->nr_nodes;
	memcpy(model->nodes, view->nodes, view->nr_nodes * sizeof(model->nodes[0]));
	model->nr_usb = view->nr_usb;
	memcpy(model->usb, view->usb, view->nr_usb * sizeof(model->usb[0]));
	model->nr_paths = view->nr_paths;
	memcpy(model->paths, view->paths, view->nr_paths * sizeof(model->paths[0]));
	model->nr_reads = view->nr_reads;
	memcpy(model->reads, view->reads, view->nr_reads * sizeof(model->reads[0]));
	model->nr_filesystems = view->nr_filesystems;
	memcpy(model->filesystems, view->filesystems,
	       view->nr_filesystems * sizeof(model->filesystems[0]));
	for (unsigned int i = 0; i < model->nr_nodes; i++)
		model->nodes[i].owner = group_of(model, model->nodes[i].owner);
	return copy_entries(model, view);
}

static int compare_paths(const void *a, const void *b)
{
	const struct ag_model_entry *x = a, *y = b;
	int c = strcmp(x->path ? x->path : "", y->path ? y->path : "");

	if (!c)
		c = (x->types & AG_TYPE_VERITY) - (y->types & AG_TYPE_VERITY);
	return c ? c : memcmp(x->digest, y->digest, sizeof(x->digest));
}

void ag_model_sort_by_path(struct ag_model *model)
{
	if (model->nr_entries)
		qsort(model->entries, model->nr_entries, sizeof(*model->entries), compare_paths);
}
