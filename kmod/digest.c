// SPDX-License-Identifier: GPL-2.0-only
// Hashes file contents in large reads.
#include "digest.h"

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"

/* One read: large enough that read-ahead works, small enough to allocate. */
#define AG_CHUNK	(64u << 10)

/* Larger files are refused unread: a sparse file of terabytes costs nothing to
 * make and would be hashed for hours.  No program comes near. */
#define AG_FILE_MAX	(512LL << 20)

static int hash_all(struct file *file, ag_sha256_t *sha, void *buf)
{
	loff_t pos = 0;
	ssize_t n;

	for (;;) {
		if (fatal_signal_pending(current))
			return -EINTR;
		n = kernel_read(file, buf, AG_CHUNK, &pos);
		if (n <= 0)
			return n;
		sha256_update(sha, buf, n);
		cond_resched();
	}
}

/*
 * What is opened here is marked as the kernel's own opens for execution are,
 * which user space cannot ask for and by which the hook on open knows not to
 * judge this one again.
 */
struct file *ag_digest_open(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return ERR_PTR(-EACCES);
	if (file->f_mode & FMODE_CAN_READ)
		return get_file(file);
	return dentry_open(&file->f_path, O_RDONLY | O_LARGEFILE | __FMODE_EXEC, current_cred());
}

int ag_digest_file(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN])
{
	ag_sha256_t sha;
	void *buf;
	int r;

	if (i_size_read(file_inode(file)) > AG_FILE_MAX)
		return -EFBIG;
	buf = kvmalloc(AG_CHUNK, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	sha256_init(&sha);
	r = hash_all(file, &sha, buf);
	if (!r)
		sha256_final(&sha, ret_digest);
	kvfree(buf);
	return r;
}
