/* SPDX-License-Identifier: MIT */
/* The TLS side of a worker: its context and who is at the other end. */
#ifndef AG_CENTER_DAEMON_WORKER_H
#define AG_CENTER_DAEMON_WORKER_H

#include "center/common/request.h"

#include <openssl/ssl.h>

/* TLS 1.3, client certificates of tls/ca.pem required; NULL after a log line. */
SSL_CTX *ag_tls_context(const char *dir);

/* Number of the machine that the peer's certificate is for; -EACCES: no
 * certificate (yet), or no such name. */
int ag_tls_number(SSL *ssl, char number[ATMGUARD_ATM_LEN]);

/* Number and fingerprint from the peer's certificate; -EACCES: no such name. */
int ag_tls_peer(SSL *ssl, struct ag_request *request);

#endif
