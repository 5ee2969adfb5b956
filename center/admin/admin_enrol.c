// SPDX-License-Identifier: MIT
// Enrol a machine: its certificate, its signed identity, its row.
#include "center/common/log.h"
#include "center/common/text.h"
#include "center/common/wire.h"
#include "center/store/atm.h"
#include "handler.h"
#include "lib/hex.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSR_MAX		6000

struct enrolment {
	struct ag_atm atm;
	struct ag_identity identity;
	unsigned char sig[AG_SIG_MAX];
	size_t sig_len;
	char *pem;		/* the agent's certificate */
};

static int read_enrolment(struct ag_admin *admin, json_t *in, struct ag_atm *atm)
{
	const char *atm_class, *uuid;
	int r = ag_member_number(in, "number", atm->number, &admin->reason);

	if (r == 0)
		r = ag_member_text(in, "class", sizeof(atm->atm_class) - 1, &atm_class, &admin->reason);
	if (r == 0)
		r = ag_member_text(in, "boot_uuid", 36, &uuid, &admin->reason);
	if (r)
		return r;
	if (ag_text_uuid(uuid, atm->boot_uuid))
		return ag_refusal_set(&admin->reason, "boot-uuid の形式が違います / boot_uuid: a UUID expected");
	strcpy(atm->atm_class, atm_class);
	atm->added_s = admin->now_s;
	return 0;
}

/* Version of the identity: one more than the revoked one it replaces. */
static int next_version(struct ag_admin *admin, struct ag_atm *atm)
{
	struct ag_atm before = { .revoked_s = -1 };
	int r = ag_store_atm_load(admin->store, atm->number, &before);

	if (r && r != -ENOENT)
		return r;
	if (!before.revoked_s)
		return ag_refusal_set(&admin->reason, "機番 %s は登録済みです / ATM %s is enrolled already;"
				      " revoke it first", atm->number, atm->number);
	atm->version = before.version + 1;
	return 0;
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
	unsigned int size = sizeof(e->atm.cert_sha256);
	int spki_len, r = -EIO;

	if (!cert)
		return -EIO;
	spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
	e->pem = to_pem(cert);
	if (spki_len > 0 && e->pem && X509_digest(cert, EVP_sha256(), e->atm.cert_sha256, &size) &&
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
	int r = ag_member_text(in, "csr", CSR_MAX, &csr, &admin->reason);

	if (r)
		return r;
	memcpy(body, e->atm.number, ATMGUARD_ATM_LEN);
	memcpy(body + ATMGUARD_ATM_LEN, csr, strlen(csr));
	r = admin->judge->sign(admin->judge->arg, AG_WIRE_CERTIFY, body,
			       ATMGUARD_ATM_LEN + strlen(csr), der, &len);
	if (r == -EINVAL)
		return ag_refusal_set(&admin->reason, "CSR を確認できません / csr: a PEM request with P-256 or RSA-3072"
				      " or stronger, signed by its own key, expected");
	return r ? r : read_cert(e, der, len);
}

static int sign_identity(struct ag_admin *admin, struct enrolment *e)
{
	struct ag_identity *identity = &e->identity;

	memcpy(identity->purpose, AG_PURPOSE_IDENTITY, sizeof(AG_PURPOSE_IDENTITY));
	memcpy(identity->atm, e->atm.number, sizeof(identity->atm));
	memcpy(identity->atm_class, e->atm.atm_class, sizeof(identity->atm_class));
	memcpy(identity->boot_uuid, e->atm.boot_uuid, sizeof(identity->boot_uuid));
	identity->version = e->atm.version;
	identity->not_before_s = admin->now_s;
	return admin->judge->sign(admin->judge->arg, AG_IDENTITY, identity, sizeof(*identity),
				  e->sig, &e->sig_len);
}

static int write_enrolment(struct ag_admin *admin, const struct enrolment *e, json_t *out)
{
	char identity[AG_BASE64_SIZE(sizeof(e->identity))], sig[AG_BASE64_SIZE(AG_SIG_MAX)];

	ag_base64_encode(&e->identity, sizeof(e->identity), identity);
	ag_base64_encode(e->sig, e->sig_len, sig);
	return json_object_set_new(out, "number", json_string(e->atm.number)) ||
	       json_object_set_new(out, "identity", json_string(identity)) ||
	       json_object_set_new(out, "sig", json_string(sig)) ||
	       json_object_set_new(out, "agent_pem", json_string(e->pem)) ||
	       json_object_set_new(out, "ca_pem", json_string(admin->ca)) ? -ENOMEM : 0;
}

int ag_admin_atm_add(struct ag_admin *admin, json_t *in, json_t *out)
{
	char by[AG_ACTOR_TEXT_MAX];
	struct enrolment e = { 0 };
	int r = read_enrolment(admin, in, &e.atm);

	if (r == 0)
		r = next_version(admin, &e.atm);
	if (r == 0)
		r = certify(admin, in, &e);
	if (r == 0)
		r = sign_identity(admin, &e);
	if (r == 0)
		r = ag_store_atm_enrol(admin->store, &e.atm);
	if (r == 0)
		r = write_enrolment(admin, &e, out);
	ag_actor_text(&admin->actor, by);
	if (r == 0)
		ag_log_later("atm=%s class=%s enrolled by=%s", e.atm.number, e.atm.atm_class, by);
	free(e.pem);
	return r;
}
