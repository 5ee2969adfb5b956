// SPDX-License-Identifier: MIT
// A center in one process, for unit tests.
#include "center_fixture.h"
#include "center/common/wire.h"
#include "center/reader/reader.h"
#include "center/store/job.h"
#include "lib/chain.h"
#include "lib/cms.h"
#include "lib/damm.h"
#include "lib/hex.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ag_judge center;
struct ag_keys center_keys;
int64_t center_now_s;
bool center_sign_fails;
char center_revoked[ATMGUARD_ATM_LEN];

static char dir[] = "/tmp/check_center.XXXXXX";
static char path[64];

static int64_t now_s(void)
{
	return center_now_s;
}

static int sign(void *arg, unsigned int kind, const void *object, size_t len,
		unsigned char sig[AG_SIG_MAX], size_t *ret_len)
{
	if (center_sign_fails)
		return -EIO;
	return ag_keys_sign(&center_keys, kind, object, len, sig, ret_len);
}

static void revoked(void *arg, const char atm[ATMGUARD_ATM_LEN])
{
	memcpy(center_revoked, atm, sizeof(center_revoked));
}

static void make_keys(void)
{
	const struct ag_keys_profile profile = { .name = "test", .usage = "critical,digitalSignature", .days = 1 };

	center_keys.grant = ag_keys_generate();
	center_keys.grant_cert = ag_keys_issue(&profile, center_keys.grant, NULL, center_keys.grant);
	center_keys.identity = ag_keys_generate();
	center_keys.identity_cert = ag_keys_issue(&profile, center_keys.identity, NULL, center_keys.identity);
	ck_assert(center_keys.grant_cert && center_keys.identity_cert);
}

static void add_machine(const char *number, int mark)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "INSERT INTO atm (number, class, boot_uuid, cert_sha256, version, added_s)"
		 " VALUES ('%s', 'std', zeroblob(16), x'%02x00000000000000000000000000000000000000000000000000000000000000',"
		 " 1, 1)", number, mark);
	center_sql(sql);
}

void center_setup(void)
{
	/* Each test is a process of its own; the log is for who debugs. */
	if (!getenv("AG_VERBOSE"))
		ck_assert(freopen("/dev/null", "w", stderr));
	ck_assert(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/center.db", dir);
	make_keys();
	center_now_s = START_S;
	center.sign = sign;
	center.revoked = revoked;
	center.now_s = now_s;
	memset(center.pepper, 7, sizeof(center.pepper));
	ck_assert_int_eq(ag_store_open(path, NULL, &center.store), 0);
	add_machine(ATM_A, 0xaa);
	add_machine(ATM_B, 0xbb);
	ck_assert(center_does("{s:s, s:s}", "do", "employee-add", "number", EMPLOYEE));
	ck_assert(center_does("{s:s, s:s}", "do", "employee-add", "number", OTHER_EMPLOYEE));
}

void center_teardown(void)
{
	static const char *const names[] = { "", "-wal", "-shm" };
	char name[80];

	ag_store_close(center.store);
	ag_keys_free(&center_keys);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, names[i]);
		unlink(name);
	}
	rmdir(dir);
}

void center_add(Suite *suite, const char *sentence, const TTest *test, int i)
{
	TCase *tcase = tcase_create(sentence);

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, center_setup, center_teardown);
	tcase_add_loop_test(tcase, test, i, i + 1);
	suite_add_tcase(suite, tcase);
}

const char *center_path(void)
{
	return path;
}

void center_restart(void)
{
	ag_store_close(center.store);
	ck_assert_int_eq(ag_store_open(path, NULL, &center.store), 0);
}

