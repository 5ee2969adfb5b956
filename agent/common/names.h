/* SPDX-License-Identifier: MIT */
/* The words for states, scopes, events and hooks that protocols and logs use. */
#ifndef AG_AGENT_COMMON_NAMES_H
#define AG_AGENT_COMMON_NAMES_H

#include <linux/atmguard.h>
#include <stddef.h>

/* Each returns "unknown" for a number it does not know. */
const char *ag_names_state(unsigned int state);
const char *ag_names_event(unsigned int event);
const char *ag_names_hook(unsigned int hook);
const char *ag_names_relock(unsigned int relock);

/* ag_names_scope - name of the @bit-th scope, NULL where there is none */
const char *ag_names_scope(unsigned int bit);

/* Each returns the number for @name or -ENOENT. */
int ag_names_find_state(const char *name);
int ag_names_find_scope(const char *name);	/* the bit's position */

/* ag_names_scopes - "tools,storage-read" for a mask, "-" for none */
void ag_names_scopes(__u32 scopes, char *buf, size_t size);

/* ag_names_errno - "ENOKEY" for 126 or -126; "E126" for one not in the ABI's list */
const char *ag_names_errno(int error, char *buf, size_t size);

#endif
