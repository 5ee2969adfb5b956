/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What check.c and eval.c need from their surroundings, in the kernel and in user space. */
#ifndef AG_CORE_PORTABLE_H
#define AG_CORE_PORTABLE_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>
#define ag_le16(x) le16_to_cpu(x)
#define ag_le32(x) le32_to_cpu(x)
#define ag_le64(x) le64_to_cpu(x)
#else
#include <endian.h>
#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#define ag_le16(x) le16toh(x)
#define ag_le32(x) le32toh(x)
#define ag_le64(x) le64toh(x)
#endif

#endif
