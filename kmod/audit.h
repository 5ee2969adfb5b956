/* SPDX-License-Identifier: GPL-2.0-only */
/* The chained audit records, kept in a ring until the center has them. */
#ifndef AG_AUDIT_H
#define AG_AUDIT_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/wait.h>
#include <linux/atmguard.h>

/* Records kept; 4096 of 352 bytes are 1.4 MiB and outlast days of quiet.  When
 * it is full of records without a receipt, new denials are counted and dropped,
 * so that a flood cannot push out what came before it; other events are kept. */
#define AG_AUDIT_RING	4096u

/* What the caller knows of an event; the ring adds number, times, task, hash. */
struct ag_event {
	u16 type;		/* enum atmguard_event */
	u16 code;
	int error;
	u64 job;
	u64 aux;
	const u8 *digest;	/* 32 bytes or NULL */
	const struct file *file;	/* its path becomes the detail */
	struct dentry *dentry;	/* its path within its file system does, where there is no file */
	const char *detail;	/* comes behind the path of a file, or instead of one; may be NULL */
};

int ag_audit_init(void);

/* Append a record.  Never sleeps, never fails, never allocates: nothing that is
 * refused depends on it.  Process context only. */
void ag_audit_write(const struct ag_event *event);

/* Where numbering starts when a receipt of an earlier boot is given before the
 * first reader: -EBUSY once records have been read. */
int ag_audit_continue(u64 seq, const u8 hash[ATMGUARD_HASH_LEN]);

/* The center holds everything up to and including @seq with @hash; -ESTALE if
 * that is not what was written. */
int ag_audit_receipt(u64 seq, const u8 hash[ATMGUARD_HASH_LEN]);

/* Copy the record @seq; -EAGAIN if not written yet, -EPIPE if overwritten. */
int ag_audit_read(u64 seq, struct atmguard_record *ret_record);

void ag_audit_range(u64 *ret_oldest, u64 *ret_next);
void ag_audit_status(struct atmguard_status *status);
wait_queue_head_t *ag_audit_waitqueue(void);
const u8 *ag_audit_boot_id(void);

#endif
