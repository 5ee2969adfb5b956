/* SPDX-License-Identifier: MIT */
/* The center's signing keys and what they may sign. */
#ifndef AG_CENTER_COMMON_KEYS_H
#define AG_CENTER_COMMON_KEYS_H

#include <atmguard/object.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>

#define AG_PEPPER_LEN	32	/* DIR/pepper: key of the password hashes */
#define AG_SIG_MAX	2048u	/* one signer's CMS: 0.4 KiB with P-256, 0.6 KiB with RSA-3072 */

struct ag_keys {
	EVP_PKEY *grant, *identity, *ca;
	X509 *grant_cert, *identity_cert, *ca_cert;
};

/* Loads sign/grant, sign/identity and tls/ca below @dir; -ENOENT or -EINVAL
 * names the file in @ret_what. */
int ag_keys_load(const char *dir, struct ag_keys *ret_keys, const char **ret_what);
void ag_keys_free(struct ag_keys *keys);

/*
 * ag_keys_sign - sign one object, if it is what its purpose demands
 *
 * The signer does not rely on the judge: the purpose string, the texts and the
 * bounds inside the object are checked here again.
 *
 * Return: 0, -EINVAL (not an object of this purpose), -EMSGSIZE (signature
 * longer than AG_SIG_MAX), -EIO.
 */
int ag_keys_sign(const struct ag_keys *keys, enum ag_purpose purpose, const void *object,
		 size_t len, unsigned char sig[AG_SIG_MAX], size_t *ret_len);

/*
 * ag_keys_certify - a client certificate for the key in a PEM request
 *
 * Nothing of the request but its key is taken: the subject is @atm.  *ret_der
 * is at most AG_SIG_MAX bytes.
 *
 * Return: 0, -EINVAL (not a request, or not signed by its own key, or a weak
 * key), -EIO.
 */
int ag_keys_certify(const struct ag_keys *keys, const char *atm, const char *csr, size_t csr_len,
		    unsigned char der[AG_SIG_MAX], size_t *ret_len);

/* ---- used by `atmcenter init` as well ---- */

struct ag_keys_profile {
	const char *name;	/* common name */
	const char *usage;	/* keyUsage */
	const char *extended;	/* extendedKeyUsage, NULL: none */
	const char *alt;	/* subjectAltName, NULL: none */
	int is_ca;
	int days;
};

EVP_PKEY *ag_keys_generate(void);

/* A certificate request in PEM over a new key, to try ag_keys_certify(). */
BIO *ag_keys_request(void);

/* A certificate over @key signed by @issuer_key; @issuer NULL: self-signed. */
X509 *ag_keys_issue(const struct ag_keys_profile *profile, EVP_PKEY *key, X509 *issuer,
		    EVP_PKEY *issuer_key);

#endif
