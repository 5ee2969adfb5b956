// SPDX-License-Identifier: GPL-2.0-only
// Numbers, chains and keeps the audit records.
#include "audit.h"

#include <crypto/sha2.h>
#include <linux/cred.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>
#include <linux/uuid.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "pin.h"

/* Equal denials within this time are counted, not written again; the last of
 * them is written when no other came in time to carry the count. */
#define AG_FOLD_NS	(1 * NSEC_PER_SEC)
#define AG_FOLD_SLOTS	32u	/* different denials watched at once; a power of two */

#define AG_CHAINED	offsetof(struct atmguard_record, hash)

struct fold {
	u64 key;		/* of what makes two denials equal */
	u64 until_ns;
	u64 repeats;
	struct atmguard_record last;	/* of the repeats */
};

/*
 * lock protects everything below.  Taken in process context only, nothing
 * nests inside but the dcache's own locks (d_path()).
 */
static struct {
	spinlock_t lock;
	struct atmguard_record *ring;
	u64 first;		/* seq of the first record of this boot */
	u64 next;		/* seq the next record gets */
	u64 receipted;		/* the center holds all below */
	u64 lost;		/* overwritten or not written although not receipted */
	u64 denials;
	bool was_read;		/* a reader has seen records: numbers are fixed */
	u8 tip[ATMGUARD_HASH_LEN];
	struct fold folds[AG_FOLD_SLOTS];
	char path[PATH_MAX];	/* room for d_path(): an allocation could fail */
	u8 chained[ATMGUARD_HASH_LEN + AG_CHAINED];
	u8 boot_id[ATMGUARD_UUID_LEN];
	wait_queue_head_t wait;
} audit;

/* Counted from this boot's first record, so that renumbering moves nothing. */
static struct atmguard_record *slot(u64 seq)
{
	return &audit.ring[(seq - audit.first) % AG_AUDIT_RING];
}

static u64 oldest(void)
{
	lockdep_assert_held(&audit.lock);
	if (audit.next - audit.first <= AG_AUDIT_RING)
		return audit.first;
	return audit.next - AG_AUDIT_RING;
}

/* Copy text, with control bytes as \xNN: a file's name must not be able to
 * forge a line of the log it is printed in. */
static size_t copy_escaped(char *to, size_t size, const char *from)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	for (; *from; from++) {
		u8 c = *from;
		bool plain = c >= 0x20 && c != 0x7f && c != '\\';

		if (used + (plain ? 1 : 4) >= size)
			break;
		if (plain) {
			to[used++] = c;
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = hex[c >> 4];
		to[used++] = hex[c & 15];
	}
	memset(to + used, 0, size - used);
	return used;
}

static void fill_detail(struct atmguard_record *r, const struct ag_event *e)
{
	const char *path = "";
	size_t used;

	if (e->file)
		path = d_path(&e->file->f_path, audit.path, sizeof(audit.path));
	else if (e->dentry)
		path = ag_pin_path(e->dentry, audit.path, sizeof(audit.path));
	if (IS_ERR(path))
		path = "(path too long)";
	used = copy_escaped(r->detail, sizeof(r->detail), path);
	copy_escaped(r->detail + used, sizeof(r->detail) - used, e->detail ?: "");
}

static void fill(struct atmguard_record *r, const struct ag_event *e)
{
	memset(r, 0, sizeof(*r));
	r->boot_ns = ktime_get_boottime_ns();
	r->wall_ns = ktime_get_real_ns();
	r->type = e->type;
	r->code = e->code;
	r->error = e->error;
	r->pid = task_tgid_nr(current);
	r->uid = from_kuid(&init_user_ns, current_uid());
	r->job = e->job;
	r->aux = e->aux;
	strscpy_pad(r->comm, current->comm, sizeof(r->comm));
	if (e->digest)
		memcpy(r->digest, e->digest, sizeof(r->digest));
	fill_detail(r, e);
}

/* FNV-1a over what makes two denials equal to a reader; a task's name is its own to choose. */
static u64 fold_key(const struct atmguard_record *r)
{
	const u8 *parts[] = { (u8 *)&r->type, (u8 *)&r->code, (u8 *)&r->error, (u8 *)&r->uid,
			      r->detail };
	const size_t sizes[] = { sizeof(r->type), sizeof(r->code), sizeof(r->error),
				 sizeof(r->uid), sizeof(r->detail) };
	u64 h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			h = (h ^ parts[i][j]) * 0x100000001b3ULL;
	return h;
}

static void chain(struct atmguard_record *r)
{
	memcpy(audit.chained, audit.tip, sizeof(audit.tip));
	memcpy(audit.chained + sizeof(audit.tip), r, AG_CHAINED);
	sha256(audit.chained, sizeof(audit.chained), r->hash);
	memcpy(audit.tip, r->hash, sizeof(audit.tip));
}

/* Number and chain @new and put it into the ring. */
static void put_record(struct atmguard_record *new)
{
	struct atmguard_record *r = slot(audit.next);

	if (audit.next - audit.first >= AG_AUDIT_RING && r->seq >= audit.receipted) {
		audit.lost++;
		/* A denial itself is lost: what came first is the evidence. */
		if (new->type == ATMGUARD_EV_DENY)
			return;
	}
	new->seq = audit.next++;
	chain(new);
	*r = *new;
}

