// SPDX-License-Identifier: MIT
// Detached CMS signatures over atmguard objects, by OpenSSL.
#include "cms.h"

#include <errno.h>
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#define SIGN_FLAGS (CMS_DETACHED | CMS_BINARY | CMS_NOCERTS | CMS_NOATTR | CMS_NOSMIMECAP)

static int encode(CMS_ContentInfo *cms, unsigned char **ret_sig, size_t *ret_len)
{
	unsigned char *der = NULL, *copy;
	int len = i2d_CMS_ContentInfo(cms, &der);

	if (len <= 0)
		return -EIO;
	copy = malloc(len);
	if (copy) {
		memcpy(copy, der, len);
		*ret_sig = copy;
		*ret_len = len;
	}
	OPENSSL_free(der);
	return copy ? 0 : -ENOMEM;
}

int ag_cms_sign(X509 *cert, EVP_PKEY *key, const void *data, size_t len,
		unsigned char **ret_sig, size_t *ret_sig_len)
{
	CMS_ContentInfo *cms = NULL;
	BIO *in;
	int r = -EIO;

	if (len == 0 || len > INT_MAX || X509_check_private_key(cert, key) != 1)
		return -EINVAL;
	in = BIO_new_mem_buf(data, len);
	if (!in)
		return -ENOMEM;
	cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS | CMS_PARTIAL);
	if (cms && CMS_add1_signer(cms, cert, key, EVP_sha256(), SIGN_FLAGS) &&
	    CMS_final(cms, in, NULL, SIGN_FLAGS))
		r = encode(cms, ret_sig, ret_sig_len);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	return r;
}

/* Whether any signer of @cms is among @anchors; CMS_verify() alone cannot tell
 * an unknown signer from a bad signature. */
static int has_known_signer(CMS_ContentInfo *cms, STACK_OF(X509) *anchors)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);

	for (int i = 0; i < sk_CMS_SignerInfo_num(infos); i++)
		for (int j = 0; j < sk_X509_num(anchors); j++)
			if (CMS_SignerInfo_cert_cmp(sk_CMS_SignerInfo_value(infos, i),
						    sk_X509_value(anchors, j)) == 0)
				return 1;
	return 0;
}

int ag_cms_verify(STACK_OF(X509) *anchors, const void *data, size_t len,
		  const void *sig, size_t sig_len)
{
	const unsigned char *p = sig;
	CMS_ContentInfo *cms;
	BIO *in;
	int r = -EBADMSG;

	if (sig_len == 0 || sig_len > INT_MAX || len > INT_MAX)
		return -EBADMSG;
	cms = d2i_CMS_ContentInfo(NULL, &p, sig_len);
	if (!cms || p != (const unsigned char *)sig + sig_len || CMS_is_detached(cms) != 1)
		goto out_cms;
	if (!has_known_signer(cms, anchors)) {
		r = -ENOKEY;
		goto out_cms;
	}
	in = BIO_new_mem_buf(data, len);
	if (!in) {
		r = -ENOMEM;
		goto out_cms;
	}
	r = CMS_verify(cms, anchors, NULL, in, NULL,
		       CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1
		    ? 0 : -EKEYREJECTED;
	BIO_free(in);
out_cms:
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return r;
}
