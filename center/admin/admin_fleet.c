// SPDX-License-Identifier: MIT
// Machines and employees: enrol, list, revoke.
#include "admin.h"
#include "lib/hex.h"
#include "center/common/log.h"
#include "center/store/store.h"
#include "center/common/text.h"
#include "center/common/wire.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN	64
#define CSR_MAX		6000

/* ---- enrolment ---- */

struct enrolment {
	char number[ATMGUARD_ATM_LEN];
	char atm_class[ATMGUARD_CLASS_LEN];
	struct ag_identity identity;
	unsigned char sig[AG_SIG_MAX];
	size_t sig_len;
	uint8_t cert_sha256[32];
	char *pem;		/* the agent's certificate */
};

static int read_enrolment(struct ag_admin *admin, json_t *in, struct enrolment *e)
{
	const char *atm_class, *uuid;
	int r = ag_admin_number(admin, in, "number", e->number);

	if (r == 0)
		r = ag_admin_text(admin, in, "class", sizeof(e->atm_class) - 1, &atm_class);
	if (r == 0)
		r = ag_admin_text(admin, in, "boot_uuid", 36, &uuid);
	if (r)
		return r;
	if (ag_text_uuid(uuid, e->identity.boot_uuid))
		return ag_admin_fail(admin, "boot-uuid の形式が違います / boot_uuid: a UUID expected");
	strcpy(e->atm_class, atm_class);
	return 0;
}

/* Version of the identity: one more than the revoked one it replaces. */
static int next_version(struct ag_admin *admin, struct enrolment *e)
{
	sqlite3_stmt *row;
	bool is_revoked;
	int r = ag_store_ask(admin->store, "SELECT version, revoked_s IS NOT NULL FROM atm WHERE number = ?",
			     AG_VALUES(AG_TEXT(e->number)), &row);

	e->identity.version = 1;
	if (r)
		return r == -ENOENT ? 0 : r;
	e->identity.version = sqlite3_column_int64(row, 0) + 1;
	is_revoked = sqlite3_column_int(row, 1);
	ag_store_done(row);
	return is_revoked ? 0 : ag_admin_fail(admin, "機番 %s は登録済みです / ATM %s is enrolled already;"
					      " revoke it first", e->number, e->number);
}

static char *to_pem(X509 *cert)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text, *copy = NULL;
	long len;

	if (out && PEM_write_bio_X509(out, cert)) {
		len = BIO_get_mem_data(out, &text);
		copy = strndup(text, len);
	}
	BIO_free(out);
	return copy;
}

static int read_cert(struct enrolment *e, const unsigned char *der, size_t len)
{
	X509 *cert = d2i_X509(NULL, &der, len);
	unsigned char *spki = NULL;
	unsigned int size = sizeof(e->cert_sha256);
	int spki_len, r = -EIO;

	if (!cert)
		return -EIO;
	spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
	e->pem = to_pem(cert);
	if (spki_len > 0 && e->pem && X509_digest(cert, EVP_sha256(), e->cert_sha256, &size) &&
	    EVP_Digest(spki, spki_len, e->identity.agent_spki_sha256, NULL, EVP_sha256(), NULL))
		r = 0;
	OPENSSL_free(spki);
	X509_free(cert);
	return r;
}

/* The signer issues the certificate; its key goes into the identity. */
static int certify(struct ag_admin *admin, json_t *in, struct enrolment *e)
{
	unsigned char body[ATMGUARD_ATM_LEN + CSR_MAX], der[AG_SIG_MAX];
	const char *csr;
	size_t len;
	int r = ag_admin_text(admin, in, "csr", CSR_MAX, &csr);

	if (r)
		return r;
	memcpy(body, e->number, ATMGUARD_ATM_LEN);
	memcpy(body + ATMGUARD_ATM_LEN, csr, strlen(csr));
	r = admin->judge->sign(admin->judge->sign_arg, AG_WIRE_CERTIFY, body,
			       ATMGUARD_ATM_LEN + strlen(csr), der, &len);
	if (r == -EINVAL)
		return ag_admin_fail(admin, "CSR を確認できません / csr: a PEM request with P-256 or RSA-3072"
				     " or stronger, signed by its own key, expected");
	return r ? r : read_cert(e, der, len);
}