void center_sql(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

int64_t center_number(const char *sql)
{
	int64_t number;
	sqlite3_stmt *row;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
	number = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return number;
}

/* ---- administrators ---- */

static json_t *ask(json_t *in)
{
	struct ag_admin admin = {
		.judge = &center, .store = center.store, .now_s = center_now_s, .ca = "",
		.actor = { AG_ACTOR_ADMINISTRATOR, AG_ACTOR_BY_UID, "0" },
	};
	json_t *out = ag_admin_answer(&admin, in);

	json_decref(in);
	return out;
}

json_t *center_ask(const char *format, ...)
{
	va_list args;
	json_t *in;

	va_start(args, format);
	in = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	ck_assert(in);
	return ask(in);
}

json_t *center_read(const char *format, ...)
{
	struct ag_reader reader = { .now_s = center_now_s };
	va_list args;
	json_t *in, *out;

	va_start(args, format);
	in = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	ck_assert(in);
	ck_assert_int_eq(ag_store_open_to_read(path, &reader.store), 0);
	out = ag_reader_answer(&reader, in);
	ag_store_close(reader.store);
	json_decref(in);
	return out;
}

bool center_does(const char *format, ...)
{
	json_t *in, *out;
	va_list args;
	bool ok;

	va_start(args, format);
	in = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	out = ask(in);
	ok = strcmp(json_string_value(json_object_get(out, "result")), "ok") == 0;
	json_decref(out);
	return ok;
}

struct center_job center_open(const char *atm, const char *work)
{
	json_t *out = center_ask("{s:s, s:s, s:s, s:s}", "do", "job-open", "atm", atm, "employee",
				 EMPLOYEE, "work", work);
	struct center_job job = { .id = json_integer_value(json_object_get(out, "job")) };
	const char *otp = json_string_value(json_object_get(out, "otp"));

	ck_assert_ptr_nonnull(otp);
	strcpy(job.otp, otp);
	json_decref(out);
	return job;
}

/* ---- machines ---- */

static void fill(struct ag_request *request, const char *atm)
{
	memset(request, 0, sizeof(*request));
	strcpy(request->atm, atm);
	request->cert_sha256[0] = strcmp(atm, ATM_A) == 0 ? 0xaa : 0xbb;
}

void center_unlock(const char *atm, const char *otp, const char *employee, uint8_t nonce,
		   struct ag_answer *answer)
{
	struct ag_request request;

	fill(&request, atm);
	strcpy(request.otp, otp);
	strcpy(request.employee, employee);
	memset(request.nonce, nonce, sizeof(request.nonce));
	memset(answer, 0, sizeof(*answer));
	center_decide(&center, AG_REQUEST_UNLOCK, &request, NULL, answer);
}

bool is_ok(const struct ag_answer *answer)
{
	return answer->status == 200 && strncmp(answer->body, "{\"result\":\"ok\"", 14) == 0;
}

bool is_ng(const struct ag_answer *answer)
{
	return answer->status == 200 && strncmp(answer->body, "{\"result\":\"ng\"}", 15) == 0;
}

bool center_unlocks(const char *atm, const char *otp, const char *employee, uint8_t nonce)
{
	struct ag_answer answer;

	center_unlock(atm, otp, employee, nonce, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_eq(answer.len, 1024);
	ck_assert(is_ok(&answer) || is_ng(&answer));
	return is_ok(&answer);
}

/* Decodes member @name into @data and verifies it with @anchor. */
static void verified(const struct ag_answer *answer, const char *name, X509 *anchor, void *data, size_t size)
{
	json_t *json = json_loadb(answer->body, answer->len, 0, NULL);
	const char *object = json_string_value(json_object_get(json, name));
	const char *sig = json_string_value(json_object_get(json, "sig"));
	STACK_OF(X509) *anchors = sk_X509_new_null();
	unsigned char sig_data[AG_SIG_MAX];
	size_t len, sig_len;

	ck_assert(object && sig);
	ck_assert_int_eq(ag_base64_decode(object, strlen(object), data, size, &len), 0);
	ck_assert_uint_eq(len, size);
	ck_assert_int_eq(ag_base64_decode(sig, strlen(sig), sig_data, sizeof(sig_data), &sig_len), 0);
	sk_X509_push(anchors, anchor);
	ck_assert_int_eq(ag_cms_verify(anchors, data, size, sig_data, sig_len), 0);
	sk_X509_free(anchors);
	json_decref(json);
}

struct ag_grant center_grant(const struct ag_answer *answer)
{
	struct ag_grant grant;

	verified(answer, "grant", center_keys.grant_cert, &grant, sizeof(grant));
	return grant;
}

struct ag_receipt center_receipt(const struct ag_answer *answer)
{
	struct ag_receipt receipt;

	verified(answer, "receipt", center_keys.grant_cert, &receipt, sizeof(receipt));
	return receipt;
}

const char *wrong_otp(const char *otp)
{
	static char wrong[16];

	strcpy(wrong, otp);
	wrong[0] = otp[0] == '9' ? '0' : otp[0] + 1;
	wrong[8] = ag_damm_digit(wrong, 8);
	return wrong;
}

const char *state_of(int64_t id)
{
	struct ag_job job;

	ck_assert_int_eq(ag_store_job_load(center.store, id, &job), 0);
	return ag_job_state_name(job.state);
}

bool has_alarm(const char *kind)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM alarm WHERE kind = '%s'", kind);
	return center_number(sql) > 0;
}

/* ---- records ---- */

void chain_start(struct center_chain *chain, uint8_t boot)
{
	memset(chain, 0, sizeof(*chain));
	memset(chain->boot_id, boot, sizeof(chain->boot_id));
}

void chain_rehash(const uint8_t tip[32], struct atmguard_record *record)
{
	ag_chain_hash(tip, record, record->hash);
}

struct atmguard_record *chain_add(struct center_chain *chain, uint16_t type, uint16_t code,
				  uint64_t job, uint64_t aux, const char *detail)
{
	struct atmguard_record *record = &chain->records[chain->nr++];

	record->seq = chain->next_seq++;
	record->type = type;
	record->code = code;
	record->job = job;
	record->aux = aux;
	strncpy(record->detail, detail, sizeof(record->detail) - 1);
	chain_rehash(chain->tip, record);
	memcpy(chain->tip, record->hash, sizeof(chain->tip));
	return record;
}

void center_ship(const char *atm, const struct center_chain *chain, uint32_t from, uint32_t nr,
		 bool is_lost, struct ag_answer *answer)
{
	struct ag_request request;

	fill(&request, atm);
	memcpy(request.boot_id, chain->boot_id, sizeof(request.boot_id));
	request.is_lost = is_lost;
	request.nr_records = nr;
	memset(answer, 0, sizeof(*answer));
	center_decide(&center, AG_REQUEST_AUDIT, &request, chain->records + from, answer);
}
