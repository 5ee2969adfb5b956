/* SPDX-License-Identifier: MIT */
/* The words of the language for types, flags and scopes, both ways. */
#ifndef AG_POLICY_NAMES_H
#define AG_POLICY_NAMES_H

#include <linux/types.h>
#include <stdio.h>

struct ag_name {
	const char *word;
	__u32 bit;
};

/* Each ends with a NULL word. */
extern const struct ag_name ag_names_types[];
extern const struct ag_name ag_names_flags[];
extern const struct ag_name ag_names_all_scopes[];

/* The bit of @word, 0: not in the table. */
__u32 ag_names_find(const struct ag_name *names, const char *word);

/* Writes the words of @bits, each after @before the first and @between the others. */
void ag_names_write(FILE *out, const struct ag_name *names, __u32 bits,
		    const char *before, const char *between);

#endif
