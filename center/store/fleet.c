// SPDX-License-Identifier: MIT
// The fleet as a whole.
#include "fleet.h"
#include "sql.h"

/* Row of table fact. */
#define STRICT "fleet-strict"

int ag_store_fleet_is_strict(struct ag_store *store, bool *ret_strict)
{
	int64_t value;
	int r = ag_sql_number(store, "SELECT value FROM fact WHERE name = '" STRICT "'", AG_NO_VALUES, 0, &value);

	if (r == 0)
		*ret_strict = value;
	return r;
}

int ag_store_fleet_set_strict(struct ag_store *store, bool is_strict)
{
	if (!is_strict)
		return ag_sql_run(store, "DELETE FROM fact WHERE name = '" STRICT "'", AG_NO_VALUES);
	return ag_sql_run(store, "INSERT INTO fact VALUES ('" STRICT "', 1)"
			  " ON CONFLICT (name) DO UPDATE SET value = 1", AG_NO_VALUES);
}

int ag_store_fleet_count(struct ag_store *store, int64_t online_s, int64_t wrong_s,
			 struct ag_fleet_counts *ret_counts)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, "SELECT (SELECT count(*) FROM atm WHERE revoked_s IS NULL),"
			   " (SELECT count(*) FROM atm WHERE seen_s > ?),"
			   " (SELECT count(*) FROM employee WHERE disabled_s IS NULL),"
			   " (SELECT count(*) FROM job WHERE closed_s IS NULL),"
			   " (SELECT count(*) FROM alarm WHERE cleared_s IS NULL),"
			   " (SELECT count(*) FROM attempt WHERE counted = 1 AND at_s > ?)",
			   AG_VALUES(AG_INT(online_s), AG_INT(wrong_s)), &row);

	if (r)
		return r;
	*ret_counts = (struct ag_fleet_counts){
		.atms = sqlite3_column_int64(row, 0), .atms_online = sqlite3_column_int64(row, 1),
		.employees = sqlite3_column_int64(row, 2), .jobs_open = sqlite3_column_int64(row, 3),
		.alarms = sqlite3_column_int64(row, 4), .wrong = sqlite3_column_int64(row, 5),
	};
	ag_sql_done(row);
	return 0;
}
