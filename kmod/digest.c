// SPDX-License-Identifier: GPL-2.0-only
// Hashes contents, in large pieces, with the fastest SHA-256 this kernel has.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "digest.h"

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fsverity.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"

/* One piece: large enough that read-ahead works, small enough to allocate and
 * for the vector registers, which keep others off the processor meanwhile. */
#define AG_CHUNK	(64u << 10)

/* Larger files are refused unread: a sparse file of terabytes costs nothing to
 * make and would be hashed for hours.  No program comes near. */
#define AG_FILE_MAX	(512LL << 20)

/* Chosen once, before anybody could bring in another one. */
static ag_sha256_driver_t driver;

int ag_digest_init(void)
{
	int r = ag_compat_sha256_open(&driver);

	if (!r)
		pr_info("SHA-256 is %s\n", ag_compat_sha256_name(driver));
	return r;
}

static int hash_all(struct file *file, ag_sha256_t *sha, void *buf)
{
	loff_t pos = 0;
	ssize_t n;
	int r;

	for (;;) {
		if (fatal_signal_pending(current))
			return -EINTR;
		n = kernel_read(file, buf, AG_CHUNK, &pos);
		if (n <= 0)
			return n;
		r = ag_compat_sha256_update(sha, buf, n);
		if (r)
			return r;
		cond_resched();
	}
}

/*
 * __FMODE_EXEC marks the kernel's own opens for execution; user space cannot set
 * it.  By it the hook on open knows not to judge this file once more.
 */
struct file *ag_digest_open(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return ERR_PTR(-EACCES);
	if (file->f_mode & FMODE_CAN_READ)
		return get_file(file);
	return dentry_open(&file->f_path, O_RDONLY | O_LARGEFILE | __FMODE_EXEC, current_cred());
}

int ag_digest_verity(struct file *file, u8 ret_digest[ATMGUARD_HASH_LEN])
{
	u8 digest[FS_VERITY_MAX_DIGEST_SIZE], alg;

	/* Block size and salt are in what the digest is of. */
	if (fsverity_get_digest(file_inode(file), digest, &alg, NULL) != ATMGUARD_HASH_LEN ||
	    alg != FS_VERITY_HASH_ALG_SHA256)
		return -ENODATA;
	memcpy(ret_digest, digest, ATMGUARD_HASH_LEN);
	return 0;
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
	r = ag_compat_sha256_init(&sha, driver) ?: hash_all(file, &sha, buf) ?:
	    ag_compat_sha256_final(&sha, ret_digest);
	kvfree(buf);
	return r;
}

int ag_digest_data(const void *data, size_t len, u8 ret_digest[ATMGUARD_HASH_LEN])
{
	ag_sha256_t sha;
	int r = ag_compat_sha256_init(&sha, driver);

	for (size_t n; len && !r; data += n, len -= n) {
		n = min_t(size_t, len, AG_CHUNK);
		r = ag_compat_sha256_update(&sha, data, n);
	}
	return r ?: ag_compat_sha256_final(&sha, ret_digest);
}
