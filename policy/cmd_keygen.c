// SPDX-License-Identifier: MIT
// atmguard-policy keygen: a vendor key and its certificate.
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "command.h"
#include "vendor_keys.h"

static const char keygen_help[] =
	"usage: atmguard-policy keygen [--name NAME] DIR\n\n"
	"Makes DIR/vendor.key (ECDSA P-256; keep it off every network) and\n"
	"DIR/vendor.pem, its certificate, which is compiled into the kernel module as\n"
	"an anchor.  Refuses to replace either.\n\n"
	"  -n, --name NAME   common name of the certificate (atmguard policy vendor)\n";

static int keygen(const char *dir, const char *name)
{
	char key_path[PATH_MAX], cert_path[PATH_MAX];
	EVP_PKEY *key;
	X509 *cert;
	int r;

	if (snprintf(key_path, sizeof(key_path), "%s/vendor.key", dir) >= PATH_MAX ||
	    snprintf(cert_path, sizeof(cert_path), "%s/vendor.pem", dir) >= PATH_MAX)
		return ag_command_fail("%s: the path is too long", dir);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return ag_command_fail("%s: %s", dir, strerror(errno));
	r = ag_vendor_keys_make(name, &key, &cert);
	if (r)
		return ag_command_fail("the key could not be made");
	r = ag_vendor_keys_write(key_path, key, cert_path, cert);
	EVP_PKEY_free(key);
	X509_free(cert);
	return r ? ag_command_fail("%s: %s", dir, strerror(-r)) : EXIT_OK;
}

int ag_cmd_keygen(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' }, AG_HELP_OPTION, { 0 }
	};
	const char *name = "atmguard policy vendor";
	int c;

	while ((c = getopt_long(argc, argv, "n:h", options, NULL)) != -1) {
		if (c != 'n')
			return ag_command_usage(c, keygen_help);
		name = optarg;
	}
	if (optind + 1 != argc || !*name)
		return ag_command_usage(0, keygen_help);
	return keygen(argv[optind], name);
}
