/* SPDX-License-Identifier: MIT */
/* Machines as the database knows them. */
#ifndef AG_CENTER_STORE_ATM_H
#define AG_CENTER_STORE_ATM_H

#include "store.h"

#include <linux/atmguard.h>
#include <stdint.h>

struct ag_atm {
	char number[ATMGUARD_ATM_LEN];
	char atm_class[ATMGUARD_CLASS_LEN];
	uint8_t boot_uuid[ATMGUARD_UUID_LEN];
	uint8_t cert_sha256[32];	/* of the one certificate that speaks for it */
	int64_t version;		/* of the identity, counts enrolments */
	int64_t added_s, revoked_s;
	int64_t wrong;			/* wrong tries since a right one or a release */
	int64_t seen_s;			/* 0: never; then what follows says nothing */
	char state[16];			/* as the last heartbeat says: hearsay */
	int64_t policy_version, next_seq;
	uint8_t boot_id[ATMGUARD_UUID_LEN];
};

int ag_store_atm_load(struct ag_store *store, const char *number, struct ag_atm *ret_atm);

/* A new machine, or one enrolled again: number to added_s are taken, the rest
 * begins anew. */
int ag_store_atm_enrol(struct ag_store *store, const struct ag_atm *atm);

/* -ENOENT: none, or revoked already. */
int ag_store_atm_revoke(struct ag_store *store, const char *number, int64_t now_s);

/* What a heartbeat says: number and seen_s to boot_id are taken. */
int ag_store_atm_see(struct ag_store *store, const struct ag_atm *atm);

int ag_store_atm_count_wrong(struct ag_store *store, const char *number);
/* -ENOENT: no such machine. */
int ag_store_atm_clear_wrong(struct ag_store *store, const char *number);

/* At most @max by number, those behind @after ("": from the first). */
int ag_store_atm_list(struct ag_store *store, const char *after, int max,
		      int (*use)(const struct ag_atm *atm, void *arg), void *arg);

#endif
