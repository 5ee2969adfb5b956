// SPDX-License-Identifier: MIT
// Load the signing keys, sign what is in order, certify machines.
#include "keys.h"
#include "lib/cms.h"
#include "request.h"

#include <errno.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MACHINE_DAYS	3650	/* revocation is a column, not the calendar's task */
#define SERIAL_LEN	16

static BIO *open_file(const char *dir, const char *name, const char *suffix)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s.%s", dir, name, suffix) >= (int)sizeof(path))
		return NULL;
	return BIO_new_file(path, "r");
}

static int load_pair(const char *dir, const char *name, EVP_PKEY **key, X509 **cert)
{
	BIO *in = open_file(dir, name, "key");

	if (!in)
		return -ENOENT;
	*key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	BIO_free(in);
	in = open_file(dir, name, "pem");
	if (!in)
		return -ENOENT;
	*cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	return *key && *cert && X509_check_private_key(*cert, *key) == 1 ? 0 : -EINVAL;
}

int ag_keys_load(const char *dir, struct ag_keys *ret_keys, const char **ret_what)
{
	struct ag_keys keys = { 0 };
	const struct { const char *name; EVP_PKEY **key; X509 **cert; } pairs[] = {
		{ "sign/grant", &keys.grant, &keys.grant_cert },
		{ "sign/identity", &keys.identity, &keys.identity_cert },
		{ "tls/ca", &keys.ca, &keys.ca_cert },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int r = load_pair(dir, pairs[i].name, pairs[i].key, pairs[i].cert);

		if (r) {
			*ret_what = pairs[i].name;
			ag_keys_free(&keys);
			return r;
		}
	}
	*ret_keys = keys;
	return 0;
}

void ag_keys_free(struct ag_keys *keys)
{
	EVP_PKEY_free(keys->grant);
	EVP_PKEY_free(keys->identity);
	EVP_PKEY_free(keys->ca);
	X509_free(keys->grant_cert);
	X509_free(keys->identity_cert);
	X509_free(keys->ca_cert);
	memset(keys, 0, sizeof(*keys));
}

static bool has_purpose(const char field[AG_PURPOSE_LEN], const char *purpose)
{
	char padded[AG_PURPOSE_LEN] = "";

	memcpy(padded, purpose, strlen(purpose));
	return memcmp(field, padded, sizeof(padded)) == 0;
}

static bool is_grant(const void *object)
{
	const struct ag_grant *grant = object;

	return has_purpose(grant->purpose, AG_PURPOSE_GRANT) &&
	       ag_request_is_number(grant->atm, sizeof(grant->atm)) &&
	       ag_request_is_number(grant->employee, sizeof(grant->employee)) &&
	       grant->job && grant->scopes && !(grant->scopes & ~ATMGUARD_SCOPES_ALL) &&
	       grant->duration_s && grant->duration_s <= AG_GRANT_DURATION_MAX_S;
}

static bool is_identity(const void *object)
{
	const struct ag_identity *identity = object;

	return has_purpose(identity->purpose, AG_PURPOSE_IDENTITY) && identity->version &&
	       ag_request_is_number(identity->atm, sizeof(identity->atm));
}

static bool is_receipt(const void *object)
{
	const struct ag_receipt *receipt = object;

	return has_purpose(receipt->purpose, AG_PURPOSE_RECEIPT) &&
	       ag_request_is_number(receipt->atm, sizeof(receipt->atm));
}

