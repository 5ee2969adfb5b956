// SPDX-License-Identifier: MIT
// atmguardd for machines without the kernel module: the same program over a device in memory.
//
// AG_FAKE_RECORDS: audit records at the start; AG_FAKE_OLDEST: the first of
// them still readable; AG_FAKE_HOLE: number of the record at which a reader is
// overtaken once, losing ten; AG_FAKE_GRANT_ERRNO: what a grant is refused with.
// Reached only from tests; nothing of this is linked into a shipped program.
#include <atmguard/object.h>
#include "lib/chain.h"
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/daemon/agent.h"

#define RECORDS_MAX 4096u

static struct {
	struct atmguard_status status;
	struct atmguard_record records[RECORDS_MAX];
	struct ag_chain chain;
	uint64_t oldest;
	uint64_t cursor;
	uint64_t hole;
	uint64_t until_ms;	/* end of the grant */
	int grant_errno;
	int nr_first;		/* records at the start */
	bool is_read;
	int event_fd;
} fake;

static void add_record(enum atmguard_event type, uint64_t aux)
{
	struct atmguard_record *record = &fake.records[fake.chain.next_seq % RECORDS_MAX];

	*record = (struct atmguard_record){
		.seq = fake.chain.next_seq,
		.boot_ns = ag_clock_now_ms() * 1000000,
		.type = type,
		.aux = aux,
		.job = fake.status.job,
		.comm = "fake",
		.detail = "made by a test",
	};
	if (type == ATMGUARD_EV_RELOCK)
		record->code = ATMGUARD_RELOCK_DONE;
	ag_chain_hash(fake.chain.tip, record, record->hash);
	ag_chain_advance(&fake.chain, record);
	fake.status.next_seq = fake.chain.next_seq;
	if (eventfd_write(fake.event_fd, 1))
		abort();
}

static int fake_status(int fd, struct atmguard_status *ret_status)
{
	uint64_t now_ms = ag_clock_now_ms();

	if (fake.status.state == ATMGUARD_MAINTENANCE)
		fake.status.remaining_ms = fake.until_ms > now_ms ? fake.until_ms - now_ms : 0;
	*ret_status = fake.status;
	return 0;
}

static int fake_nonce(int fd, struct atmguard_nonce *ret_nonce)
{
	if (fake.status.state != ATMGUARD_LOCKED)
		return -EBUSY;
	memset(ret_nonce->nonce, 0x40 + (int)(fake.status.generation & 15), ATMGUARD_NONCE_LEN);
	return 0;
}

static int fake_grant(int fd, const void *data, size_t len, const void *sig, size_t sig_len)
{
	const struct ag_grant *grant = data;
	struct atmguard_nonce nonce;

	if (fake.grant_errno)
		return -fake.grant_errno;
	if (fake_nonce(fd, &nonce))
		return -EBUSY;
	if (memcmp(nonce.nonce, grant->nonce, sizeof(nonce.nonce)))
		return -ESTALE;
	fake.status.state = ATMGUARD_MAINTENANCE;
	fake.status.generation++;
	fake.status.job = le64toh(grant->job);
	fake.status.scopes = le32toh(grant->scopes);
	fake.until_ms = ag_clock_now_ms() + le32toh(grant->duration_s) * 1000ull;
	add_record(ATMGUARD_EV_UNLOCK, fake.status.scopes);
	return 0;
}

static int fake_relock(int fd)
{
	if (fake.status.state != ATMGUARD_MAINTENANCE)
		return -EBUSY;
	add_record(ATMGUARD_EV_RELOCK, 0);
	fake.status.state = ATMGUARD_LOCKED;
	fake.status.job = 0;
	fake.status.scopes = 0;
	fake.status.remaining_ms = 0;
	return 0;
}

static void add_first_records(void)
{
	for (int i = 0; i < fake.nr_first; i++)
		add_record(ATMGUARD_EV_DENY, 0);
}

/* What was written before the first receipt is numbered behind it. */
static void number_from(const struct ag_receipt *receipt)
{
	fake.chain.next_seq = le64toh(receipt->seq) + 1;
	memcpy(fake.chain.tip, receipt->hash, ATMGUARD_HASH_LEN);
	fake.cursor = fake.oldest = fake.chain.next_seq;
	add_record(ATMGUARD_EV_CONTINUE, 0);
	add_first_records();
}

static int fake_receipt(int fd, const void *data, size_t len, const void *sig, size_t sig_len)
{
	const struct ag_receipt *receipt = data;

	if (!fake.is_read && memcmp(receipt->boot_id, fake.status.boot_id, ATMGUARD_UUID_LEN)) {
		number_from(receipt);
		return 0;
	}
	if (memcmp(receipt->boot_id, fake.status.boot_id, ATMGUARD_UUID_LEN))
		return -ESTALE;
	fake.status.receipted_seq = le64toh(receipt->seq) + 1;
	add_record(ATMGUARD_EV_RECEIPT, fake.status.receipted_seq);
	return 0;
}

static int fake_read(int fd, struct atmguard_record *ret_record)
{
	eventfd_t ignored;

	fake.is_read = true;
	if (fake.cursor == fake.chain.next_seq) {
		if (!eventfd_read(fake.event_fd, &ignored) || errno == EAGAIN)
			return -EAGAIN;
		return -EIO;
	}
	if (fake.cursor < fake.oldest) {
		fake.cursor = fake.oldest;
		return -EPIPE;
	}
	if (fake.hole && fake.cursor == fake.hole) {
		fake.cursor += 10;
		fake.oldest = fake.cursor;
		return -EPIPE;
	}
	*ret_record = fake.records[fake.cursor++ % RECORDS_MAX];
	return 0;
}

static int fake_rewind(int fd)
{
	fake.cursor = fake.oldest;
	return 0;
}

static const struct ag_device_ops fake_ops = {
	.status = fake_status,
	.nonce = fake_nonce,
	.grant = fake_grant,
	.receipt = fake_receipt,
	.relock = fake_relock,
	.read = fake_read,
	.rewind = fake_rewind,
};

static int open_fake(const char *path, int flags, struct ag_device *ret_device)
{
	*ret_device = (struct ag_device){ .fd = fake.event_fd, .ops = &fake_ops };
	return 0;
}

static int number(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : 0;
}

int main(int argc, char **argv)
{
	uint64_t id = ag_clock_now_ms();

	fake.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	fake.status.abi = ATMGUARD_ABI;
	fake.status.state = ATMGUARD_LOCKED;
	fake.status.policy_version = 3;
	memcpy(fake.status.boot_id, &id, sizeof(id));
	strcpy(fake.status.atm, "00012345");
	fake.grant_errno = number("AG_FAKE_GRANT_ERRNO");
	fake.nr_first = number("AG_FAKE_RECORDS");
	add_first_records();
	fake.oldest = (uint64_t)number("AG_FAKE_OLDEST");
	fake.hole = (uint64_t)number("AG_FAKE_HOLE");
	return ag_agent_main(argc, argv, open_fake);
}