static int sign_identity(struct ag_admin *admin, struct enrolment *e)
{
	struct ag_identity *identity = &e->identity;

	memcpy(identity->purpose, AG_PURPOSE_IDENTITY, sizeof(AG_PURPOSE_IDENTITY));
	memcpy(identity->atm, e->number, sizeof(identity->atm));
	memcpy(identity->atm_class, e->atm_class, sizeof(identity->atm_class));
	identity->not_before_s = admin->now_s;
	return admin->judge->sign(admin->judge->sign_arg, AG_IDENTITY, identity, sizeof(*identity),
				  e->sig, &e->sig_len);
}

static int keep(struct ag_admin *admin, const struct enrolment *e)
{
	return ag_store_run(admin->store, "INSERT INTO atm (number, class, boot_uuid, cert_sha256, version,"
			    " added_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (number) DO UPDATE SET"
			    " class = ?2, boot_uuid = ?3, cert_sha256 = ?4, version = ?5, added_s = ?6,"
			    " revoked_s = NULL, wrong = 0, state = NULL",
			    AG_VALUES(AG_TEXT(e->number), AG_TEXT(e->atm_class),
				      AG_BLOB(e->identity.boot_uuid, sizeof(e->identity.boot_uuid)),
				      AG_BLOB(e->cert_sha256, sizeof(e->cert_sha256)),
				      AG_INT(e->identity.version), AG_INT(admin->now_s)));
}

static int write_enrolment(struct ag_admin *admin, const struct enrolment *e, json_t *out)
{
	char identity[AG_BASE64_SIZE(sizeof(e->identity))], sig[AG_BASE64_SIZE(AG_SIG_MAX)];

	ag_base64_encode(&e->identity, sizeof(e->identity), identity);
	ag_base64_encode(e->sig, e->sig_len, sig);
	return json_object_set_new(out, "number", json_string(e->number)) ||
	       json_object_set_new(out, "identity", json_string(identity)) ||
	       json_object_set_new(out, "sig", json_string(sig)) ||
	       json_object_set_new(out, "agent_pem", json_string(e->pem)) ||
	       json_object_set_new(out, "ca_pem", json_string(admin->ca)) ? -ENOMEM : 0;
}

int ag_admin_atm_add(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct enrolment e = { 0 };
	int r = read_enrolment(admin, in, &e);

	if (r == 0)
		r = next_version(admin, &e);
	if (r == 0)
		r = certify(admin, in, &e);
	if (r == 0)
		r = sign_identity(admin, &e);
	if (r == 0)
		r = keep(admin, &e);
	if (r == 0)
		r = write_enrolment(admin, &e, out);
	if (r == 0)
		ag_log("atm=%s class=%s enrolled by=%s", e.number, e.atm_class, admin->by);
	free(e.pem);
	return r;
}

/* ---- the others ---- */

/* Runs an update that must touch exactly the row named by "number". */
static int change(struct ag_admin *admin, json_t *in, const char *sql, const char *what)
{
	char number[16];
	int r = ag_admin_number(admin, in, "number", number);

	if (r == 0)
		r = ag_store_run(admin->store, sql, AG_VALUES(AG_INT(admin->now_s), AG_TEXT(number)));
	if (r)
		return r;
	if (ag_store_changes(admin->store) != 1)
		return ag_admin_fail(admin, "該当がありません / %s %s: none such, or already so", what, number);
	ag_log("%s %s by=%s", what, number, admin->by);
	return 0;
}

int ag_admin_atm_revoke(struct ag_admin *admin, json_t *in, json_t *out)
{
	struct ag_job job;
	int r = change(admin, in, "UPDATE atm SET revoked_s = ? WHERE number = ? AND revoked_s IS NULL",
		       "revoke ATM");

	if (r == 0)
		r = ag_job_load_last(admin->store, json_string_value(json_object_get(in, "number")), &job);
	if (r)
		return r == -ENOENT ? 0 : r;
	return ag_job_is_open(job.state)
		       ? ag_job_move(admin->store, &job, AG_JOB_REVOKE, admin->now_s, "the ATM was revoked") : 0;
}

