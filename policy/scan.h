/* SPDX-License-Identifier: MIT */
/* Walks a tree of files and lists what in it can be code. */
#ifndef AG_POLICY_SCAN_H
#define AG_POLICY_SCAN_H

#include "model.h"
#include "rules.h"

/* Why a file was left out, for the person who builds. */
enum ag_scan_left_out {
	AG_SCAN_DOOR,
	AG_SCAN_FLAW,
	AG_SCAN_UNREADABLE,
};

struct ag_scan_report {
	/* Called for each file that looked like code and is not listed. */
	void (*left_out)(void *arg, enum ag_scan_left_out why, const char *path,
			 const char *reason);
	/* Called now and then; NULL: no progress wanted. */
	void (*progress)(void *arg, __u64 files, __u64 bytes);
	void *arg;
};

/*
 * ag_scan_tree - add the files below @root to the rules' model
 *
 * Paths in the policy are @prefix ("" for a root file system) and the path
 * below @root.  Symbolic links are not followed: content decides, and the link
 * leads to a file that is met anyway.  A door or a flawed ELF file is left out
 * unless the model allows it by name, with every other file of its content.
 *
 * Return: 0, -errno (@ret_error says where).
 */
int ag_scan_tree(struct ag_rules *rules, const char *root, const char *prefix,
		 const struct ag_scan_report *report, struct ag_error *ret_error);

/* What the open file @fd called @path is by its content and name: AG_TYPE_*,
 * 0: nothing that runs.  *ret_flaws: AG_ELF_*.  Return: 0, -EIO. */
int ag_scan_classify(int fd, const char *path, bool is_executable,
		     __u8 *ret_types, unsigned int *ret_flaws);

#endif
