/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The constants of names.def, and the proof that the uapi header has the same.
 *
 * For the kernel, BPF and user space alike: of the table's words nothing comes
 * through.  The constants are enumerators, so the preprocessor does not see them.
 */
#ifndef ATMGUARD_NAMES_H
#define ATMGUARD_NAMES_H

#include <linux/atmguard.h>

/* Which anchor set verifies it (a receipt: that of grants); also the code of
 * ATMGUARD_EV_REFUSED. */
enum ag_purpose {
#define AG_PURPOSE(symbol, number, ...) AG_##symbol = number,
#include <atmguard/names.def>
};

/* Bits of ag_policy_entry.types: uses, and what its digest is. */
enum ag_type {
#define AG_TYPE(symbol, bit, ...) AG_TYPE_##symbol = 1u << (bit),
#define AG_DIGEST(symbol, bit, ...) AG_TYPE_##symbol = 1u << (bit),
#include <atmguard/names.def>
	AG_TYPES_ALL = 0	/* uses only */
#define AG_TYPE(symbol, bit, ...) | AG_TYPE_##symbol
#include <atmguard/names.def>
};

/* Bits of ag_policy_entry.flags. */
enum ag_flag {
#define AG_FLAG(symbol, bit, ...) AG_FLAG_##symbol = 1u << (bit),
#include <atmguard/names.def>
	AG_FLAGS_ALL = 0
#define AG_FLAG(symbol, bit, ...) | AG_FLAG_##symbol
#include <atmguard/names.def>
};

/* ---- what the compiler checks ---- */

#ifdef __cplusplus
#define AG_SAME(a, b) static_assert((unsigned int)(a) == (unsigned int)(b), #a " is not as in names.def");
#else
#define AG_SAME(a, b) _Static_assert((unsigned int)(a) == (unsigned int)(b), #a " is not as in names.def");
#endif

#define AG_STATE(symbol, number, ...)	AG_SAME(ATMGUARD_##symbol, number)
#define AG_SCOPE(symbol, bit, ...)	AG_SAME(ATMGUARD_SCOPE_##symbol, 1u << (bit))
#define AG_STATUS(symbol, bit, ...)	AG_SAME(ATMGUARD_STATUS_##symbol, 1u << (bit))
#define AG_EVENT(symbol, number, ...)	AG_SAME(ATMGUARD_EV_##symbol, number)
#define AG_HOOK(symbol, number, ...)	AG_SAME(ATMGUARD_HOOK_##symbol, number)
#define AG_RELOCK(symbol, number, ...)	AG_SAME(ATMGUARD_RELOCK_##symbol, number)
#include <atmguard/names.def>

/* Every number up to the last has a row: the sum over distinct bits is their union. */
enum ag_names_sums {
	AG_STATES_SUM = 0
#define AG_STATE(symbol, number, ...) + (1u << (number))
#include <atmguard/names.def>
	, AG_SCOPES_SUM = 0
#define AG_SCOPE(symbol, bit, ...) + (1u << (bit))
#include <atmguard/names.def>
	, AG_EVENTS_SUM = 0
#define AG_EVENT(symbol, number, ...) + (1u << (number))
#include <atmguard/names.def>
	, AG_HOOKS_SUM = 0
#define AG_HOOK(symbol, number, ...) + (1u << (number))
#include <atmguard/names.def>
	, AG_TYPES_SUM = 0
#define AG_TYPE(symbol, bit, ...) + (1u << (bit))
#include <atmguard/names.def>
	, AG_FLAGS_SUM = 0
#define AG_FLAG(symbol, bit, ...) + (1u << (bit))
#include <atmguard/names.def>
};

AG_SAME(AG_STATES_SUM, (1u << ATMGUARD_NR_STATES) - 1)
AG_SAME(AG_SCOPES_SUM, ATMGUARD_SCOPES_ALL)
AG_SAME(AG_EVENTS_SUM, (1u << ATMGUARD_NR_EVENTS) - 2)	/* there is no event 0 */
AG_SAME(AG_HOOKS_SUM, (1u << ATMGUARD_NR_HOOKS) - 1)
AG_SAME(AG_TYPES_SUM, AG_TYPES_ALL)
AG_SAME(AG_FLAGS_SUM, AG_FLAGS_ALL)
/* The fields hold them: eight bits of types, sixteen of flags. */
AG_SAME((AG_TYPES_ALL | AG_TYPE_VERITY) & 0xff, AG_TYPES_ALL + AG_TYPE_VERITY)
AG_SAME(AG_FLAGS_ALL & 0xffff, AG_FLAGS_ALL)
#undef AG_SAME

#endif /* ATMGUARD_NAMES_H */
