/* SPDX-License-Identifier: MIT */
/*
 * Doors: programs that undo a whitelist when they are on it, since they run other
 * code under their own name or write into other programs (debuggers, emulators,
 * container runtimes, dd).  The word is that of allow-door in the policy's text.
 */
#ifndef AG_POLICY_DOORS_H
#define AG_POLICY_DOORS_H

#include <stdbool.h>

/* Why the program at @path is a door, NULL: it is not known as one.  Known by
 * the last component, also with a version behind it ("lua5.4", "gdb-12"). */
const char *ag_doors_find(const char *path);

/* Whether the program at @path is known to run code that it reads. */
bool ag_doors_is_interpreter(const char *path);

/* Whether @path is a dynamic loader (ld.so). */
bool ag_doors_is_loader(const char *path);

#endif
