// SPDX-License-Identifier: MIT
// Checks the hash chain of audit records that the kernel module makes (kmod/audit.c).
#include "chain.h"

#include <errno.h>
#include <openssl/sha.h>
#include <string.h>

void ag_chain_hash(const uint8_t tip[ATMGUARD_HASH_LEN], const struct atmguard_record *record,
		   uint8_t ret_hash[ATMGUARD_HASH_LEN])
{
	const size_t body = offsetof(struct atmguard_record, hash);
	uint8_t input[ATMGUARD_HASH_LEN + offsetof(struct atmguard_record, hash)];

	memcpy(input, tip, ATMGUARD_HASH_LEN);
	memcpy(input + ATMGUARD_HASH_LEN, record, body);
	SHA256(input, sizeof(input), ret_hash);
}

static bool follows(const uint8_t tip[ATMGUARD_HASH_LEN], const struct atmguard_record *record)
{
	uint8_t hash[ATMGUARD_HASH_LEN];

	ag_chain_hash(tip, record, hash);
	return memcmp(hash, record->hash, sizeof(hash)) == 0;
}

int ag_chain_check(const struct ag_chain *chain, const struct atmguard_record *record)
{
	if (record->seq != chain->next_seq)
		return -ERANGE;
	return follows(chain->tip, record) ? 0 : -EBADMSG;
}

void ag_chain_advance(struct ag_chain *chain, const struct atmguard_record *record)
{
	chain->next_seq = record->seq + 1;
	memcpy(chain->tip, record->hash, sizeof(chain->tip));
}

/* Whether @records[i] starts a boot: as number 0 behind zero bytes, or, where a
 * receipt said so, as the next one of any record before it in this log. */
static bool starts_boot(const struct atmguard_record *records, size_t i)
{
	static const uint8_t zero[ATMGUARD_HASH_LEN];

	if (records[i].seq == 0)
		return follows(zero, &records[i]);
	for (size_t j = i; j-- > 0;)
		if (records[j].seq + 1 == records[i].seq)
			return follows(records[j].hash, &records[i]);
	return false;
}

static void count(struct ag_chain_report *report, size_t i, size_t *counter)
{
	if (report->first_bad == report->nr_records)
		report->first_bad = i;
	++*counter;
}

int ag_chain_verify(const struct atmguard_record *records, size_t nr_records,
		    struct ag_chain_report *ret_report)
{
	struct ag_chain_report report = { .nr_records = nr_records, .first_bad = nr_records };
	struct ag_chain chain = { 0 };

	for (size_t i = 0; i < nr_records; i++) {
		int r = ag_chain_check(&chain, &records[i]);

		if (i == 0) {
			report.nr_boots = 1;
			report.is_anchored = r == 0;
			/* Another number than 0: the log was cut in front of it, and
			 * there is nothing to check the first record against. */
			if (records[0].seq == 0 && r)
				count(&report, i, &report.nr_breaks);
		} else if (!r) {
			report.nr_boots += records[i].type == ATMGUARD_EV_BOOT;
		} else if (starts_boot(records, i)) {
			report.nr_boots++;
		} else {
			count(&report, i, r == -ERANGE ? &report.nr_gaps : &report.nr_breaks);
		}
		ag_chain_advance(&chain, &records[i]);
	}
	*ret_report = report;
	return report.nr_gaps || report.nr_breaks ? -EBADMSG : 0;
}
