// SPDX-License-Identifier: MIT
// TLS with certificates on both sides.
#include "worker.h"
#include "center/common/log.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#define SESSIONS_MAX	20000	/* of one worker, about 2 KiB each */
#define SESSION_S	3600	/* revocation does not wait for it: it is looked up per request */

static int load_files(SSL_CTX *context, const char *dir)
{
	char ca[PATH_MAX], cert[PATH_MAX], key[PATH_MAX];

	snprintf(ca, sizeof(ca), "%s/tls/ca.pem", dir);
	snprintf(cert, sizeof(cert), "%s/tls/server.pem", dir);
	snprintf(key, sizeof(key), "%s/tls/server.key", dir);
	return SSL_CTX_use_certificate_chain_file(context, cert) == 1 &&
	       SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
	       SSL_CTX_check_private_key(context) == 1 &&
	       SSL_CTX_load_verify_file(context, ca) == 1 ? 0 : -EIO;
}

SSL_CTX *ag_tls_context(const char *dir)
{
	static const unsigned char id[] = "atmcenterd";
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
	    !SSL_CTX_set_session_id_context(context, id, sizeof(id) - 1) || load_files(context, dir)) {
		ag_log("cannot use %s/tls: %s", dir, ERR_error_string(ERR_peek_last_error(), NULL));
		SSL_CTX_free(context);
		return NULL;
	}
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_verify_depth(context, 1);
	/* Sessions here, not in tickets: resuming costs a third of it. */
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_sess_set_cache_size(context, SESSIONS_MAX);
	SSL_CTX_set_timeout(context, SESSION_S);
	/* An idle connection holds 22 KiB instead of 31. */
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	return context;
}

/* The one common name of the subject, if it is a machine's number. */
static int subject_number(X509 *cert, char number[ATMGUARD_ATM_LEN])
{
	X509_NAME *subject = X509_get_subject_name(cert);
	int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	ASN1_STRING *name;
	int len;

	if (i < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, i) >= 0)
		return -EACCES;
	name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
	len = ASN1_STRING_length(name);
	if (len <= 0 || len >= ATMGUARD_ATM_LEN)
		return -EACCES;
	memset(number, 0, ATMGUARD_ATM_LEN);
	memcpy(number, ASN1_STRING_get0_data(name), len);
	/* A NUL inside makes the text shorter than the name. */
	return (int)strlen(number) == len && ag_request_is_number(number, ATMGUARD_ATM_LEN)
		       ? 0 : -EACCES;
}

int ag_tls_number(SSL *ssl, char number[ATMGUARD_ATM_LEN])
{
	X509 *cert = SSL_get0_peer_certificate(ssl);

	return cert ? subject_number(cert, number) : -EACCES;
}

int ag_tls_peer(SSL *ssl, struct ag_request *request)
{
	X509 *cert = SSL_get0_peer_certificate(ssl);
	unsigned int len = sizeof(request->cert_sha256);

	if (!cert || !X509_digest(cert, EVP_sha256(), request->cert_sha256, &len))
		return -EACCES;
	return subject_number(cert, request->atm);
}
