/* SPDX-License-Identifier: GPL-2.0-only */
/* All differences between the kernel versions atmguard is built for. */
#ifndef AG_COMPAT_H
#define AG_COMPAT_H

#include <crypto/sha2.h>
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

/* The SHA-256 library's context was renamed when it became an API of its own, 6.17. */
#if AG_KERNEL_BEFORE(6, 17)
typedef struct sha256_state ag_sha256_t;
#else
typedef struct sha256_ctx ag_sha256_t;
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

/* The lock of struct fs_struct became a seqlock, 6.19. */
#if AG_KERNEL_BEFORE(6, 19)
#define ag_compat_fs_lock(fs)	spin_lock(&(fs)->lock)
#define ag_compat_fs_unlock(fs)	spin_unlock(&(fs)->lock)
#else
#define ag_compat_fs_lock(fs)	read_seqlock_excl(&(fs)->seq)
#define ag_compat_fs_unlock(fs)	read_sequnlock_excl(&(fs)->seq)
#endif

#endif
