/* SPDX-License-Identifier: MIT */
/* A center in one process: real database, real keys, a clock that tests set. */
#ifndef AG_CENTER_FIXTURE_H
#define AG_CENTER_FIXTURE_H

#include "center/admin/admin.h"
#include "center/judge/judge.h"
#include "center/store/store.h"
#include "center_alone.h"

#include <check.h>

#define ATM_A "00012345"
#define ATM_B "00099999"
#define EMPLOYEE "100234"
#define OTHER_EMPLOYEE "100235"
#define START_S 1800000000	/* the clock at the start of each test */

extern struct ag_judge center;
extern struct ag_keys center_keys;
extern int64_t center_now_s;
extern bool center_sign_fails;
extern char center_revoked[ATMGUARD_ATM_LEN];	/* the machine revoked last */

/* Makes the database, two machines and two employees; and removes it. */
void center_setup(void);
void center_teardown(void);

/* Adds row @i of a test, named by a sentence, in a center of its own. */
void center_add(Suite *suite, const char *sentence, const TTest *test, int i);

/* Path of the database. */
const char *center_path(void);

/* Closes the database and opens it again, as a restart of the service does. */
void center_restart(void);

/* Runs SQL on a second connection, as somebody with sqlite3 would. */
void center_sql(const char *sql);
int64_t center_number(const char *sql);

/* Asks as an administrator, with jansson's format; the caller frees. */
json_t *center_ask(const char *format, ...);
/* Asks a reader, which has a connection of its own. */
json_t *center_read(const char *format, ...);
/* The same as center_ask(), where only success counts. */
bool center_does(const char *format, ...);

struct center_job {
	int64_t id;
	char otp[16];
};

/* Opens a job for EMPLOYEE, valid for two hours. */
struct center_job center_open(const char *atm, const char *work);

/* Asks to unlock; @nonce fills all bytes.  The whole answer is in *@answer. */
void center_unlock(const char *atm, const char *otp, const char *employee, uint8_t nonce,
		   struct ag_answer *answer);
bool center_unlocks(const char *atm, const char *otp, const char *employee, uint8_t nonce);
bool is_ok(const struct ag_answer *answer);
bool is_ng(const struct ag_answer *answer);

/* The grant inside, its signature verified as the kernel does. */
struct ag_grant center_grant(const struct ag_answer *answer);

/* A password that is well-formed and wrong. */
const char *wrong_otp(const char *otp);

const char *state_of(int64_t job);

/* A machine's chain of records in the making. */
struct center_chain {
	uint8_t boot_id[ATMGUARD_UUID_LEN];
	struct atmguard_record records[64];
	uint8_t tip[ATMGUARD_HASH_LEN];
	uint64_t next_seq;
	uint32_t nr;
};

void chain_start(struct center_chain *chain, uint8_t boot);
struct atmguard_record *chain_add(struct center_chain *chain, uint16_t type, uint16_t code,
				  uint64_t job, uint64_t aux, const char *detail);
/* Recomputes the hash of a record after it was changed. */
void chain_rehash(const uint8_t tip[32], struct atmguard_record *record);

/* Ships records [from, from + nr) of @chain. */
void center_ship(const char *atm, const struct center_chain *chain, uint32_t from, uint32_t nr,
		 bool is_lost, struct ag_answer *answer);
struct ag_receipt center_receipt(const struct ag_answer *answer);
bool has_alarm(const char *kind);

#endif
