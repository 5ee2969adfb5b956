/* SPDX-License-Identifier: MIT */
/* A page of a list: so many rows, and where the next page begins. */
#ifndef AG_CENTER_READER_PAGE_H
#define AG_CENTER_READER_PAGE_H

#include <jansson.h>

#define AG_PAGE_MAX 1000	/* rows: 1 MiB of audit records as JSON */

struct ag_list_page {
	json_t *rows;
	json_t *last;	/* key of the last row */
};

int ag_page_open(struct ag_list_page *ret_page);

/* Adds a row and its key; takes both over.  0 or -ENOMEM. */
int ag_page_add(struct ag_list_page *page, json_t *row, json_t *key);

/* Puts the rows as @name into @out, with "next" if the page is full, unless
 * @error; returns @error or -ENOMEM. */
int ag_page_close(struct ag_list_page *page, int error, json_t *out, const char *name);

#endif
