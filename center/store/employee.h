/* SPDX-License-Identifier: MIT */
/* Employees who may be given a password. */
#ifndef AG_CENTER_STORE_EMPLOYEE_H
#define AG_CENTER_STORE_EMPLOYEE_H

#include "store.h"

#include <linux/atmguard.h>
#include <stdint.h>

#define AG_EMPLOYEE_NAME_MAX 64	/* bytes as given; harmless text is at most four times as long */

struct ag_employee {
	char number[ATMGUARD_EMPLOYEE_LEN];
	char name[4 * AG_EMPLOYEE_NAME_MAX + 1];
	int64_t added_s, disabled_s;
};

int ag_store_employee_load(struct ag_store *store, const char *number, struct ag_employee *ret_employee);

/* -EEXIST: the number is taken. */
int ag_store_employee_add(struct ag_store *store, const struct ag_employee *employee);

/* -ENOENT: none, or so already. */
int ag_store_employee_disable(struct ag_store *store, const char *number, int64_t now_s);
int ag_store_employee_enable(struct ag_store *store, const char *number);

/* At most @max by number, those behind @after ("": from the first). */
int ag_store_employee_list(struct ag_store *store, const char *after, int max,
			   int (*use)(const struct ag_employee *employee, void *arg), void *arg);

#endif
