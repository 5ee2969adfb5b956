// SPDX-License-Identifier: MIT
// The database: bringing version 1 up to date, whatever cuts it off; reading alone.
#include "center/store/atm.h"
#include "center/store/job.h"
#include "center/store/store.h"
#include "center_v1.h"
#include "center_vfs.h"
#include "harness.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CUTS_MAX 1000	/* writes that bringing it up to date may take */

static char dir[] = "/tmp/check_center_store.XXXXXX";
static char path[64], copy[64];
static char told[4096];

static void tell(const char *format, ...)
{
	size_t len = strlen(told);
	va_list args;

	va_start(args, format);
	vsnprintf(told + len, sizeof(told) - len, format, args);
	va_end(args);
}

/* ---- databases ---- */

static void run_sql(const char *file, const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int64_t number(const char *file, const char *sql)
{
	sqlite3_stmt *row;
	int64_t value;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
	value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return value;
}

static void remove_all(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char name[96];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
		snprintf(name, sizeof(name), "%s%s", copy, ends[i]);
		unlink(name);
		snprintf(name, sizeof(name), "%s.part%s", copy, ends[i]);
		unlink(name);
	}
}

static void make_v1(void)
{
	remove_all();
	told[0] = '\0';
	run_sql(path, "PRAGMA journal_mode=WAL");
	run_sql(path, center_v1_tables);
	run_sql(path, center_v1_rows);
}

/* Everything but what the version changes, as text; the states of version 1 in
 * the words that version 2 has for them. */
static char *dump(const char *file, int version)
{
	static const char *const queries[] = {
		"SELECT * FROM fact", "SELECT * FROM atm", "SELECT * FROM employee", "SELECT * FROM entry",
		"SELECT * FROM attempt", "SELECT * FROM chain", "SELECT * FROM record", "SELECT * FROM alarm",
		"SELECT seq FROM sqlite_sequence WHERE name = 'job'",
		"SELECT id, atm, employee, work, created_s, created_by, opens_s, expires_s, salt, mac, issues,"
		" tries, entries, closed_s, closed_why FROM job ORDER BY id",
	};
	static const char *const states[] = {
		"SELECT substr('created  issued   active   completedexpired  blocked  revoked  ',"
		" state * 9 - 8, 9) FROM job ORDER BY id",
		"SELECT substr(state || '         ', 1, 9) FROM job ORDER BY id",
	};
	const size_t nr = sizeof(queries) / sizeof(queries[0]);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	for (size_t i = 0; i <= nr; i++) {
		sqlite3_stmt *row;
		int rc;

		ck_assert_int_eq(sqlite3_prepare_v2(db, i < nr ? queries[i] : states[version - 1], -1, &row, NULL),
				 SQLITE_OK);
		while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
			for (int c = 0; c < sqlite3_column_count(row); c++) {
				const unsigned char *p = sqlite3_column_blob(row, c);

				fprintf(out, "%d:", sqlite3_column_type(row, c));
				for (int k = 0; k < sqlite3_column_bytes(row, c); k++)
					fprintf(out, "%02x", p[k]);
				fputc(' ', out);
			}
			fputc('\n', out);
		}
		ck_assert_int_eq(rc, SQLITE_DONE);
		sqlite3_finalize(row);
	}
	sqlite3_close(db);
	fclose(out);
	return text;
}

static int version_of(const char *file)
{
	return number(file, "PRAGMA user_version");
}

/* Opens as the service does and closes again. */
static int open_once(void)
{
	struct ag_store *store;
	int r = ag_store_open(path, tell, &store);

	if (r == 0)
		ag_store_close(store);
	return r;
}

static void has_all(const char *file, int version, const char *before)
{
	char *now = dump(file, version);

	ck_assert_str_eq(now, before);
	ck_assert_int_eq(version_of(file), version);
	free(now);
}

