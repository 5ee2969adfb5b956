/* SPDX-License-Identifier: GPL-2.0-only */
/* All differences between the kernel versions atmguard is built for. */
#ifndef AG_COMPAT_H
#define AG_COMPAT_H

#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/version.h>

#define AG_KERNEL_BEFORE(major, minor) (LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, 0))

#if AG_KERNEL_BEFORE(6, 12)
#error "atmguard needs Linux 6.12 or newer"
#endif

/* cdd30ebb1b9f ("module: Convert symbol namespace to string literal"), 6.13 */
#if AG_KERNEL_BEFORE(6, 13)
#define AG_IMPORT_NS(ns) MODULE_IMPORT_NS(ns)
#else
#define AG_IMPORT_NS(ns) MODULE_IMPORT_NS(#ns)
#endif

/*
 * SHA-256 with the processor's help.  Since 6.17 the library does that itself;
 * before, its code is plain C and the drivers stand behind the crypto API,
 * which gives out the best one that is in when it is asked.
 */
#if AG_KERNEL_BEFORE(6, 17)
typedef struct crypto_shash *ag_sha256_driver_t;

typedef struct {
	u8 desc[sizeof(struct shash_desc) + HASH_MAX_DESCSIZE] CRYPTO_MINALIGN_ATTR;
} ag_sha256_t;

static inline int ag_compat_sha256_open(ag_sha256_driver_t *ret_driver)
{
	struct crypto_shash *driver = crypto_alloc_shash("sha256", 0, 0);

	if (IS_ERR(driver))
		return PTR_ERR(driver);
	*ret_driver = driver;
	return 0;
}

static inline const char *ag_compat_sha256_name(ag_sha256_driver_t driver)
{
	return crypto_shash_driver_name(driver);
}

static inline int ag_compat_sha256_init(ag_sha256_t *sha, ag_sha256_driver_t driver)
{
	struct shash_desc *desc = (struct shash_desc *)sha->desc;

	desc->tfm = driver;
	return crypto_shash_init(desc);
}

static inline int ag_compat_sha256_update(ag_sha256_t *sha, const u8 *data, size_t len)
{
	return crypto_shash_update((struct shash_desc *)sha->desc, data, len);
}

static inline int ag_compat_sha256_final(ag_sha256_t *sha, u8 ret_digest[SHA256_DIGEST_SIZE])
{
	return crypto_shash_final((struct shash_desc *)sha->desc, ret_digest);
}
#else
typedef struct {} ag_sha256_driver_t;
typedef struct sha256_ctx ag_sha256_t;

static inline int ag_compat_sha256_open(ag_sha256_driver_t *ret_driver)
{
	return 0;
}

static inline const char *ag_compat_sha256_name(ag_sha256_driver_t driver)
{
	return "of the library";
}

static inline int ag_compat_sha256_init(ag_sha256_t *sha, ag_sha256_driver_t driver)
{
	sha256_init(sha);
	return 0;
}

static inline int ag_compat_sha256_update(ag_sha256_t *sha, const u8 *data, size_t len)
{
	sha256_update(sha, data, len);
	return 0;
}

static inline int ag_compat_sha256_final(ag_sha256_t *sha, u8 ret_digest[SHA256_DIGEST_SIZE])
{
	sha256_final(sha, ret_digest);
	return 0;
}
#endif

/* KF_TRUSTED_ARGS became the default for every kfunc and its name went, 7.0. */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS 0
#endif

/* 908a1d775422 ("hrtimers: Introduce hrtimer_setup()"), 6.13; hrtimer_init() went in 6.15. */
static inline void ag_compat_hrtimer(struct hrtimer *timer,
				     enum hrtimer_restart (*fn)(struct hrtimer *),
				     clockid_t clock, enum hrtimer_mode mode)
{
#if AG_KERNEL_BEFORE(6, 13)
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
#else
	hrtimer_setup(timer, fn, clock, mode);
#endif
}

/* Hooks the seal demands where the kernel has them: the one of file_setattr(2), 6.17. */
#if AG_KERNEL_BEFORE(6, 17)
#define AG_COMPAT_HOOKS
#else
#define AG_COMPAT_HOOKS "bpf_lsm_inode_file_setattr",
#endif

/* The lock of struct fs_struct became a seqlock, 6.19. */
#if AG_KERNEL_BEFORE(6, 19)
#define ag_compat_fs_lock(fs)	spin_lock(&(fs)->lock)
#define ag_compat_fs_unlock(fs)	spin_unlock(&(fs)->lock)
#else
#define ag_compat_fs_lock(fs)	read_seqlock_excl(&(fs)->seq)
#define ag_compat_fs_unlock(fs)	read_sequnlock_excl(&(fs)->seq)
#endif

#endif
