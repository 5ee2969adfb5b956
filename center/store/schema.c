// SPDX-License-Identifier: MIT
// The tables of the center's database, version by version; times are seconds since 1970 (_s).
#include "schema.h"

/* Kept with the version, so that each database says how it came about. */
#define VERSION(number) \
	"INSERT INTO schema_version VALUES (" #number ", CAST(strftime('%s','now') AS INTEGER));" \
	"PRAGMA user_version = " #number ";"

static const char version_1[] =
"CREATE TABLE schema_version (version INTEGER NOT NULL, since_s INTEGER NOT NULL);"
VERSION(1)

/* Single facts about the fleet: see fleet.c. */
"CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"

"CREATE TABLE atm ("
" number TEXT PRIMARY KEY,"
" class TEXT NOT NULL,"
" boot_uuid BLOB NOT NULL,"
" cert_sha256 BLOB NOT NULL,"	/* of the one certificate that speaks for it */
" version INTEGER NOT NULL,"	/* of the identity, counts enrolments */
" added_s INTEGER NOT NULL,"
" revoked_s INTEGER,"
" wrong INTEGER NOT NULL DEFAULT 0,"	/* wrong tries since a right one or a release */
" seen_s INTEGER,"
" state TEXT,"			/* as the last heartbeat says: hearsay */
" policy_version INTEGER,"
" next_seq INTEGER,"
" boot_id BLOB"
") WITHOUT ROWID;"

"CREATE TABLE employee ("
" number TEXT PRIMARY KEY,"
" name TEXT NOT NULL,"
" added_s INTEGER NOT NULL,"
" disabled_s INTEGER"
") WITHOUT ROWID;"

"CREATE TABLE job ("
" id INTEGER PRIMARY KEY AUTOINCREMENT,"	/* a number is never used twice */
" atm TEXT NOT NULL REFERENCES atm(number),"
" employee TEXT NOT NULL REFERENCES employee(number),"
" work TEXT NOT NULL,"
" state INTEGER NOT NULL,"	/* a word since version 2 */
" created_s INTEGER NOT NULL,"
" created_by TEXT NOT NULL,"
" opens_s INTEGER NOT NULL,"
" expires_s INTEGER NOT NULL,"
" salt BLOB NOT NULL,"
" mac BLOB NOT NULL,"
" issues INTEGER NOT NULL DEFAULT 1,"	/* passwords issued */
" tries INTEGER NOT NULL DEFAULT 0,"	/* wrong ones */
" entries INTEGER NOT NULL DEFAULT 0,"
" closed_s INTEGER,"
" closed_why TEXT"
");"
"CREATE INDEX job_atm ON job(atm, id);"
/* 1..3 are the open states: the database itself keeps it at one open job a machine. */
"CREATE UNIQUE INDEX job_open ON job(atm) WHERE state <= 3;"
"CREATE INDEX job_expiry ON job(expires_s) WHERE state <= 3;"

/* One grant a nonce: what a retry gets again. */
"CREATE TABLE entry ("
" job INTEGER NOT NULL REFERENCES job(id),"
" nonce BLOB NOT NULL,"
" at_s INTEGER NOT NULL,"
" object BLOB NOT NULL,"
" sig BLOB NOT NULL,"
" retries INTEGER NOT NULL DEFAULT 0,"
" PRIMARY KEY (job, nonce)"
") WITHOUT ROWID;"

/* Answers that were no; what was typed as password is not kept. */
"CREATE TABLE attempt ("
" id INTEGER PRIMARY KEY,"
" at_s INTEGER NOT NULL,"
" atm TEXT NOT NULL,"
" job INTEGER NOT NULL,"	/* open or last one of that machine, 0: none */
" employee TEXT NOT NULL,"	/* as typed */
" counted INTEGER NOT NULL,"
" reason TEXT NOT NULL"
");"
"CREATE INDEX attempt_job ON attempt(job);"
"CREATE INDEX attempt_time ON attempt(at_s) WHERE counted = 1;"

