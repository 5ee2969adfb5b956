/* SPDX-License-Identifier: MIT */
/* The tables of the center's database. */
#ifndef AG_CENTER_STORE_SCHEMA_H
#define AG_CENTER_STORE_SCHEMA_H

#define AG_SCHEMA_VERSION 1

/* Creates all tables and sets the version, as one script. */
extern const char ag_schema[];

#endif
