// SPDX-License-Identifier: MIT
// Take audit records: follow their chain, keep them, close jobs, give a receipt.
#include "alarm.h"
#include "lib/chain.h"
#include "lib/hex.h"
#include "judge.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/common/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One call: a batch of records of one boot of one machine. */
struct intake {
	struct ag_judge *judge;
	const char *atm;
	const uint8_t *boot_id;
	int64_t now_s;
	struct ag_chain chain;
	bool is_new;		/* nothing of this boot is held yet */
	int64_t nr_kept, nr_apart;
};

#define BOOT(in) AG_BLOB((in)->boot_id, ATMGUARD_UUID_LEN)

static int alarm_at(struct intake *in, const char *kind, uint64_t seq, const char *what)
{
	char detail[160];

	snprintf(detail, sizeof(detail), "record %llu: %s", (unsigned long long)seq, what);
	return ag_alarm_raise(in->judge->store, in->now_s, kind, in->atm, 0, detail);
}

static int load_chain(struct intake *in)
{
	sqlite3_stmt *row;
	int r = ag_store_ask(in->judge->store, "SELECT next_seq, tip FROM chain"
			     " WHERE atm = ? AND boot_id = ?", AG_VALUES(AG_TEXT(in->atm), BOOT(in)), &row);

	in->is_new = r == -ENOENT;
	if (r)
		return in->is_new ? 0 : r;
	in->chain.next_seq = sqlite3_column_int64(row, 0);
	r = ag_store_blob(row, 1, in->chain.tip, sizeof(in->chain.tip));
	ag_store_done(row);
	return r;
}

/*
 * Finds what the first record of a boot goes on after: number 0 behind zero
 * bytes, or a record of an earlier boot that the center has receipted.  Of
 * several with that number (the machine was set back once) the one fits whose
 * hash @first follows.
 */
static int find_start(struct intake *in, const struct atmguard_record *first, bool *ret_found)
{
	struct ag_chain start = { .next_seq = first->seq };
	struct atmguard_record held;
	sqlite3_stmt *row;
	int r;

	*ret_found = first->seq == 0;
	in->chain = start;
	if (first->seq == 0)
		return 0;
	r = ag_store_ask(in->judge->store, "SELECT data FROM record WHERE atm = ? AND seq = ?",
			 AG_VALUES(AG_TEXT(in->atm), AG_INT(first->seq - 1)), &row);
	if (r)
		return r == -ENOENT ? 0 : r;
	do {
		r = ag_store_blob(row, 0, &held, sizeof(held));
		if (r == 0) {
			memcpy(start.tip, held.hash, sizeof(start.tip));
			*ret_found = true;
			in->chain = start;
		}
	} while (r == 0 && ag_chain_check(&start, first) && (r = ag_store_next(row)) == 0);
	ag_store_done(row);
	return r == -ENOENT ? 0 : r;
}

/* Highest number of the machine's earlier boots plus one; 0: none. */
static int highest(struct intake *in, int64_t *ret_next)
{
	return ag_store_number(in->judge->store, "SELECT coalesce(max(next_seq), 0) FROM chain"
			       " WHERE atm = ?", AG_VALUES(AG_TEXT(in->atm)), 0, ret_next);
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
		r = highest(in, &next);
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
	return r ? r : ag_store_run(in->judge->store, "INSERT INTO chain VALUES (?, ?, ?, ?, ?, ?)",
				    AG_VALUES(AG_TEXT(in->atm), BOOT(in), AG_INT(in->now_s),
					      AG_INT(first->seq), AG_INT(first->seq),
					      AG_BLOB(in->chain.tip, sizeof(in->chain.tip))));
}

static int keep(struct intake *in, const struct atmguard_record *record, bool is_apart)
{
	in->nr_kept++;
	in->nr_apart += is_apart;
	return ag_store_run(in->judge->store, "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			    AG_VALUES(AG_TEXT(in->atm), BOOT(in), AG_INT(record->seq), AG_INT(is_apart),
				      AG_INT(in->now_s), AG_INT(record->type), AG_INT(record->job),
				      AG_BLOB(record, sizeof(*record))));
}

