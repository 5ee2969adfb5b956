/* SPDX-License-Identifier: MIT */
/* Vendor keys and the certificates that are anchors for them. */
#ifndef AG_POLICY_VENDOR_KEYS_H
#define AG_POLICY_VENDOR_KEYS_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* A P-256 key and a certificate it signed itself, for @common_name.
 * Return: 0, -EIO (OpenSSL failed). */
int ag_vendor_keys_make(const char *common_name, EVP_PKEY **ret_key, X509 **ret_cert);

/* Writes @key (mode 0600, PKCS#8, not encrypted) and @cert as PEM; neither
 * file may exist.  Return: 0, -EEXIST, -errno. */
int ag_vendor_keys_write(const char *key_path, EVP_PKEY *key, const char *cert_path, X509 *cert);

/* Return: 0, -errno of open(2), -EINVAL (no key, no certificate there). */
int ag_vendor_keys_read_key(const char *path, EVP_PKEY **ret_key);
int ag_vendor_keys_read_cert(const char *path, X509 **ret_cert);

/* All certificates in a PEM file, or in the files *.pem of a directory.
 * Return: 0, -errno, -EINVAL (none there), -ENOMEM. */
int ag_vendor_keys_read_anchors(const char *path, STACK_OF(X509) **ret_anchors);

#endif
