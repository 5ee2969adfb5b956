/* SPDX-License-Identifier: MIT */
/* Memory that is wiped when it is given back, for everything that passwords pass through. */
#ifndef AG_AGENT_COMMON_SECRET_H
#define AG_AGENT_COMMON_SECRET_H

#include <stddef.h>

/* As malloc(3) and its kin; free takes NULL. */
void *ag_secret_alloc(size_t size);
void *ag_secret_calloc(size_t nr, size_t size);
void *ag_secret_realloc(void *p, size_t size);
char *ag_secret_strdup(const char *text);
void ag_secret_free(void *p);

#endif
