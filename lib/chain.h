/* SPDX-License-Identifier: MIT */
/* The hash chain of audit records: follow it, and find where it breaks. */
#ifndef AG_LIB_CHAIN_H
#define AG_LIB_CHAIN_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A point in the chain: what the next record must follow. */
struct ag_chain {
	uint64_t next_seq;
	uint8_t tip[ATMGUARD_HASH_LEN];	/* hash of the record before; zero at the start */
};

/* SHA-256(@tip || @record up to its hash), the hash that @record must carry. */
void ag_chain_hash(const uint8_t tip[ATMGUARD_HASH_LEN], const struct atmguard_record *record,
		   uint8_t ret_hash[ATMGUARD_HASH_LEN]);

/*
 * ag_chain_check - whether @record is the next one after @chain
 *
 * Return: 0, -ERANGE (its number is another), -EBADMSG (its hash does not
 * follow).
 */
int ag_chain_check(const struct ag_chain *chain, const struct atmguard_record *record);

/* Make @record the last one of @chain, whether it follows or not. */
void ag_chain_advance(struct ag_chain *chain, const struct atmguard_record *record);

/* What ag_chain_verify() found in a log. */
struct ag_chain_report {
	size_t nr_records;
	size_t nr_boots;	/* places where a boot begins, with or without a receipt before it */
	size_t nr_gaps;		/* numbers missing */
	size_t nr_breaks;	/* hashes that do not follow */
	size_t first_bad;	/* index of the first of these; nr_records: none */
	bool is_anchored;	/* starts at number 0: nothing is missing in front */
};

/*
 * ag_chain_verify - follow a whole log, which may hold several boots
 *
 * A boot starts at number 0 behind 32 zero bytes, or with the number and the
 * hash of the record that the center last receipted.  A log that was cut in
 * front is verified from its first record on.
 *
 * Return: 0, -EBADMSG (a gap or a break; see *@ret_report, which is always
 * filled).
 */
int ag_chain_verify(const struct atmguard_record *records, size_t nr_records,
		    struct ag_chain_report *ret_report);

#endif
