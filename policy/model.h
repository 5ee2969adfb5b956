/* SPDX-License-Identifier: MIT */
/* A policy in memory, between its text and its binary form. */
#ifndef AG_POLICY_MODEL_H
#define AG_POLICY_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/check.h"
#include "error.h"

#define AG_GROUP_LEN	32u	/* name of an owner group, with its NUL */
#define AG_GROUPS_MAX	255u	/* the owner is one byte, 0 is none */

struct ag_model_entry {
	__u8  digest[ATMGUARD_HASH_LEN];
	__u8  types;		/* with AG_TYPE_VERITY */
	__u8  group;		/* index into groups + 1, 0: none */
	__u16 flags;
	unsigned int line;	/* of the text, 0: from a binary or a tree */
	char *path;		/* for people; of a command its text; NULL where it came from a binary */
};

enum ag_override {
	AG_OVERRIDE_DOOR,	/* allow-door: a program on the list of doors */
	AG_OVERRIDE_FLAW,	/* allow-flaw: an ELF file with a flaw */
};

struct ag_model_override {
	enum ag_override what;
	char *path;
	char *reason;
	bool used;		/* lint found what it is for */
};

/* The statements that may appear once, bits of ag_model.seen. */
enum ag_once {
	AG_ONCE_VERSION		= 1u << 0,
	AG_ONCE_FLOOR		= 1u << 1,
	AG_ONCE_CLASS		= 1u << 2,
	AG_ONCE_NOT_BEFORE	= 1u << 3,
	AG_ONCE_EXPIRES		= 1u << 4,
	AG_ONCE_MODE		= 1u << 5,
};

struct ag_model {
	unsigned int seen;	/* AG_ONCE_* */
	__u64 version;
	__u64 floor;		/* 1 unless stated: nothing is ruled out */
	__u64 not_before_s;
	__u64 not_after_s;
	char  atm_class[ATMGUARD_CLASS_LEN];
	__u32 flags;		/* AG_POLICY_* */

	struct ag_model_entry *entries;
	size_t nr_entries, cap_entries;
	struct ag_model_override *overrides;
	size_t nr_overrides, cap_overrides;
	struct ag_policy_node nodes[AG_NODES_MAX];	/* owner: index into groups + 1 */
	unsigned int nr_nodes;
	struct ag_policy_usb usb[AG_USB_MAX];
	unsigned int nr_usb;
	struct ag_policy_path paths[AG_PATHS_MAX];	/* protect */
	unsigned int nr_paths;
	struct ag_policy_path reads[AG_PATHS_MAX];
	unsigned int nr_reads;
	struct ag_policy_filesystem filesystems[AG_FILESYSTEMS_MAX];
	unsigned int nr_filesystems;
	char groups[AG_GROUPS_MAX][AG_GROUP_LEN];
	unsigned int nr_groups;
};

void ag_model_init(struct ag_model *model);
void ag_model_exit(struct ag_model *model);

/* The same for one on the heap, NULL without memory; free takes NULL. */
struct ag_model *ag_model_alloc(void);
void ag_model_free(struct ag_model *model);

/* Appends; @path is copied and may be NULL.  Return: 0, -ENOMEM. */
int ag_model_add_entry(struct ag_model *model, const struct ag_model_entry *entry);
int ag_model_add_override(struct ag_model *model, enum ag_override what,
			  const char *path, const char *reason);

/* The override of this kind for exactly @path, or NULL. */
struct ag_model_override *ag_model_find_override(struct ag_model *model,
						 enum ag_override what, const char *path);

/* Index + 1 of the group @name, which is added if new.
 * Return: 0, -E2BIG (255 groups are there), -EINVAL (not a name). */
int ag_model_group(struct ag_model *model, const char *name, __u8 *ret_group);

/* Fills an empty model from a checked binary; groups get made-up names. */
int ag_model_from_view(struct ag_model *model, const struct ag_policy_view *view);

/* Sorts by path, the digest of the content before that of fs-verity; an entry
 * without a path comes first. */
void ag_model_sort_by_path(struct ag_model *model);

/* Makes room for one more element in a growing array. */
int ag_grow(void *array_pointer, size_t *cap, size_t nr, size_t size);

#endif