/* A number that is held already: the same record again, or a second history. */
static int compare_held(struct intake *in, const struct atmguard_record *record)
{
	struct atmguard_record held;
	sqlite3_stmt *row;
	bool is_same = false;
	int r = ag_store_ask(in->judge->store, "SELECT data FROM record"
			     " WHERE atm = ? AND boot_id = ? AND seq = ?",
			     AG_VALUES(AG_TEXT(in->atm), BOOT(in), AG_INT(record->seq)), &row);

	if (r)	/* given up as lost before and found again: nothing to compare with */
		return r == -ENOENT ? keep(in, record, true) : r;
	do {
		r = ag_store_blob(row, 0, &held, sizeof(held));
		is_same = is_same || (r == 0 && memcmp(&held, record, sizeof(held)) == 0);
	} while (r == 0 && (r = ag_store_next(row)) == 0);
	ag_store_done(row);
	if (is_same || r != -ENOENT)
		return r == -ENOENT ? 0 : r;
	r = keep(in, record, true);
	return r ? r : alarm_at(in, "fork", record->seq, "differs from the one held");
}

static int close_job(struct intake *in, const struct atmguard_record *record)
{
	static const struct { uint16_t code; enum ag_job_event event; const char *why; } ways[] = {
		{ ATMGUARD_RELOCK_DONE, AG_JOB_COMPLETE, "the machine relocked: work reported complete" },
		{ ATMGUARD_RELOCK_TIMER, AG_JOB_EXPIRE, "the machine relocked: its timer ended" },
	};
	struct ag_job job;
	int r = record->job > INT64_MAX ? -ENOENT : ag_job_load(in->judge->store, record->job, &job);

	if (r)
		return r == -ENOENT ? 0 : r;
	/* A machine closes its own job only, and only one it had entered. */
	if (strcmp(job.atm, in->atm) || job.state != AG_JOB_ACTIVE)
		return 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i].code == record->code) {
			r = ag_job_move(in->judge->store, &job, ways[i].event, in->now_s, ways[i].why);
			ag_log("job=%lld atm=%s state=%s", (long long)job.id, in->atm,
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
	return ag_alarm_raise(in->judge->store, in->now_s, "machine", in->atm, 0, detail);
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

static int save_chain(struct intake *in)
{
	return ag_store_run(in->judge->store, "UPDATE chain SET next_seq = ?, tip = ?"
			    " WHERE atm = ? AND boot_id = ?",
			    AG_VALUES(AG_INT(in->chain.next_seq),
				      AG_BLOB(in->chain.tip, sizeof(in->chain.tip)),
				      AG_TEXT(in->atm), BOOT(in)));
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

	memcpy(receipt.atm, in->atm, sizeof(receipt.atm));
	memcpy(receipt.boot_id, in->boot_id, sizeof(receipt.boot_id));
	memcpy(receipt.hash, in->chain.tip, sizeof(receipt.hash));
	r = in->judge->sign(in->judge->sign_arg, AG_RECEIPT, &receipt, sizeof(receipt), sig, &sig_len);
	if (r)
		return r;
	ag_base64_encode(&receipt, sizeof(receipt), text);
	ag_base64_encode(sig, sig_len, sig64);
	ag_answer_set(ret_answer, 200, "{\"result\":\"ok\", \"receipt\":\"%s\", \"sig\":\"%s\"}",
		      text, sig64);
	return ret_answer->len ? 0 : -EMSGSIZE;
}

int ag_audit_handle(struct ag_judge *judge, const struct ag_machine *machine,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer)
{
	struct intake in = {
		.judge = judge, .atm = machine->number, .boot_id = request->boot_id,
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
		r = save_chain(&in);
	if (r == 0)
		r = answer_receipt(&in, ret_answer);
	if (r == 0 && in.nr_kept)
		ag_log("audit atm=%s kept=%lld apart=%lld held=%llu", in.atm, (long long)in.nr_kept,
		       (long long)in.nr_apart, (unsigned long long)in.chain.next_seq);
	return r;
}
