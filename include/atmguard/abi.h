/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The compiler's proof that the headers lay out the ABI as abi.def says: the
 * size of every structure, place and size of every field, no holes, and the
 * numbers of the requests.  To include it is to check: core/check.c does for
 * the module and for user space, bpf/atmguard.bpf.c for the BPF programs, and
 * tests/tree/mutants.py for C++.
 */
#ifndef ATMGUARD_ABI_H
#define ATMGUARD_ABI_H

#include <linux/atmguard.h>
#include <atmguard/object.h>
#include <atmguard/verdict.h>

#ifdef __cplusplus
#define AG_ASSERT static_assert
#else
#define AG_ASSERT _Static_assert
#endif
#define AG_SIZEOF(type, field) sizeof(((struct type *)0)->field)

/* vmlinux.h, which the BPF programs have instead of the kernel's headers, lacks
 * the macros that make these numbers. */
#ifdef __VMLINUX_H__
#define AG_REQUEST(request, number)
#else
#define AG_REQUEST(request, number) \
	AG_ASSERT((request) == (number), #request " has another number");
#endif

#define AG_STRUCT(type, size) \
	AG_ASSERT(sizeof(struct type) == (size), "struct " #type " has another size");
#define AG_FIELD(type, field, offset, size) \
	AG_ASSERT(__builtin_offsetof(struct type, field) == (offset), #type "." #field " was moved"); \
	AG_ASSERT(AG_SIZEOF(type, field) == (size), #type "." #field " has another size");
#define AG_END(type)
#include <atmguard/abi.def>
#undef AG_STRUCT
#undef AG_FIELD
#undef AG_END
#undef AG_REQUEST

/* The fields of a structure without holes are together as large as it is. */
#define AG_STRUCT(type, size) AG_ASSERT((size) == 0
#define AG_FIELD(type, field, offset, size) + AG_SIZEOF(type, field)
#define AG_END(type) , "struct " #type " has a hole");
#define AG_REQUEST(request, number)
#include <atmguard/abi.def>
#undef AG_STRUCT
#undef AG_FIELD
#undef AG_END
#undef AG_REQUEST

#endif
