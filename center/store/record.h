/* SPDX-License-Identifier: MIT */
/* Audit records of the machines, and how far the chain of each boot is held. */
#ifndef AG_CENTER_STORE_RECORD_H
#define AG_CENTER_STORE_RECORD_H

#include "lib/chain.h"
#include "store.h"

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stdint.h>

struct ag_job;

/* Which boot of which machine. */
struct ag_boot {
	const char *atm;
	const uint8_t *id;	/* ATMGUARD_UUID_LEN bytes */
};

/* ---- chains ---- */

int ag_store_chain_load(struct ag_store *store, const struct ag_boot *boot, struct ag_chain *ret_chain);

/* Begins the chain of a boot that goes on at @first_seq behind @tip. */
int ag_store_chain_add(struct ag_store *store, const struct ag_boot *boot, int64_t now_s, uint64_t first_seq,
		       const uint8_t tip[ATMGUARD_HASH_LEN]);
int ag_store_chain_save(struct ag_store *store, const struct ag_boot *boot, const struct ag_chain *chain);

/* One more than the highest number held of any boot; 0: none. */
int ag_store_chain_highest(struct ag_store *store, const char *atm, int64_t *ret_next);

/* ---- records ---- */

/* Where a record stands; the members order a list. */
struct ag_record_key {
	int64_t received_s;
	uint64_t seq;
	uint8_t boot_id[ATMGUARD_UUID_LEN];
	bool is_apart;		/* does not follow from the one before */
};

struct ag_record_row {
	struct ag_record_key key;
	struct atmguard_record record;
};

/* Keeps a record; the same one again is no error. */
int ag_store_record_add(struct ag_store *store, const struct ag_boot *boot, int64_t now_s, bool is_apart,
			const struct atmguard_record *record);

/* Every record held under a number: of one boot, or of all if @boot->id is NULL. */
int ag_store_record_find(struct ag_store *store, const struct ag_boot *boot, uint64_t seq,
			 int (*use)(const struct atmguard_record *record, void *arg), void *arg);

typedef int ag_record_use(const struct ag_record_row *row, void *arg);

/* At most @max of a machine in the order it wrote them: boots as they came,
 * numbers inside; those behind @after (NULL: from the first). */
int ag_store_record_list(struct ag_store *store, const char *atm, const struct ag_record_key *after, int max,
			 ag_record_use *use, void *arg);

/* Which records tell the story of a job: its own, and those of its machine with
 * one of these types received between issue and end: an attempt before the
 * entry belongs to it. */
#define AG_RECORD_TYPES_MAX 8
struct ag_record_story {
	const struct ag_job *job;
	uint16_t types[AG_RECORD_TYPES_MAX];	/* 0: none further */
	uint16_t unknown_from;	/* types from here on are a newer machine's and may belong to it, too */
};

/* At most @max in the order received, those behind @after (NULL: from the first). */
int ag_store_record_list_of_job(struct ag_store *store, const struct ag_record_story *story,
				const struct ag_record_key *after, int max, ag_record_use *use, void *arg);

#endif
