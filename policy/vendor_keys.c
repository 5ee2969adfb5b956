// SPDX-License-Identifier: MIT
// Vendor keys and the certificates that are anchors for them.
#include "vendor_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VALID_DAYS	(20 * 365L)	/* the life of an ATM; the kernel does not look at it */

/* ---- making ---- */

/* Issuer and serial name the signer in a CMS message, so they must be unique. */
static int set_serial(X509 *cert)
{
	unsigned char bytes[16];
	BIGNUM *n = NULL;
	int ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return 0;
	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return ok;
}

static int add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = extension && X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	return ok;
}

static int fill_certificate(X509 *cert, EVP_PKEY *key, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(cert);

	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
	       X509_time_adj_ex(X509_getm_notAfter(cert), VALID_DAYS, 0, NULL) &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					  (const unsigned char *)common_name, -1, -1, 0) &&
	       X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key) &&
	       add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(cert, NID_subject_key_identifier, "hash") &&
	       X509_sign(cert, key, EVP_sha256());
}

int ag_vendor_keys_make(const char *common_name, EVP_PKEY **ret_key, X509 **ret_cert)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	if (!key || !cert || !fill_certificate(cert, key, common_name)) {
		EVP_PKEY_free(key);
		X509_free(cert);
		return -EIO;
	}
	*ret_key = key;
	*ret_cert = cert;
	return 0;
}

/* ---- writing ---- */

static int create(const char *path, mode_t mode, FILE **ret_file)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return -errno;
	*ret_file = fdopen(fd, "w");
	if (*ret_file)
		return 0;
	close(fd);
	return -ENOMEM;
}

static int finish(FILE *file, int ok)
{
	int r = ok ? 0 : -EIO;

	if (!r && (fflush(file) || fsync(fileno(file))))
		r = -errno;
	if (fclose(file) && !r)
		r = -errno;
	return r;
}

int ag_vendor_keys_write(const char *key_path, EVP_PKEY *key, const char *cert_path, X509 *cert)
{
	FILE *file;
	int r = create(key_path, 0600, &file);

	if (r)
		return r;
	r = finish(file, PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
	if (!r)
		r = create(cert_path, 0644, &file);
	if (!r) {
		r = finish(file, PEM_write_X509(file, cert));
		if (r)
			unlink(cert_path);
	}
	if (r)
		unlink(key_path);
	return r;
}

/* ---- reading ---- */

int ag_vendor_keys_read_key(const char *path, EVP_PKEY **ret_key)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key;

	if (!file)
		return -errno;
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	ERR_clear_error();
	if (!key)
		return -EINVAL;
	*ret_key = key;
	return 0;
}

int ag_vendor_keys_read_cert(const char *path, X509 **ret_cert)
{
	FILE *file = fopen(path, "re");
	X509 *cert;

	if (!file)
		return -errno;
	cert = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	ERR_clear_error();
	if (!cert)
		return -EINVAL;
	*ret_cert = cert;
	return 0;
}

static int add_file(const char *path, STACK_OF(X509) *anchors)
{
	FILE *file = fopen(path, "re");
	X509 *cert;
	int r = 0;

	if (!file)
		return -errno;
	while (!r && (cert = PEM_read_X509(file, NULL, NULL, NULL)))
		if (!sk_X509_push(anchors, cert)) {
			X509_free(cert);
			r = -ENOMEM;
		}
	fclose(file);
	ERR_clear_error();
	return r;
}

static int add_directory(const char *path, STACK_OF(X509) *anchors)
{
	char pattern[PATH_MAX];
	glob_t found;
	int r = 0;

	if (snprintf(pattern, sizeof(pattern), "%s/*.pem", path) >= (int)sizeof(pattern))
		return -ENAMETOOLONG;
	if (glob(pattern, 0, NULL, &found))
		return -EINVAL;
	for (size_t i = 0; !r && i < found.gl_pathc; i++)
		r = add_file(found.gl_pathv[i], anchors);
	globfree(&found);
	return r;
}

int ag_vendor_keys_read_anchors(const char *path, STACK_OF(X509) **ret_anchors)
{
	STACK_OF(X509) *anchors = sk_X509_new_null();
	struct stat st;
	int r = anchors ? 0 : -ENOMEM;

	if (!r && stat(path, &st))
		r = -errno;
	if (!r)
		r = S_ISDIR(st.st_mode) ? add_directory(path, anchors) : add_file(path, anchors);
	if (!r && sk_X509_num(anchors) == 0)
		r = -EINVAL;
	if (r)
		sk_X509_pop_free(anchors, X509_free);
	else
		*ret_anchors = anchors;
	return r;
}