static const struct {
	enum ag_purpose purpose;
	size_t len;
	bool (*check)(const void *object);
	size_t key, cert;	/* offsets in struct ag_keys */
} signables[] = {
#define SIGNABLE(purpose, type, key) \
	{ purpose, sizeof(struct ag_##type), is_##type, \
	  offsetof(struct ag_keys, key), offsetof(struct ag_keys, key##_cert) }
	SIGNABLE(AG_GRANT, grant, grant),
	SIGNABLE(AG_RECEIPT, receipt, grant),
	SIGNABLE(AG_IDENTITY, identity, identity),
};

static int sign(X509 *cert, EVP_PKEY *key, const void *object, size_t len,
		unsigned char sig[AG_SIG_MAX], size_t *ret_len)
{
	unsigned char *made;
	size_t made_len;
	int r = ag_cms_sign(cert, key, object, len, &made, &made_len);

	if (r)
		return r;
	if (made_len > AG_SIG_MAX) {
		r = -EMSGSIZE;
	} else {
		memcpy(sig, made, made_len);
		*ret_len = made_len;
	}
	free(made);
	return r;
}

int ag_keys_sign(const struct ag_keys *keys, enum ag_purpose purpose, const void *object,
		 size_t len, unsigned char sig[AG_SIG_MAX], size_t *ret_len)
{
	const char *base = (const char *)keys;

	for (size_t i = 0; i < sizeof(signables) / sizeof(signables[0]); i++) {
		if (signables[i].purpose != purpose)
			continue;
		if (len != signables[i].len || !signables[i].check(object))
			return -EINVAL;
		return sign(*(X509 *const *)(base + signables[i].cert),
			    *(EVP_PKEY *const *)(base + signables[i].key), object, len, sig, ret_len);
	}
	return -EINVAL;
}

EVP_PKEY *ag_keys_generate(void)
{
	return EVP_EC_gen("P-256");
}

BIO *ag_keys_request(void)
{
	EVP_PKEY *key = ag_keys_generate();
	X509_REQ *request = X509_REQ_new();
	BIO *out = BIO_new(BIO_s_mem());

	if (!key || !request || !out || !X509_REQ_set_pubkey(request, key) ||
	    !X509_REQ_sign(request, key, EVP_sha256()) || !PEM_write_bio_X509_REQ(out, request)) {
		BIO_free(out);
		out = NULL;
	}
	X509_REQ_free(request);
	EVP_PKEY_free(key);
	return out;
}

static int set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_LEN];
	BIGNUM *number;
	int ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return -EIO;
	bytes[0] = (bytes[0] & 0x7f) | 0x40;	/* positive, and always 16 bytes long */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return ok ? 0 : -EIO;
}

static int add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int ok;

	if (!value)
		return 0;
	X509V3_set_ctx(&context, issuer ? issuer : cert, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ok = extension && X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	return ok ? 0 : -EIO;
}

static int add_extensions(X509 *cert, X509 *issuer, const struct ag_keys_profile *profile)
{
	const struct { int nid; const char *value; } extensions[] = {
		{ NID_basic_constraints, profile->is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE" },
		{ NID_key_usage, profile->usage },
		{ NID_ext_key_usage, profile->extended },
		{ NID_subject_alt_name, profile->alt },
		{ NID_subject_key_identifier, "hash" },
		{ NID_authority_key_identifier, "keyid" },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]) && r == 0; i++)
		r = add_extension(cert, issuer, extensions[i].nid, extensions[i].value);
	return r;
}

static int fill(X509 *cert, const struct ag_keys_profile *profile, EVP_PKEY *key, X509 *issuer)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	if (!X509_set_version(cert, X509_VERSION_3) || set_serial(cert) ||
	    !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
					(const unsigned char *)profile->name, -1, -1, 0) ||
	    !X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) ||
	    !X509_gmtime_adj(X509_getm_notBefore(cert), -3600) ||	/* clocks differ a little */
	    !X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * profile->days) ||
	    !X509_set_pubkey(cert, key))
		return -EIO;
	return add_extensions(cert, issuer, profile);
}

X509 *ag_keys_issue(const struct ag_keys_profile *profile, EVP_PKEY *key, X509 *issuer,
		    EVP_PKEY *issuer_key)
{
	X509 *cert = X509_new();

	if (cert && fill(cert, profile, key, issuer) == 0 && X509_sign(cert, issuer_key, EVP_sha256()))
		return cert;
	X509_free(cert);
	return NULL;
}

/* Keys of a strength that lasts as long as the certificate. */
static bool is_strong(EVP_PKEY *key)
{
	return EVP_PKEY_get_security_bits(key) >= 128;
}

int ag_keys_certify(const struct ag_keys *keys, const char *atm, const char *csr, size_t csr_len,
		    unsigned char der[AG_SIG_MAX], size_t *ret_len)
{
	const struct ag_keys_profile profile = {
		.name = atm, .usage = "critical,digitalSignature", .extended = "clientAuth",
		.days = MACHINE_DAYS,
	};
	BIO *in = csr_len > INT_MAX ? NULL : BIO_new_mem_buf(csr, csr_len);
	X509_REQ *request = in ? PEM_read_bio_X509_REQ(in, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = request ? X509_REQ_get0_pubkey(request) : NULL;
	X509 *cert = NULL;
	unsigned char *p = der;
	int r = -EINVAL;

	if (key && X509_REQ_verify(request, key) == 1 && is_strong(key)) {
		r = -EIO;
		cert = ag_keys_issue(&profile, key, keys->ca_cert, keys->ca);
		if (cert && i2d_X509(cert, NULL) <= (int)AG_SIG_MAX) {
			*ret_len = i2d_X509(cert, &p);
			r = 0;
		}
	}
	X509_free(cert);
	X509_REQ_free(request);
	BIO_free(in);
	ERR_clear_error();
	return r;
}
