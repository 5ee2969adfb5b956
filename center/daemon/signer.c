// SPDX-License-Identifier: MIT
// The signer: the only process that has the keys; signs what the judge decided.
#include "center/common/keys.h"
#include "center/common/log.h"
#include "roles.h"
#include "sandbox.h"
#include "center/common/wire.h"

#include <errno.h>
#include <string.h>

/* Body of AG_WIRE_CERTIFY: the machine's number, then its request in PEM. */
static int certify(const struct ag_keys *keys, const unsigned char *body, size_t len,
		   unsigned char out[AG_SIG_MAX], size_t *ret_len)
{
	char atm[ATMGUARD_ATM_LEN];

	if (len <= sizeof(atm) || body[sizeof(atm) - 1])
		return -EINVAL;
	memcpy(atm, body, sizeof(atm));
	return ag_keys_certify(keys, atm, (const char *)body + sizeof(atm), len - sizeof(atm),
			       out, ret_len);
}

static int serve_one(int fd, const struct ag_keys *keys)
{
	static _Alignas(8) unsigned char body[AG_WIRE_SIGN_MAX];
	unsigned char out[AG_SIG_MAX];
	struct ag_wire head;
	size_t len = 0;
	int r = ag_wire_receive(fd, &head, body, sizeof(body));

	if (r)
		return r;
	if (head.kind == AG_WIRE_CERTIFY)
		r = certify(keys, body, head.len, out, &len);
	else
		r = ag_keys_sign(keys, head.kind, body, head.len, out, &len);
	if (r)
		ag_log("refused kind=%u len=%u error=%s", head.kind, head.len, strerror(-r));
	head.status = r;
	head.len = r ? 0 : len;
	return ag_wire_send(fd, &head, out);
}

/* OpenSSL loads what it needs at first use, which the sandbox would not let. */
static int warm_up(const struct ag_keys *keys)
{
	struct ag_receipt receipt = { .purpose = AG_PURPOSE_RECEIPT, .atm = "0" };
	unsigned char out[AG_SIG_MAX];
	BIO *csr = ag_keys_request();
	char *text = NULL;
	long text_len = csr ? BIO_get_mem_data(csr, &text) : 0;
	size_t len;
	int r = ag_keys_sign(keys, AG_RECEIPT, &receipt, sizeof(receipt), out, &len);

	if (r == 0)
		r = ag_keys_certify(keys, "0", text, text_len, out, &len);
	BIO_free(csr);
	return r;
}

int ag_signer_run(const struct ag_role_config *config)
{
	const char *what = "self-test";
	struct ag_keys keys;
	int r;

	ag_log_init("signer");
	r = ag_keys_load(config->dir, &keys, &what);
	if (r == 0)
		r = warm_up(&keys);
	if (r) {
		ag_log("cannot use %s/%s: %s", config->dir, what, strerror(-r));
		return 1;
	}
	r = ag_role_settle(config, AG_ROLE_SIGNER);
	while (r == 0)
		r = serve_one(config->signer_fd, &keys);
	ag_keys_free(&keys);
	ag_log("ends: %s", strerror(-r));
	return 1;
}
