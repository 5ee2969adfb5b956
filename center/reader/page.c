// SPDX-License-Identifier: MIT
// Fill a page of a list.
#include "page.h"

#include <errno.h>

int ag_page_open(struct ag_list_page *ret_page)
{
	*ret_page = (struct ag_list_page){ .rows = json_array() };
	return ret_page->rows ? 0 : -ENOMEM;
}

int ag_page_add(struct ag_list_page *page, json_t *row, json_t *key)
{
	json_decref(page->last);
	page->last = key;
	return json_array_append_new(page->rows, row) || !key ? -ENOMEM : 0;
}

int ag_page_close(struct ag_list_page *page, int error, json_t *out, const char *name)
{
	int r = error;

	if (r == 0 && json_array_size(page->rows) == AG_PAGE_MAX && json_object_set(out, "next", page->last))
		r = -ENOMEM;
	if (r == 0 && json_object_set(out, name, page->rows))
		r = -ENOMEM;
	json_decref(page->rows);
	json_decref(page->last);
	return r;
}
