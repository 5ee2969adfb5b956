/* SPDX-License-Identifier: MIT */
/*
 * The words for numbers, of include/atmguard/names.def and errors.def: the one
 * source for agent, center and policy tool.
 *
 * A number that has no row comes from a newer machine.  It is shown as "hook 99",
 * never dropped, and found again by that word.
 */
#ifndef AG_LIB_NAMES_H
#define AG_LIB_NAMES_H

#include <linux/types.h>
#include <stddef.h>

enum ag_names_kind {
	AG_NAMES_STATE,
	AG_NAMES_SCOPE,
	AG_NAMES_STATUS,
	AG_NAMES_EVENT,
	AG_NAMES_HOOK,
	AG_NAMES_RELOCK,
	AG_NAMES_PURPOSE,
	AG_NAMES_TYPE,
	AG_NAMES_DIGEST,
	AG_NAMES_FLAG,
	AG_NR_NAMES_KINDS
};

/* Something said, in English and Japanese. */
struct ag_names_text {
	const char *en;
	const char *ja;
};

struct ag_name {
	unsigned int number;	/* of scopes, status, types, digests and flags: the bit's */
	struct ag_names_text word;	/* .en: what protocols and logs say */
	struct ag_names_text meaning;
	struct ag_names_text advice;	/* what to do; of types and flags: what usually has them */
};

/* The rows of one kind, ending with a word of NULL. */
const struct ag_name *ag_names_rows(enum ag_names_kind kind);

/* What a kind is called: "hook" and "フック". */
const struct ag_names_text *ag_names_title(enum ag_names_kind kind);

/* NULL: no row has this number, this word. */
const struct ag_name *ag_names_get(enum ag_names_kind kind, unsigned int number);
const struct ag_name *ag_names_find(enum ag_names_kind kind, const char *word);

/* By value, so that it can be used within one expression: ag_names_word(…).text. */
struct ag_names_word {
	char text[32];
};

/* The name, or the kind and the number: "hook 99". */
struct ag_names_word ag_names_word(enum ag_names_kind kind, unsigned int number);

/* The number of such a word, "hook 99" included; -ENOENT. */
int ag_names_number(enum ag_names_kind kind, const char *word);

/* The bit of @word, which must be in the table; 0: it is not. */
__u32 ag_names_bit(enum ag_names_kind kind, const char *word);

/* The words of the bits of @mask with @between them, cut at a whole word; returns
 * @buf, which AG_NAMES_LIST_SIZE bytes make long enough.  "" for no bits. */
#define AG_NAMES_LIST_SIZE 512u
char *ag_names_list(enum ag_names_kind kind, __u32 mask, const char *between, char *buf, size_t size);

/* ---- errors ---- */

struct ag_names_error {
	unsigned int event;	/* of the record, 0: of a request that leaves none */
	__u32 hooks;		/* of a denial: where, one bit each */
	int number;		/* of errno, 0: any */
	struct ag_names_text meaning;
	struct ag_names_text advice;
};

/* Ends with a meaning of NULL. */
extern const struct ag_names_error ag_names_errors[];

/* What @error, positive or negative, means in a record of @event and, of a denial,
 * @hook; NULL: it cannot stand there. */
const struct ag_names_error *ag_names_error(unsigned int event, unsigned int hook, int error);

/* "ENOKEY" for 126 or -126, "0" for none, "E4000" for one this system does not know. */
struct ag_names_word ag_names_errno(int error);

#endif
