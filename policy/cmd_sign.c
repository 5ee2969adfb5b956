// SPDX-License-Identifier: MIT
// atmguard-policy sign: a detached signature over a binary.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/cms.h"
#include "command.h"
#include "output.h"
#include "vendor_keys.h"

static const char sign_help[] =
	"usage: atmguard-policy sign --key KEY --cert CERT [-o SIGNATURE] POLICY.bin\n\n"
	"Signs a compiled policy: a detached CMS message in DER.\n\n"
	"  -k, --key FILE      private key, PEM\n"
	"  -c, --cert FILE     its certificate, PEM\n"
	"  -o, --output FILE   where the signature goes (POLICY.p7s for POLICY.bin)\n";

static int sign_buffer(const struct ag_buffer *b, EVP_PKEY *key, X509 *cert, const char *output)
{
	unsigned char *sig = NULL;
	size_t sig_len;
	int r = ag_cms_sign(cert, key, b->data, b->len, &sig, &sig_len);

	if (r)
		return ag_command_fail(r == -EINVAL ? "key and certificate do not belong together"
				       : "signing failed");
	r = ag_output_write(output, 0644, sig, sig_len);
	free(sig);
	return r ? ag_command_fail("%s: %s", output, strerror(-r)) : EXIT_OK;
}

static int sign(const char *policy, const char *key_path, const char *cert_path,
		const char *output)
{
	struct ag_policy_view view;
	struct ag_buffer b = { 0 };
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	int code = ag_command_load_binary(policy, &b, &view), r = 0;

	if (code == EXIT_OK && (r = ag_vendor_keys_read_key(key_path, &key)))
		code = ag_command_fail("%s: %s", key_path, r == -EINVAL ? "holds no private key" : strerror(-r));
	if (code == EXIT_OK && (r = ag_vendor_keys_read_cert(cert_path, &cert)))
		code = ag_command_fail("%s: %s", cert_path, r == -EINVAL ? "holds no certificate" : strerror(-r));
	if (code == EXIT_OK)
		code = sign_buffer(&b, key, cert, output);
	X509_free(cert);
	EVP_PKEY_free(key);
	free(b.data);
	return code;
}

int ag_cmd_sign(int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' }, { "cert", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' }, AG_HELP_OPTION, { 0 }
	};
	const char *key = NULL, *cert = NULL, *output = NULL;
	char path[PATH_MAX];
	int c;

	while ((c = getopt_long(argc, argv, "k:c:o:h", options, NULL)) != -1) {
		if (c == 'k')
			key = optarg;
		else if (c == 'c')
			cert = optarg;
		else if (c == 'o')
			output = optarg;
		else
			return ag_command_usage(c, sign_help);
	}
	if (!key || !cert || optind + 1 != argc || ag_command_signature_path(argv[optind], path))
		return ag_command_usage(0, sign_help);
	return sign(argv[optind], key, cert, output ? output : path);
}
