// SPDX-License-Identifier: MIT
// Machines: enrol, see, count wrong tries, revoke, list.
#include "atm.h"
#include "sql.h"

#define COLUMNS "number, class, boot_uuid, cert_sha256, version, added_s, revoked_s, wrong, seen_s," \
	" state, policy_version, next_seq, boot_id"

static int read_row(sqlite3_stmt *row, struct ag_atm *atm)
{
	int r;

	*atm = (struct ag_atm){
		.version = sqlite3_column_int64(row, 4), .added_s = sqlite3_column_int64(row, 5),
		.revoked_s = sqlite3_column_int64(row, 6), .wrong = sqlite3_column_int64(row, 7),
		.seen_s = sqlite3_column_int64(row, 8), .policy_version = sqlite3_column_int64(row, 10),
		.next_seq = sqlite3_column_int64(row, 11),
	};
	ag_sql_text(row, 0, atm->number, sizeof(atm->number));
	ag_sql_text(row, 1, atm->atm_class, sizeof(atm->atm_class));
	ag_sql_text(row, 9, atm->state, sizeof(atm->state));
	r = ag_sql_blob(row, 2, atm->boot_uuid, sizeof(atm->boot_uuid));
	if (r == 0)
		r = ag_sql_blob(row, 3, atm->cert_sha256, sizeof(atm->cert_sha256));
	if (r == 0 && atm->seen_s)
		r = ag_sql_blob(row, 12, atm->boot_id, sizeof(atm->boot_id));
	return r;
}

int ag_store_atm_load(struct ag_store *store, const char *number, struct ag_atm *ret_atm)
{
	sqlite3_stmt *row;
	int r = ag_sql_ask(store, "SELECT " COLUMNS " FROM atm WHERE number = ?",
			   AG_VALUES(AG_TEXT(number)), &row);

	if (r)
		return r;
	r = read_row(row, ret_atm);
	ag_sql_done(row);
	return r;
}

int ag_store_atm_enrol(struct ag_store *store, const struct ag_atm *atm)
{
	return ag_sql_run(store, "INSERT INTO atm (number, class, boot_uuid, cert_sha256, version,"
			  " added_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (number) DO UPDATE SET"
			  " class = ?2, boot_uuid = ?3, cert_sha256 = ?4, version = ?5, added_s = ?6,"
			  " revoked_s = NULL, wrong = 0, state = NULL",
			  AG_VALUES(AG_TEXT(atm->number), AG_TEXT(atm->atm_class),
				    AG_BLOB(atm->boot_uuid, sizeof(atm->boot_uuid)),
				    AG_BLOB(atm->cert_sha256, sizeof(atm->cert_sha256)),
				    AG_INT(atm->version), AG_INT(atm->added_s)));
}

int ag_store_atm_revoke(struct ag_store *store, const char *number, int64_t now_s)
{
	return ag_sql_change(store, "UPDATE atm SET revoked_s = ? WHERE number = ? AND revoked_s IS NULL",
			     AG_VALUES(AG_INT(now_s), AG_TEXT(number)));
}

int ag_store_atm_see(struct ag_store *store, const struct ag_atm *atm)
{
	return ag_sql_run(store, "UPDATE atm SET seen_s = ?, state = ?, policy_version = ?,"
			  " next_seq = ?, boot_id = ? WHERE number = ?",
			  AG_VALUES(AG_INT(atm->seen_s), AG_TEXT(atm->state), AG_INT(atm->policy_version),
				    AG_INT(atm->next_seq), AG_BLOB(atm->boot_id, sizeof(atm->boot_id)),
				    AG_TEXT(atm->number)));
}

int ag_store_atm_count_wrong(struct ag_store *store, const char *number)
{
	return ag_sql_run(store, "UPDATE atm SET wrong = wrong + 1 WHERE number = ?",
			  AG_VALUES(AG_TEXT(number)));
}

int ag_store_atm_clear_wrong(struct ag_store *store, const char *number)
{
	return ag_sql_change(store, "UPDATE atm SET wrong = 0 WHERE number = ?", AG_VALUES(AG_TEXT(number)));
}

struct use {
	int (*use)(const struct ag_atm *atm, void *arg);
	void *arg;
};

static int use_row(sqlite3_stmt *row, void *arg)
{
	struct use *use = arg;
	struct ag_atm atm;
	int r = read_row(row, &atm);

	return r ? r : use->use(&atm, use->arg);
}

int ag_store_atm_list(struct ag_store *store, const char *after, int max,
		      int (*use)(const struct ag_atm *atm, void *arg), void *arg)
{
	return ag_sql_each(store, "SELECT " COLUMNS " FROM atm WHERE number > ? ORDER BY number LIMIT ?",
			   AG_VALUES(AG_TEXT(after), AG_INT(max)), use_row, &(struct use){ use, arg });
}
