// SPDX-License-Identifier: GPL-2.0-only
// Answers the requests of include/uapi/linux/atmguard.h.
#include "request.h"

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <atmguard/object.h>

#include "core/check.h"
#include "audit.h"
#include "identity.h"
#include "job.h"
#include "load.h"
#include "object.h"
#include "policy.h"
#include "seal.h"
#include "state.h"
#include "usb.h"

/* lock protects seq, the cursor of one open file. */
struct reader {
	struct mutex lock;
	u64 seq;
};

union argument {
	struct atmguard_status status;
	struct atmguard_blob blob;
	struct atmguard_seal seal;
	struct atmguard_nonce nonce;
};

static int do_status(union argument *arg)
{
	memset(&arg->status, 0, sizeof(arg->status));
	arg->status.abi = ATMGUARD_ABI;
	ag_job_status(&arg->status);
	ag_policy_status(&arg->status);
	ag_identity_status(&arg->status);
	ag_audit_status(&arg->status);
	arg->status.usb_denied = ag_usb_count_denied();
	return 0;
}

/* Take one signed object through @use, which returns what to record if refused. */
static int take(enum ag_purpose purpose, const struct atmguard_blob *blob,
		int (*use)(const void *data, size_t len))
{
	size_t len;
	void *data;
	int r = ag_object_get(purpose, blob, &data, &len);

	if (!r) {
		r = use(data, len);
		kvfree(data);
	}
	return r ? ag_object_refused(purpose, r) : 0;
}

static int do_identity(union argument *arg)
{
	return take(AG_IDENTITY, &arg->blob, ag_identity_load);
}

static int do_policy(union argument *arg)
{
	size_t len;
	void *data;
	int r = ag_object_get(AG_POLICY, &arg->blob, &data, &len);

	if (!r) {
		r = ag_load(data, len);	/* keeps data unless it fails */
		if (r)
			kvfree(data);
	}
	if (r)
		return ag_object_refused(AG_POLICY, r);
	ag_usb_apply();
	return 0;
}

static int do_seal(union argument *arg)
{
	return ag_seal(&arg->seal);
}

static int do_nonce(union argument *arg)
{
	return ag_job_nonce(arg->nonce.nonce);
}

/* What the center says to one machine is for no other. */
static int check_address(const char atm[ATMGUARD_ATM_LEN])
{
	return ag_identity_fits_atm(atm) ? 0 : -EXDEV;
}

static int use_grant(const void *data, size_t len)
{
	const struct ag_grant *grant = data;

	return ag_grant_check(data, len) ?: check_address(grant->atm) ?: ag_job_grant(grant);
}

static int do_grant(union argument *arg)
{
	return take(AG_GRANT, &arg->blob, use_grant);
}

static int do_relock(union argument *arg)
{
	return ag_job_relock();
}

/* A receipt of this boot frees records; one of an earlier boot says where the
 * numbering goes on. */
static int use_receipt(const void *data, size_t len)
{
	const struct ag_receipt *receipt = data;
	u64 seq;
	int r = ag_receipt_check(data, len) ?: check_address(receipt->atm);

	if (r)
		return r;
	seq = le64_to_cpu(receipt->seq);
	if (memcmp(receipt->boot_id, ag_audit_boot_id(), ATMGUARD_UUID_LEN))
		return ag_audit_continue(seq, receipt->hash);
	r = ag_audit_receipt(seq, receipt->hash);
	if (!r)
		ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_RECEIPT, .aux = seq + 1,
						   .job = ag_state_job() });
	return r;
}

static int do_receipt(union argument *arg)
{
	return take(AG_RECEIPT, &arg->blob, use_receipt);
}

#define IN(state)	(1u << (state))
#define ALWAYS		(~0u)

