/* SPDX-License-Identifier: MIT */
/* Sign and verify atmguard objects: detached CMS as the kernel's parser takes it. */
#ifndef AG_LIB_CMS_H
#define AG_LIB_CMS_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>

/*
 * ag_cms_sign - detached CMS signature (RFC 5652) over @data, DER
 *
 * SHA-256, issuer and serial as signer identifier, no certificates and no
 * signed attributes, which is the form the kernel verifies without a clock.
 * *ret_sig is allocated; the caller frees it with free(3).
 *
 * Return: 0, -EINVAL (key and certificate do not fit), -ENOMEM, -EIO (OpenSSL
 * failed otherwise; see ERR_get_error(3)).
 */
int ag_cms_sign(X509 *cert, EVP_PKEY *key, const void *data, size_t len,
		unsigned char **ret_sig, size_t *ret_sig_len);

/*
 * ag_cms_verify - verify as the kernel module does: against exactly the @anchors
 * given, whatever the dates in their certificates
 *
 * Return: 0, -EBADMSG (not a detached CMS message), -ENOKEY (signer unknown),
 * -EKEYREJECTED (signature does not fit), -ENOMEM.
 */
int ag_cms_verify(STACK_OF(X509) *anchors, const void *data, size_t len,
		  const void *sig, size_t sig_len);

#endif
