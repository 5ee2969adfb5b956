// SPDX-License-Identifier: MIT
// Take audit records: follow their chain, keep them, close jobs, give a receipt.
#include "alarm.h"
#include "center/common/log.h"
#include "center/common/text.h"
#include "center/store/atm.h"
#include "center/store/record.h"
#include "handler.h"
#include "job.h"
#include "lib/chain.h"
#include "lib/hex.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One call: a batch of records of one boot of one machine. */
struct intake {
	struct ag_judge *judge;
	struct ag_store *store;	/* of the judge */
	struct ag_boot boot;
	int64_t now_s;
	struct ag_chain chain;
	bool is_new;		/* nothing of this boot is held yet */
	int64_t nr_kept, nr_apart;
};

static int alarm_at(struct intake *in, const char *kind, uint64_t seq, const char *what)
{
	char detail[160];

	snprintf(detail, sizeof(detail), "record %llu: %s", (unsigned long long)seq, what);
	return ag_alarm_raise(in->store, in->now_s, kind, in->boot.atm, 0, detail);
}

static int load_chain(struct intake *in)
{
	int r = ag_store_chain_load(in->store, &in->boot, &in->chain);

	in->is_new = r == -ENOENT;
	return in->is_new ? 0 : r;
}

/* Looks for what @first goes on after. */
struct start {
	const struct atmguard_record *first;
	struct ag_chain chain;
	bool is_found;
};

/* 1: @first follows this one; else the last one held is as good as any. */
static int try_start(const struct atmguard_record *held, void *arg)
{
	struct start *start = arg;

	memcpy(start->chain.tip, held->hash, sizeof(start->chain.tip));
	start->is_found = true;
	return ag_chain_check(&start->chain, start->first) == 0;
}

/*
 * Finds what the first record of a boot goes on after: number 0 behind zero
 * bytes, or a record of an earlier boot that the center has receipted.  Of
 * several with that number (the machine was set back once) the one fits whose
 * hash @first follows.
 */
static int find_start(struct intake *in, const struct atmguard_record *first, bool *ret_found)
{
	struct start start = { .first = first, .chain = { .next_seq = first->seq } };
	const struct ag_boot any = { .atm = in->boot.atm };
	int r = first->seq == 0 ? 0 : ag_store_record_find(in->store, &any, first->seq - 1, try_start, &start);

	in->chain = start.chain;
	*ret_found = start.is_found || first->seq == 0;
	return r < 0 ? r : 0;
}

/*
 * Starts the chain of a new boot.  Numbers that go back say that the machine
 * forgot what was receipted: its disk was swapped or set back, or the last
 * receipt was lost in a power cut.
 *
 * -EAGAIN: records in front are missing; ask for them.
 */
static int start_chain(struct intake *in, const struct atmguard_record *first, bool is_lost,
		       uint64_t *ret_expected)
{
	bool is_found;
	int64_t next;
	int r = find_start(in, first, &is_found);

	if (r == 0)
		r = ag_store_chain_highest(in->store, in->boot.atm, &next);
	if (r)
		return r;
	if (!is_found && !is_lost) {
		*ret_expected = next;
		return -EAGAIN;
	}
	if (first->seq < (uint64_t)next)
		r = alarm_at(in, "rewind", first->seq, "a new boot goes on at a number already held");
	/* Without what is in front, the first record has to be taken as it is. */
	if (r == 0 && !is_found)
		in->chain.next_seq = UINT64_MAX;
	return r ? r : ag_store_chain_add(in->store, &in->boot, in->now_s, first->seq, in->chain.tip);
}

static int keep(struct intake *in, const struct atmguard_record *record, bool is_apart)
{
	in->nr_kept++;
	in->nr_apart += is_apart;
	return ag_store_record_add(in->store, &in->boot, in->now_s, is_apart, record);
}

enum held { NOTHING_HELD, ANOTHER_HELD, SAME_HELD };

struct held_search {
	const struct atmguard_record *record;
	enum held held;
};

static int look_at_held(const struct atmguard_record *held, void *arg)
{
	struct held_search *search = arg;

	search->held = memcmp(held, search->record, sizeof(*held)) == 0 ? SAME_HELD : ANOTHER_HELD;
	return search->held == SAME_HELD;
}

/* A number that is held already: the same record again, or a second history. */
static int compare_held(struct intake *in, const struct atmguard_record *record)
{
	struct held_search search = { record, NOTHING_HELD };
	int r = ag_store_record_find(in->store, &in->boot, record->seq, look_at_held, &search);

	if (r < 0 || search.held == SAME_HELD)
		return r < 0 ? r : 0;
	r = keep(in, record, true);
	/* Given up as lost before and found again: there is nothing to differ from. */
	return r || search.held == NOTHING_HELD ? r : alarm_at(in, "fork", record->seq, "differs from the one held");
}

static int close_job(struct intake *in, const struct atmguard_record *record)
{
	static const struct { uint16_t code; enum ag_job_event event; const char *why; } ways[] = {
		{ ATMGUARD_RELOCK_DONE, AG_JOB_COMPLETE, "the machine relocked: work reported complete" },
		{ ATMGUARD_RELOCK_TIMER, AG_JOB_EXPIRE, "the machine relocked: its timer ended" },
	};
	struct ag_job job;
	int r = record->job > INT64_MAX ? -ENOENT : ag_store_job_load(in->store, record->job, &job);

	if (r)
		return r == -ENOENT ? 0 : r;
	/* A machine closes its own job only, and only one it had entered. */
	if (strcmp(job.atm, in->boot.atm) || job.state != AG_JOB_ACTIVE)
		return 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i].code == record->code) {
			r = ag_job_move(in->store, &job, ways[i].event, in->now_s, ways[i].why);
			ag_log_later("job=%lld atm=%s state=%s", (long long)job.id, job.atm,
				     ag_job_state_name(job.state));
			return r;
		}
	return 0;
}