int ag_admin_atm_release(struct ag_admin *admin, json_t *in, json_t *out)
{
	return change(admin, in, "UPDATE atm SET wrong = 0 * ? WHERE number = ?", "release ATM");
}

int ag_admin_employee_disable(struct ag_admin *admin, json_t *in, json_t *out)
{
	return change(admin, in, "UPDATE employee SET disabled_s = ? WHERE number = ? AND disabled_s IS NULL",
		      "disable employee");
}

int ag_admin_employee_enable(struct ag_admin *admin, json_t *in, json_t *out)
{
	return change(admin, in, "UPDATE employee SET disabled_s = NULL"
		      " WHERE ? AND number = ? AND disabled_s IS NOT NULL", "enable employee");
}

int ag_admin_employee_add(struct ag_admin *admin, json_t *in, json_t *out)
{
	char number[16], clean[NAME_MAX_LEN * 4 + 1];
	const char *name = "-";
	int r = ag_admin_number(admin, in, "number", number);

	if (r == 0 && json_object_get(in, "name"))
		r = ag_admin_text(admin, in, "name", NAME_MAX_LEN, &name);
	if (r)
		return r;
	ag_text_clean(name, strlen(name), clean, sizeof(clean));
	r = ag_store_run(admin->store, "INSERT INTO employee (number, name, added_s) VALUES (?, ?, ?)",
			 AG_VALUES(AG_TEXT(number), AG_TEXT(clean), AG_INT(admin->now_s)));
	if (r == -EEXIST)
		return ag_admin_fail(admin, "社員番号 %s は登録済みです / employee %s exists already", number, number);
	return r;
}

static json_t *text_column(sqlite3_stmt *row, int i)
{
	const char *text = (const char *)sqlite3_column_text(row, i);

	return text ? json_string(text) : json_null();
}

static json_t *integer_column(sqlite3_stmt *row, int i)
{
	return sqlite3_column_type(row, i) == SQLITE_NULL ? json_null()
							   : json_integer(sqlite3_column_int64(row, i));
}

/* One object a row: a column whose SQL name ends in "_t" is text, the others
 * are numbers. */
static json_t *row_object(sqlite3_stmt *row)
{
	json_t *object = json_object();

	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const char *name = sqlite3_column_name(row, i);
		size_t len = strlen(name);
		char key[32];

		if (len > 2 && strcmp(name + len - 2, "_t") == 0) {
			snprintf(key, sizeof(key), "%.*s", (int)len - 2, name);
			json_object_set_new(object, key, text_column(row, i));
		} else {
			json_object_set_new(object, name, integer_column(row, i));
		}
	}
	return object;
}

int ag_admin_rows(struct ag_admin *admin, const char *sql, const struct ag_value *values, size_t nr,
		  json_t *out, const char *name)
{
	json_t *rows = json_array();
	sqlite3_stmt *row;
	int r = ag_store_ask(admin->store, sql, values, nr, &row);

	if (r == 0) {
		do
			json_array_append_new(rows, row_object(row));
		while ((r = ag_store_next(row)) == 0);
		ag_store_done(row);
	}
	return json_object_set_new(out, name, rows) ? -ENOMEM : r == -ENOENT ? 0 : r;
}

int ag_admin_atm_list(struct ag_admin *admin, json_t *in, json_t *out)
{
	return ag_admin_rows(admin, "SELECT number AS number_t, class AS class_t, added_s, revoked_s,"
			     " version, wrong, seen_s, state AS state_t, policy_version, next_seq,"
			     " hex(boot_uuid) AS boot_uuid_t FROM atm ORDER BY number", NULL, 0, out, "atms");
}

int ag_admin_employee_list(struct ag_admin *admin, json_t *in, json_t *out)
{
	return ag_admin_rows(admin, "SELECT number AS number_t, name AS name_t, added_s, disabled_s"
			     " FROM employee ORDER BY number", NULL, 0, out, "employees");
}
