/* SPDX-License-Identifier: MIT */
/* Entries: one grant a nonce of a job, what a retry gets again. */
#ifndef AG_CENTER_STORE_ENTRY_H
#define AG_CENTER_STORE_ENTRY_H

#include "center/common/keys.h"
#include "store.h"

#include <stdint.h>

struct ag_entry {
	int64_t at_s;
	int64_t retries;
	struct ag_grant grant;		/* its job and nonce name the entry */
	unsigned char sig[AG_SIG_MAX];
	size_t sig_len;
};

int ag_store_entry_load(struct ag_store *store, int64_t job, const uint8_t nonce[ATMGUARD_NONCE_LEN],
			struct ag_entry *ret_entry);
int ag_store_entry_add(struct ag_store *store, const struct ag_entry *entry);
int ag_store_entry_count_retry(struct ag_store *store, const struct ag_entry *entry);

/* All of a job, the oldest first; AG_JOB_ENTRIES_MAX bounds them. */
int ag_store_entry_list(struct ag_store *store, int64_t job,
			int (*use)(const struct ag_entry *entry, void *arg), void *arg);

#endif
