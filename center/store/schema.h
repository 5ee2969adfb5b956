/* SPDX-License-Identifier: MIT */
/* The tables of the center's database, version by version. */
#ifndef AG_CENTER_STORE_SCHEMA_H
#define AG_CENTER_STORE_SCHEMA_H

#define AG_SCHEMA_VERSION 2

/*
 * [n] makes version n + 1 of version n; version 0 is empty.  A new database
 * takes every step too.  What is here has run somewhere: a change of the
 * tables is a further step, never an edit of these.
 */
extern const char *const ag_schema_steps[AG_SCHEMA_VERSION];

#endif
