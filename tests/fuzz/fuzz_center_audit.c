// SPDX-License-Identifier: MIT
// Any batches of records against a real database in memory: each gets an answer.
#include "center/store/sql.h"
#include "lib/chain.h"
#include "tests/unit/center_alone.h"

#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct ag_judge center;

static int sign(void *arg, unsigned int kind, const void *object, size_t len,
		unsigned char sig[AG_SIG_MAX], size_t *ret_len)
{
	memset(sig, 0, 64);
	*ret_len = 64;
	return 0;
}

static int64_t now_s(void)
{
	return 1800000000;
}

static void start(void)
{
	if (ag_store_open(":memory:", NULL, &center.store) ||
	    ag_sql_run(center.store, "INSERT INTO atm (number, class, boot_uuid, cert_sha256, version, added_s)"
			 " VALUES ('1', 'std', zeroblob(16), zeroblob(32), 1, 1)", AG_NO_VALUES))
		abort();
	center.sign = sign;
	center.now_s = now_s;
}

/* Five bytes make a record: boot and flags, number, type, code, job; most are
 * chained rightly, so that the fuzzer gets past the hashes. */
static void make(const uint8_t *p, struct atmguard_record *record, struct ag_chain *chain)
{
	memset(record, 0, sizeof(*record));
	record->seq = p[0] & 0x40 ? p[1] : chain->next_seq;
	record->type = p[2] % (ATMGUARD_NR_EVENTS + 1);
	record->code = p[3];
	record->job = p[4];
	record->detail[0] = p[3];
	ag_chain_hash(chain->tip, record, record->hash);
	if (p[0] & 0x20)
		record->hash[0] ^= p[1];
	ag_chain_advance(chain, record);
}

static void ship(const uint8_t *p, struct ag_chain chains[4])
{
	struct ag_request request = { .atm = "1", .nr_records = 1, .is_lost = p[0] >> 7 };
	struct atmguard_record record;
	struct ag_answer answer;

	request.boot_id[0] = p[0] & 3;
	make(p, &record, &chains[p[0] & 3]);
	center_decide(&center, AG_REQUEST_AUDIT, &request, &record, &answer);
	if (answer.status != 200)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ag_chain chains[4] = { 0 };

	if (!center.store)
		start();
	for (size_t i = 0; i + 5 <= len && i < 5 * RECORDS_MAX; i += 5)
		ship(data + i, chains);
	if (ag_sql_run(center.store, "DELETE FROM record", AG_NO_VALUES) ||
	    ag_sql_run(center.store, "DELETE FROM chain", AG_NO_VALUES) ||
	    ag_sql_run(center.store, "DELETE FROM alarm", AG_NO_VALUES))
		abort();
	return 0;
}
