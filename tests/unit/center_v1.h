/* SPDX-License-Identifier: MIT */
/* A database of version 1, as SQL. */
#ifndef AG_CENTER_V1_H
#define AG_CENTER_V1_H

extern const char center_v1_tables[];
extern const char center_v1_rows[];

#endif