/* Write the last of the repeats that no record tells of yet; it stands for the others. */
static void unfold(struct fold *f)
{
	if (!f->repeats)
		return;
	f->last.repeats = f->repeats - 1;
	f->repeats = 0;
	put_record(&f->last);
}

static void on_fold_end(struct work_struct *work);
static DECLARE_DELAYED_WORK(fold_end, on_fold_end);

static void await_fold_end(void)
{
	/* Twice the time: where denials go on, the next record carries the count. */
	schedule_delayed_work(&fold_end, nsecs_to_jiffies(2 * AG_FOLD_NS));
}

static void on_fold_end(struct work_struct *work)
{
	u64 now_ns = ktime_get_boottime_ns();
	bool pending = false;

	spin_lock(&audit.lock);
	for (u32 i = 0; i < AG_FOLD_SLOTS; i++) {
		if (audit.folds[i].until_ns <= now_ns)
			unfold(&audit.folds[i]);
		pending |= audit.folds[i].repeats;
	}
	spin_unlock(&audit.lock);
	wake_up_interruptible(&audit.wait);
	if (pending)
		await_fold_end();
}

/* Whether @r only repeats what was written a moment ago. */
static bool is_folded(struct atmguard_record *r)
{
	u64 key = fold_key(r);
	struct fold *f = &audit.folds[key & (AG_FOLD_SLOTS - 1)];

	if (f->key == key && r->boot_ns < f->until_ns) {
		if (!f->repeats++)
			await_fold_end();
		f->last = *r;
		return true;
	}
	if (f->key != key)
		unfold(f);
	r->repeats = f->repeats;
	*f = (struct fold){ .key = key, .until_ns = r->boot_ns + AG_FOLD_NS };
	return false;
}

static void append(const struct ag_event *event)
{
	struct atmguard_record new;

	lockdep_assert_held(&audit.lock);
	fill(&new, event);
	if (event->type == ATMGUARD_EV_DENY) {
		audit.denials++;
		if (is_folded(&new))
			return;
	}
	put_record(&new);
}

void ag_audit_write(const struct ag_event *event)
{
	spin_lock(&audit.lock);
	append(event);
	spin_unlock(&audit.lock);
	wake_up_interruptible(&audit.wait);
}

/* Number and chain the records of this boot again, behind @seq. */
static void renumber(u64 seq, const u8 hash[ATMGUARD_HASH_LEN])
{
	u64 count = audit.next - audit.first;

	memcpy(audit.tip, hash, sizeof(audit.tip));
	audit.first = seq + 1;
	audit.next = audit.first + count;
	audit.receipted = audit.first;
	for (u64 i = 0; i < count; i++) {
		slot(audit.first + i)->seq = audit.first + i;
		chain(slot(audit.first + i));
	}
}

int ag_audit_continue(u64 seq, const u8 hash[ATMGUARD_HASH_LEN])
{
	struct ag_event event = { .type = ATMGUARD_EV_CONTINUE, .digest = hash, .aux = seq };
	int r = 0;

	spin_lock(&audit.lock);
	if (audit.was_read || audit.first != 0 || audit.next > AG_AUDIT_RING ||
	    seq > U64_MAX / 2) {
		r = -EBUSY;
	} else {
		renumber(seq, hash);
		append(&event);
	}
	spin_unlock(&audit.lock);
	return r;
}

int ag_audit_receipt(u64 seq, const u8 hash[ATMGUARD_HASH_LEN])
{
	int r = -ESTALE;

	spin_lock(&audit.lock);
	if (seq >= oldest() && seq < audit.next && seq + 1 > audit.receipted &&
	    memcmp(slot(seq)->hash, hash, ATMGUARD_HASH_LEN) == 0) {
		audit.receipted = seq + 1;
		r = 0;
	}
	spin_unlock(&audit.lock);
	return r;
}

int ag_audit_read(u64 seq, struct atmguard_record *ret_record)
{
	int r = 0;

	spin_lock(&audit.lock);
	if (seq >= audit.next)
		r = -EAGAIN;
	else if (seq < oldest())
		r = -EPIPE;
	else
		*ret_record = *slot(seq);
	audit.was_read = true;
	spin_unlock(&audit.lock);
	return r;
}

void ag_audit_range(u64 *ret_oldest, u64 *ret_next)
{
	spin_lock(&audit.lock);
	*ret_oldest = oldest();
	*ret_next = audit.next;
	spin_unlock(&audit.lock);
}

void ag_audit_status(struct atmguard_status *status)
{
	spin_lock(&audit.lock);
	status->next_seq = audit.next;
	status->oldest_seq = oldest();
	status->lost = audit.lost;
	status->receipted_seq = audit.receipted;
	status->denials = audit.denials;
	memcpy(status->boot_id, audit.boot_id, sizeof(status->boot_id));
	spin_unlock(&audit.lock);
}

wait_queue_head_t *ag_audit_waitqueue(void)
{
	return &audit.wait;
}

const u8 *ag_audit_boot_id(void)
{
	return audit.boot_id;
}

int ag_audit_init(void)
{
	audit.ring = vzalloc(array_size(AG_AUDIT_RING, sizeof(*audit.ring)));
	if (!audit.ring)
		return -ENOMEM;
	spin_lock_init(&audit.lock);
	init_waitqueue_head(&audit.wait);
	generate_random_uuid(audit.boot_id);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_BOOT,
					   .detail = init_utsname()->release });
	return 0;
}