static const struct request {
	unsigned int cmd;
	bool anyone;		/* else the descriptor must be open for writing */
	u32 states;		/* IN(...): when it is allowed */
	int (*handler)(union argument *arg);
} requests[] = {
	{ ATMGUARD_STATUS,	true,	ALWAYS,						do_status },
	{ ATMGUARD_IDENTITY,	false,	IN(ATMGUARD_UNSEALED),				do_identity },
	{ ATMGUARD_POLICY,	false,	IN(ATMGUARD_UNSEALED) | IN(ATMGUARD_LOCKED),	do_policy },
	{ ATMGUARD_SEAL,	false,	IN(ATMGUARD_UNSEALED),				do_seal },
	{ ATMGUARD_NONCE,	false,	IN(ATMGUARD_LOCKED) | IN(ATMGUARD_TAMPERED),	do_nonce },
	{ ATMGUARD_GRANT,	false,	IN(ATMGUARD_LOCKED) | IN(ATMGUARD_TAMPERED),	do_grant },
	{ ATMGUARD_RELOCK,	false,	IN(ATMGUARD_MAINTENANCE),			do_relock },
	{ ATMGUARD_RECEIPT,	false,	ALWAYS,						do_receipt },
};

static const struct request *find_request(unsigned int cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].cmd == cmd)
			return &requests[i];
	return NULL;
}

static long on_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	const struct request *request = find_request(cmd);
	void __user *user = (void __user *)uarg;
	union argument arg;
	int r;

	if (!request)
		return -ENOTTY;
	if (!request->anyone && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!(request->states & IN(ag_state_get())))
		return -EBUSY;
	if ((_IOC_DIR(cmd) & _IOC_WRITE) && copy_from_user(&arg, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	r = request->handler(&arg);
	if (!r && (_IOC_DIR(cmd) & _IOC_READ) && copy_to_user(user, &arg, _IOC_SIZE(cmd)))
		return -EFAULT;
	return r;
}

static bool is_readable(u64 seq)
{
	u64 oldest, next;

	ag_audit_range(&oldest, &next);
	return seq < next;
}

static int wait_for(struct reader *reader, bool nonblock)
{
	if (is_readable(reader->seq))
		return 0;
	if (nonblock)
		return -EAGAIN;
	return wait_event_interruptible(*ag_audit_waitqueue(), is_readable(reader->seq));
}

static int read_one(struct reader *reader, char __user *to)
{
	struct atmguard_record record;
	u64 next;
	int r = ag_audit_read(reader->seq, &record);

	if (r == -EPIPE)
		ag_audit_range(&reader->seq, &next);
	if (r)
		return r;
	if (copy_to_user(to, &record, sizeof(record)))
		return -EFAULT;
	reader->seq++;
	return 0;
}

static ssize_t on_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	struct reader *reader = file->private_data;
	size_t done = 0;
	int r;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (len < sizeof(struct atmguard_record))
		return -EINVAL;
	r = mutex_lock_interruptible(&reader->lock);
	if (r)
		return r;
	r = wait_for(reader, file->f_flags & O_NONBLOCK);
	while (!r && len - done >= sizeof(struct atmguard_record)) {
		r = read_one(reader, to + done);
		if (!r)
			done += sizeof(struct atmguard_record);
	}
	mutex_unlock(&reader->lock);
	return done ?: r;
}

static loff_t on_llseek(struct file *file, loff_t offset, int whence)
{
	struct reader *reader = file->private_data;
	u64 oldest, next;

	if (offset != 0 || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	ag_audit_range(&oldest, &next);
	mutex_lock(&reader->lock);
	reader->seq = whence == SEEK_SET ? oldest : next;
	mutex_unlock(&reader->lock);
	return 0;
}

static __poll_t on_poll(struct file *file, poll_table *table)
{
	struct reader *reader = file->private_data;

	poll_wait(file, ag_audit_waitqueue(), table);
	return is_readable(READ_ONCE(reader->seq)) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int on_open(struct inode *inode, struct file *file)
{
	struct reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	u64 next;

	if (!reader)
		return -ENOMEM;
	mutex_init(&reader->lock);
	ag_audit_range(&reader->seq, &next);
	file->private_data = reader;
	return 0;
}

static int on_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = on_open,
	.release = on_release,
	.unlocked_ioctl = on_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = on_read,
	.llseek = on_llseek,
	.poll = on_poll,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "atmguard",
	.fops = &operations,
	.mode = 0600,
};

int ag_request_init(void)
{
	return misc_register(&device);
}