"CREATE TABLE chain ("
" atm TEXT NOT NULL,"
" boot_id BLOB NOT NULL,"
" started_s INTEGER NOT NULL,"
" first_seq INTEGER NOT NULL,"
" next_seq INTEGER NOT NULL,"
" tip BLOB NOT NULL,"
" PRIMARY KEY (atm, boot_id)"
") WITHOUT ROWID;"

"CREATE TABLE record ("
" atm TEXT NOT NULL,"
" boot_id BLOB NOT NULL,"
" seq INTEGER NOT NULL,"
" apart INTEGER NOT NULL,"	/* 1: does not follow from the one before */
" received_s INTEGER NOT NULL,"
" type INTEGER NOT NULL,"
" job INTEGER NOT NULL,"
" data BLOB NOT NULL,"		/* struct atmguard_record */
" PRIMARY KEY (atm, boot_id, seq, apart)"
") WITHOUT ROWID;"
"CREATE INDEX record_time ON record(atm, received_s, seq);"
"CREATE INDEX record_job ON record(job) WHERE job > 0;"
"CREATE INDEX record_seq ON record(atm, seq);"

"CREATE TABLE alarm ("
" id INTEGER PRIMARY KEY,"
" kind TEXT NOT NULL,"
" atm TEXT NOT NULL,"
" job INTEGER NOT NULL,"
" detail TEXT NOT NULL,"
" first_s INTEGER NOT NULL,"
" last_s INTEGER NOT NULL,"
" times INTEGER NOT NULL DEFAULT 1,"
" cleared_s INTEGER"
");"
"CREATE UNIQUE INDEX alarm_open ON alarm(kind, atm, job, detail) WHERE cleared_s IS NULL;";

/*
 * The states of a job are the words of AG_JOB_STATES, and a job is open as
 * long as closed_s is NULL.  A table cannot change the type of a column in
 * place, so the jobs move into a new one; the counter of their numbers goes on
 * where it stood.
 */
static const char version_2[] =
"CREATE TABLE job_2 ("
" id INTEGER PRIMARY KEY AUTOINCREMENT,"
" atm TEXT NOT NULL REFERENCES atm(number),"
" employee TEXT NOT NULL REFERENCES employee(number),"
" work TEXT NOT NULL,"
" state TEXT NOT NULL,"
" created_s INTEGER NOT NULL,"
" created_by TEXT NOT NULL,"
" opens_s INTEGER NOT NULL,"
" expires_s INTEGER NOT NULL,"
" salt BLOB NOT NULL,"
" mac BLOB NOT NULL,"
" issues INTEGER NOT NULL DEFAULT 1,"
" tries INTEGER NOT NULL DEFAULT 0,"
" entries INTEGER NOT NULL DEFAULT 0,"
" closed_s INTEGER,"
" closed_why TEXT"
");"
"INSERT INTO job_2 SELECT id, atm, employee, work,"
/* Another number becomes NULL, which the table refuses. */
" CASE state WHEN 1 THEN 'created' WHEN 2 THEN 'issued' WHEN 3 THEN 'active' WHEN 4 THEN 'completed'"
"  WHEN 5 THEN 'expired' WHEN 6 THEN 'blocked' WHEN 7 THEN 'revoked' END,"
" created_s, created_by, opens_s, expires_s, salt, mac, issues, tries, entries, closed_s, closed_why FROM job;"
"DELETE FROM sqlite_sequence WHERE name = 'job_2';"
"INSERT INTO sqlite_sequence SELECT 'job_2', seq FROM sqlite_sequence WHERE name = 'job';"
"DROP TABLE job;"
"ALTER TABLE job_2 RENAME TO job;"
"CREATE INDEX job_atm ON job(atm, id);"
"CREATE UNIQUE INDEX job_open ON job(atm) WHERE closed_s IS NULL;"
"CREATE INDEX job_expiry ON job(expires_s) WHERE closed_s IS NULL;"
VERSION(2);

const char *const ag_schema_steps[AG_SCHEMA_VERSION] = { version_1, version_2 };