static void setup(void)
{
	ck_assert(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/center.db", dir);
	snprintf(copy, sizeof(copy), "%s/center-v1.db", dir);
	vfs_install();
	make_v1();
}

static void teardown(void)
{
	vfs_fail_at(0, VFS_FINE);
	remove_all();
	rmdir(dir);
}

/* ---- tests ---- */

START_TEST(all_survives)
{
	char *before = dump(path, 1);

	ck_assert_int_eq(open_once(), 0);
	has_all(path, 2, before);
	has_all(copy, 1, before);
	ck_assert_ptr_nonnull(strstr(told, "version 1 is kept as"));
	ck_assert_ptr_nonnull(strstr(told, copy));
	ck_assert_ptr_nonnull(strstr(told, "of version 2 now"));
	free(before);
}
END_TEST

START_TEST(works_afterwards)
{
	struct ag_store *store;
	struct ag_job job;

	ck_assert_int_eq(ag_store_open(path, tell, &store), 0);
	ck_assert_int_eq(ag_store_job_load(store, 5, &job), 0);
	ck_assert_int_eq(job.state, AG_JOB_ACTIVE);
	ck_assert_int_eq(job.entries, 4);
	ck_assert_int_eq(ag_store_job_add(store, &job), -EEXIST);
	ck_assert_int_eq(ag_store_job_load_last(store, "3", &job), 0);
	ck_assert_int_eq(job.state, AG_JOB_CREATED);
	ck_assert_int_eq(ag_store_job_set_state(store, &job, AG_JOB_REVOKED, 2000, "over"), 0);
	job.state = AG_JOB_CREATED;
	ck_assert_int_eq(ag_store_job_add(store, &job), 0);
	ck_assert_int_eq(job.id, 41);
	ag_store_close(store);
}
END_TEST

START_TEST(only_once)
{
	ck_assert_int_eq(open_once(), 0);
	told[0] = '\0';
	unlink(copy);
	ck_assert_int_eq(open_once(), 0);
	ck_assert_str_eq(told, "");
	ck_assert_int_ne(access(copy, F_OK), 0);
	ck_assert_int_eq(number(path, "SELECT group_concat(version, '') FROM schema_version"), 12);
}
END_TEST

START_TEST(newer_refused)
{
	char *before = dump(path, 1);

	run_sql(path, "PRAGMA user_version = 99");
	ck_assert_int_eq(open_once(), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(told, "is of version 99"));
	ck_assert_ptr_nonnull(strstr(told, "versions up to 2 only"));
	run_sql(path, "PRAGMA user_version = 1");
	has_all(path, 1, before);
	free(before);
}
END_TEST

/* Holds the lock, says so, brings the database to version 2 while others wait. */
static void be_faster(int fd)
{
	const struct timespec others_wait = { .tv_nsec = 200000000 };
	sqlite3 *db;

	if (sqlite3_open(path, &db) || sqlite3_exec(db, "BEGIN IMMEDIATE; PRAGMA user_version = 2", NULL, NULL, NULL) ||
	    write(fd, "", 1) != 1 || nanosleep(&others_wait, NULL))
		_exit(1);
	_exit(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK);
}

/* Whether it waits for the lock, gives up, or comes when all is over. */
START_TEST(changed_meanwhile)
{
	char *before = dump(path, 1), byte;
	int status, fds[2], r;
	pid_t pid;

	ck_assert_int_eq(open_once(), 0);
	run_sql(path, "PRAGMA user_version = 1");
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		be_faster(fds[1]);
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	r = open_once();
	ck_assert(r == -EBUSY || r == 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(fds[0]);
	close(fds[1]);
	has_all(path, 2, before);
	has_all(copy, 1, before);
	free(before);
}
END_TEST

START_TEST(strange_refused)
{
	char *before;

	run_sql(path, "UPDATE job SET state = 8 WHERE id = 3");
	before = dump(path, 1);
	ck_assert_int_lt(open_once(), 0);
	ck_assert_ptr_nonnull(strstr(told, "cannot be changed"));
	ck_assert_ptr_nonnull(strstr(told, "stays as it was"));
	has_all(path, 1, before);
	free(before);
}
END_TEST

/* A child brings the database up to date and is cut off before write @nr;
 * whether it got to the end. */
static bool is_cut_at(int nr)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		vfs_fail_at(nr, VFS_CRASH);
		_exit(open_once() ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == VFS_CRASHED);
	return WEXITSTATUS(status) == VFS_CRASHED;
}

START_TEST(cut_anywhere)
{
	char *before = dump(path, 1);
	int nr, nr_old = 0;

	for (nr = 1; nr < CUTS_MAX; nr++) {
		int version;

		if (!is_cut_at(nr))
			break;
		version = version_of(path);
		nr_old += version == 1;
		has_all(path, version, before);
		ck_assert_int_eq(open_once(), 0);
		has_all(path, 2, before);
		has_all(copy, 1, before);
		free(before);
		make_v1();
		before = dump(path, 1);
	}
	if (getenv("AG_VERBOSE"))
		printf("cut at %d writes, version 1 after %d of them\n", nr - 1, nr_old);
	ck_assert_int_gt(nr_old, 10);
	ck_assert_int_lt(nr, CUTS_MAX);
	free(before);
}
END_TEST

START_TEST(full_anywhere)
{
	char *before = dump(path, 1);
	int nr, r = -ENOSPC;

	for (nr = 1; nr < CUTS_MAX; nr++) {
		told[0] = '\0';
		vfs_fail_at(nr, VFS_FULL);
		r = open_once();
		vfs_fail_at(0, VFS_FINE);
		if (r == 0)
			break;
		ck_assert_int_eq(r, -ENOSPC);
		ck_assert_ptr_nonnull(strstr(told, "stays as it was: No space left on device"));
		has_all(path, 1, before);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_gt(nr, 10);
	has_all(path, 2, before);
	has_all(copy, 1, before);
	free(before);
}
END_TEST

START_TEST(no_copy_no_change)
{
	char *before = dump(path, 1), part[80];

	/* What cannot be replaced stands where the copy should go. */
	snprintf(part, sizeof(part), "mkdir -p %s.part/x", copy);
	ck_assert_int_eq(system(part), 0);
	ck_assert_int_lt(open_once(), 0);
	ck_assert_ptr_nonnull(strstr(told, "cannot keep a copy of version 1"));
	has_all(path, 1, before);
	snprintf(part, sizeof(part), "rm -r %s.part", copy);
	ck_assert_int_eq(system(part), 0);
	free(before);
}
END_TEST

START_TEST(reading_alone)
{
	struct ag_store *store, *reader;
	struct ag_atm atm;

	ck_assert_int_eq(ag_store_open_to_read(path, &reader), -ENOTSUP);
	ck_assert_int_eq(ag_store_open(path, tell, &store), 0);
	ck_assert_int_eq(ag_store_open_to_read(path, &reader), 0);
	ck_assert_int_eq(ag_store_atm_load(reader, "1", &atm), 0);
	ck_assert_str_eq(atm.state, "locked");
	ck_assert_int_lt(ag_store_atm_revoke(reader, "1", 5), 0);
	ck_assert_int_lt(ag_store_begin(reader), 0);
	ck_assert_int_eq(ag_store_atm_revoke(store, "1", 5), 0);
	ck_assert_int_eq(ag_store_atm_load(reader, "1", &atm), 0);
	ck_assert_int_eq(atm.revoked_s, 5);
	ag_store_close(reader);
	ag_store_close(store);
}
END_TEST

static const struct contradiction { const char *sentence, *sql; } contradictions[] = {
	{ "a job that is open and closed at once is not loaded", "UPDATE job SET closed_s = 5 WHERE id = 5" },
	{ "a job that is over and was never closed is not loaded",
	  "UPDATE job SET state = 'expired' WHERE id = 5" },
	{ "a job in a state that nobody knows is not loaded", "UPDATE job SET state = 'happy' WHERE id = 5" },
};

START_TEST(contradiction)
{
	struct ag_store *store;
	struct ag_job job;

	ck_assert_int_eq(open_once(), 0);
	run_sql(path, contradictions[_i].sql);
	ck_assert_int_eq(ag_store_open(path, tell, &store), 0);
	ck_assert_int_eq(ag_store_job_load(store, 5, &job), -EUCLEAN);
	ck_assert_int_eq(ag_store_job_load(store, 4, &job), 0);
	ag_store_close(store);
}
END_TEST

static const struct { const char *sentence; const TTest **test; } tests[] = {
	{ "a version 1 database becomes version 2 with all its rows, and is kept as it was beside it", &all_survives },
	{ "jobs go on in their states, one open for a machine, and no number comes twice", &works_afterwards },
	{ "a database is brought up to date once", &only_once },
	{ "a database of a newer version is refused, says so and stays as it was", &newer_refused },
	{ "what another start brings up to date meanwhile does not take the place of the copy", &changed_meanwhile },
	{ "a database with a state that version 1 did not have stays as it was", &strange_refused },
	{ "cut off before any write, it is version 1 or 2 with all its rows, and the next start ends it", &cut_anywhere },
	{ "a disk that is full at any write leaves version 1 and says so; with space it goes on", &full_anywhere },
	{ "without a copy nothing is changed", &no_copy_no_change },
	{ "what is opened for reading sees the present and changes nothing", &reading_alone },
};

static void add(Suite *suite, const char *sentence, const TTest *test, int i)
{
	TCase *tcase = tcase_create(sentence);

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test, i, i + 1);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("center_store");

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		add(suite, tests[i].sentence, *tests[i].test, 0);
	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++)
		add(suite, contradictions[i].sentence, contradiction, i);
	return harness_run(suite, "check_center_store");
}
