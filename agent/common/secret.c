// SPDX-License-Identifier: MIT
// Memory that is wiped when it is given back.
#include "secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The size stands in front; 16 bytes keep what follows aligned for any type. */
#define HEAD 16

void *ag_secret_alloc(size_t size)
{
	unsigned char *p;

	if (size > SIZE_MAX - HEAD)
		return NULL;
	p = malloc(HEAD + size);
	if (!p)
		return NULL;
	memcpy(p, &size, sizeof(size));
	return p + HEAD;
}

static size_t size_of(const void *p)
{
	size_t size;

	memcpy(&size, (const unsigned char *)p - HEAD, sizeof(size));
	return size;
}

void *ag_secret_calloc(size_t nr, size_t size)
{
	void *p;

	if (size && nr > (SIZE_MAX - HEAD) / size)
		return NULL;
	p = ag_secret_alloc(nr * size);
	return p ? memset(p, 0, nr * size) : NULL;
}

void *ag_secret_realloc(void *old, size_t size)
{
	void *p = ag_secret_alloc(size);

	if (!p || !old)
		return p;
	memcpy(p, old, size_of(old) < size ? size_of(old) : size);
	ag_secret_free(old);
	return p;
}

char *ag_secret_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *p = ag_secret_alloc(size);

	return p ? memcpy(p, text, size) : NULL;
}

void ag_secret_free(void *p)
{
	if (!p)
		return;
	explicit_bzero((unsigned char *)p - HEAD, HEAD + size_of(p));
	free((unsigned char *)p - HEAD);
}
