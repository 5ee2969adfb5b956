// SPDX-License-Identifier: GPL-2.0-only
// Reads the strings of a program that is about to start: its arguments, then its environment.
#include "strings.h"

#include <linux/highmem.h>
#include <linux/mm.h>

/* The next byte, or -EFAULT. */
static int next_byte(struct ag_strings *s)
{
	u8 *kaddr, byte;

	if (s->page && offset_in_page(s->pos) == 0) {
		put_page(s->page);
		s->page = NULL;
	}
	if (!s->page) {
		int n;

		mmap_read_lock(s->bprm->mm);
		n = get_user_pages_remote(s->bprm->mm, s->pos, 1, FOLL_FORCE, &s->page, NULL);
		mmap_read_unlock(s->bprm->mm);
		if (n != 1) {
			s->page = NULL;
			return -EFAULT;
		}
	}
	kaddr = kmap_local_page(s->page);
	byte = kaddr[offset_in_page(s->pos++)];
	kunmap_local(kaddr);
	return byte;
}

int ag_strings_skip(struct ag_strings *s)
{
	int c;

	do {
		c = next_byte(s);
	} while (c > 0);
	return c;
}

int ag_strings_copy(struct ag_strings *s, char *buf, size_t size, bool *ret_whole)
{
	size_t len = 0;
	int c;

	while ((c = next_byte(s)) > 0)
		if (len < size - 1)
			buf[len++] = c;
		else
			*ret_whole = false;
	buf[len] = '\0';
	return c;
}

void ag_strings_close(struct ag_strings *s)
{
	if (s->page)
		put_page(s->page);
}
