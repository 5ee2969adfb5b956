// SPDX-License-Identifier: MIT
// Employees: add, disable, enable, list.
#include "employee.h"
#include "sql.h"

#define COLUMNS "number, name, added_s, disabled_s"

static void read_row(sqlite3_stmt *row, struct ag_employee *employee)
{
	ag_sql_text(row, 0, employee->number, sizeof(employee->number));
	ag_sql_text(row, 1, employee->name, sizeof(employee->name));
	employee->added_s = sqlite3_column_int64(row, 2);
	employee->disabled_s = sqlite3_column_int64(row, 3);
}

int ag_store_employee_load(struct ag_store *store, const char *number, struct ag_employee *ret_employee)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, "SELECT " COLUMNS " FROM employee WHERE number = ?",
			   AG_VALUES(AG_TEXT(number)), &row);

	if (r)
		return r;
	read_row(row, ret_employee);
	ag_sql_done(row);
	return 0;
}

int ag_store_employee_add(struct ag_store *store, const struct ag_employee *employee)
{
	return ag_sql_run(store, "INSERT INTO employee (number, name, added_s) VALUES (?, ?, ?)",
			  AG_VALUES(AG_TEXT(employee->number), AG_TEXT(employee->name),
				    AG_INT(employee->added_s)));
}

int ag_store_employee_disable(struct ag_store *store, const char *number, int64_t now_s)
{
	return ag_sql_change(store, "UPDATE employee SET disabled_s = ? WHERE number = ? AND disabled_s IS NULL",
			     AG_VALUES(AG_INT(now_s), AG_TEXT(number)));
}

int ag_store_employee_enable(struct ag_store *store, const char *number)
{
	return ag_sql_change(store, "UPDATE employee SET disabled_s = NULL"
			     " WHERE number = ? AND disabled_s IS NOT NULL", AG_VALUES(AG_TEXT(number)));
}

struct use {
	int (*use)(const struct ag_employee *employee, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	struct ag_employee employee;

	read_row(row, &employee);
	return use->use(&employee, use->arg);
}

int ag_store_employee_list(struct ag_store *store, const char *after, int max,
			   int (*use)(const struct ag_employee *employee, void *arg), void *arg)
{
	return ag_sql_each(store, "SELECT " COLUMNS " FROM employee WHERE number > ? ORDER BY number LIMIT ?",
			   AG_VALUES(AG_TEXT(after), AG_INT(max)), use_row, &(struct use){ use, arg });
}