static int react_relock(struct intake *in, const struct atmguard_record *record)
{
	int r = close_job(in, record);

	if (r == 0 && record->aux)
		r = alarm_at(in, "survivors", record->seq, "the relock left something over");
	return r;
}

static int react_alarm(struct intake *in, const struct atmguard_record *record)
{
	char detail[4 * sizeof(record->detail) + 1];

	ag_text_clean(record->detail, sizeof(record->detail), detail, sizeof(detail));
	return ag_alarm_raise(in->store, in->now_s, "machine", in->boot.atm, 0, detail);
}

static const struct {
	uint16_t type;
	int (*react)(struct intake *in, const struct atmguard_record *record);
} reactions[] = {
	{ ATMGUARD_EV_RELOCK, react_relock },
	{ ATMGUARD_EV_ALARM, react_alarm },
};

static int react(struct intake *in, const struct atmguard_record *record)
{
	for (size_t i = 0; i < sizeof(reactions) / sizeof(reactions[0]); i++)
		if (reactions[i].type == record->type)
			return reactions[i].react(in, record);
	return 0;
}

/* The record whose number is the next: into the chain, or apart. */
static int append(struct intake *in, const struct atmguard_record *record)
{
	bool is_apart = ag_chain_check(&in->chain, record) == -EBADMSG;
	int r = keep(in, record, is_apart);

	if (r == 0 && is_apart)
		r = alarm_at(in, "chain-broken", record->seq, "its hash does not follow");
	if (r == 0 && !is_apart)
		r = react(in, record);
	ag_chain_advance(&in->chain, record);
	return r;
}

/* -EAGAIN: there is a hole before @record. */
static int take(struct intake *in, const struct atmguard_record *record, bool is_lost)
{
	int r;

	if (in->chain.next_seq == UINT64_MAX) {	/* a start that nothing was held of */
		r = alarm_at(in, "lost", record->seq, "the first one of a boot that could be had");
		in->chain.next_seq = record->seq;
		return r ? r : (r = keep(in, record, false)) ? r : (ag_chain_advance(&in->chain, record), 0);
	}
	if (record->seq < in->chain.next_seq)
		return compare_held(in, record);
	if (record->seq > in->chain.next_seq) {
		char what[64];

		if (!is_lost)
			return -EAGAIN;
		snprintf(what, sizeof(what), "lost before it: from %llu on",
			 (unsigned long long)in->chain.next_seq);
		r = alarm_at(in, "lost", record->seq, what);
		if (r == 0)
			r = keep(in, record, false);
		ag_chain_advance(&in->chain, record);
		return r;
	}
	return append(in, record);
}

static int answer_gap(struct ag_answer *ret_answer, uint64_t expected)
{
	ag_answer_set(ret_answer, 200, "{\"result\":\"gap\", \"expected\":%llu}",
		      (unsigned long long)expected);
	return 0;
}

static int answer_receipt(struct intake *in, struct ag_answer *ret_answer)
{
	struct ag_receipt receipt = {
		.purpose = AG_PURPOSE_RECEIPT, .seq = in->chain.next_seq - 1, .issued_s = in->now_s,
	};
	char text[AG_BASE64_SIZE(sizeof(receipt))], sig64[AG_BASE64_SIZE(AG_SIG_MAX)];
	unsigned char sig[AG_SIG_MAX];
	size_t sig_len;
	int r;

	memcpy(receipt.atm, in->boot.atm, sizeof(receipt.atm));
	memcpy(receipt.boot_id, in->boot.id, sizeof(receipt.boot_id));
	memcpy(receipt.hash, in->chain.tip, sizeof(receipt.hash));
	r = in->judge->sign(in->judge->arg, AG_RECEIPT, &receipt, sizeof(receipt), sig, &sig_len);
	if (r)
		return r;
	ag_base64_encode(&receipt, sizeof(receipt), text);
	ag_base64_encode(sig, sig_len, sig64);
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"receipt\":\"%s\", \"sig\":\"%s\"}",
		      text, sig64);
	return ret_answer->len ? 0 : -EMSGSIZE;
}

int ag_audit_handle(struct ag_judge *judge, const struct ag_atm *atm, const struct ag_request *request,
		    const struct atmguard_record *records, struct ag_answer *ret_answer)
{
	struct intake in = {
		.judge = judge, .store = judge->store, .boot = { atm->number, request->boot_id },
		.now_s = judge->now_s(),
	};
	uint64_t expected = 0;
	int r = load_chain(&in);

	if (r == 0 && in.is_new) {
		r = start_chain(&in, &records[0], request->is_lost, &expected);
		if (r == -EAGAIN)
			return answer_gap(ret_answer, expected);
	}
	for (uint32_t i = 0; i < request->nr_records && r == 0; i++)
		r = take(&in, &records[i], request->is_lost && i == 0);
	if (r == -EAGAIN)	/* only the first of a batch can be behind a hole */
		return answer_gap(ret_answer, in.chain.next_seq);
	if (r == 0)
		r = ag_store_chain_save(in.store, &in.boot, &in.chain);
	if (r == 0)
		r = answer_receipt(&in, ret_answer);
	if (r == 0 && in.nr_kept)
		ag_log_later("audit atm=%s kept=%lld apart=%lld held=%llu", atm->number, (long long)in.nr_kept,
			     (long long)in.nr_apart, (unsigned long long)in.chain.next_seq);
	return r;
}
