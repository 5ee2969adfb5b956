// SPDX-License-Identifier: MIT
// atmguard-policy keygen, sign and verify.
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/cms.h"
#include "command.h"
#include "compile.h"
#include "keys.h"

/* ---- keygen ---- */

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
		return command_fail("%s: the path is too long", dir);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return command_fail("%s: %s", dir, strerror(errno));
	r = ag_keys_make(name, &key, &cert);
	if (r)
		return command_fail("the key could not be made");
	r = ag_keys_write(key_path, key, cert_path, cert);
	EVP_PKEY_free(key);
	X509_free(cert);
	return r ? command_fail("%s: %s", dir, strerror(-r)) : EXIT_OK;
}

int cmd_keygen(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' }, AG_HELP_OPTION, { 0 }
	};
	const char *name = "atmguard policy vendor";
	int c;

	while ((c = getopt_long(argc, argv, "n:h", options, NULL)) != -1) {
		if (c != 'n')
			return command_usage(c, keygen_help);
		name = optarg;
	}
	if (optind + 1 != argc || !*name)
		return command_usage(0, keygen_help);
	return keygen(argv[optind], name);
}

/* ---- sign ---- */

static const char sign_help[] =
	"usage: atmguard-policy sign --key KEY --cert CERT [-o SIGNATURE] POLICY.bin\n\n"
	"Signs a compiled policy: a detached CMS message in DER.\n\n"
	"  -k, --key FILE      private key, PEM\n"
	"  -c, --cert FILE     its certificate, PEM\n"
	"  -o, --output FILE   where the signature goes (POLICY.p7s for POLICY.bin)\n";

/* "policy.bin" is signed by "policy.p7s". */
static int signature_path(const char *policy, char path[PATH_MAX])
{
	size_t len = strlen(policy);

	if (len > 4 && strcmp(policy + len - 4, ".bin") == 0)
		len -= 4;
	return snprintf(path, PATH_MAX, "%.*s.p7s", (int)len, policy) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int sign_buffer(const struct ag_buffer *b, EVP_PKEY *key, X509 *cert, const char *output)
{
	unsigned char *sig = NULL;
	size_t sig_len;
	int r = ag_cms_sign(cert, key, b->data, b->len, &sig, &sig_len);

	if (r)
		return command_fail(r == -EINVAL ? "key and certificate do not belong together"
						 : "signing failed");
	r = ag_output_write(output, 0644, sig, sig_len);
	free(sig);
	return r ? command_fail("%s: %s", output, strerror(-r)) : EXIT_OK;
}

static int sign(const char *policy, const char *key_path, const char *cert_path,
		const char *output)
{
	struct ag_policy_view view;
	struct ag_buffer b = { 0 };
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	int code = command_load_binary(policy, &b, &view), r = 0;

	if (code == EXIT_OK && (r = ag_keys_read_key(key_path, &key)))
		code = command_fail("%s: %s", key_path, r == -EINVAL ? "holds no private key" : strerror(-r));
	if (code == EXIT_OK && (r = ag_keys_read_cert(cert_path, &cert)))
		code = command_fail("%s: %s", cert_path, r == -EINVAL ? "holds no certificate" : strerror(-r));
	if (code == EXIT_OK)
		code = sign_buffer(&b, key, cert, output);
	X509_free(cert);
	EVP_PKEY_free(key);
	free(b.data);
	return code;
}

int cmd_sign(int argc, char **argv)
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
			return command_usage(c, sign_help);
	}
	if (!key || !cert || optind + 1 != argc || signature_path(argv[optind], path))
		return command_usage(0, sign_help);
	return sign(argv[optind], key, cert, output ? output : path);
}

/* ---- verify ---- */

static const char verify_help[] =
	"usage: atmguard-policy verify --anchors PEM|DIR [--sig FILE] [--text TEXT]... POLICY.bin\n\n"
	"Says whether an ATM with these anchors takes the policy, and, with --text, that\n"
	"the texts (in this order) compile to exactly these bytes.\n\n"
	"  -a, --anchors PATH   certificates: a PEM file, or a directory of *.pem\n"
	"  -s, --sig FILE       the signature (POLICY.p7s for POLICY.bin)\n"
	"  -t, --text FILE      a text the policy was compiled from\n";

#define TEXTS_MAX	64

static int verify_signature(const char *anchors_path, const struct ag_buffer *b, const char *sig_path)
{
	STACK_OF(X509) *anchors;
	size_t sig_len;
	void *sig;
	int r = ag_keys_read_anchors(anchors_path, &anchors);

	if (r)
		return command_fail("%s: %s", anchors_path, r == -EINVAL ? "holds no certificate" : strerror(-r));
	r = ag_file_read(sig_path, ATMGUARD_SIG_MAX, &sig, &sig_len);
	if (r) {
		sk_X509_pop_free(anchors, X509_free);
		return command_fail("%s: %s", sig_path, strerror(-r));
	}
	r = ag_cms_verify(anchors, b->data, b->len, sig, sig_len);
	free(sig);
	sk_X509_pop_free(anchors, X509_free);
	switch (r) {
	case 0:			return EXIT_OK;
	case -EBADMSG:		return command_fail("%s: not a detached CMS signature", sig_path);
	case -ENOKEY:		return command_fail("signed by none of the anchors");
	case -EKEYREJECTED:	return command_fail("the signature does not fit the policy");
	default:		return command_fail("verification failed: %s", strerror(-r));
	}
}

static int verify_text(const struct ag_buffer *b, char *const *texts, int nr)
{
	struct ag_model *model = malloc(sizeof(*model));
	__u8 sha256[ATMGUARD_HASH_LEN];
	struct ag_buffer made = { 0 };
	struct ag_error error = { 0 };
	int code, r;

	if (!model)
		return command_fail("out of memory");
	ag_model_init(model);
	code = command_load_texts(model, texts, nr, sha256);
	if (code == EXIT_OK && (r = ag_compile(model, sha256, &made.data, &made.len, &error)))
		code = command_fail_at(NULL, r, &error);
	if (code == EXIT_OK && (made.len != b->len || memcmp(made.data, b->data, b->len) != 0))
		code = command_fail("the text compiles to another policy than this");
	free(made.data);
	ag_model_free(model);
	free(model);
	return code;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "anchors", required_argument, NULL, 'a' }, { "sig", required_argument, NULL, 's' },
		{ "text", required_argument, NULL, 't' }, AG_HELP_OPTION, { 0 }
	};
	const char *anchors = NULL, *sig = NULL;
	char *texts[TEXTS_MAX], path[PATH_MAX];
	int c, code, nr_texts = 0;
	struct ag_policy_view view;
	struct ag_buffer b;

	while ((c = getopt_long(argc, argv, "a:s:t:h", options, NULL)) != -1) {
		if (c == 'a')
			anchors = optarg;
		else if (c == 's')
			sig = optarg;
		else if (c == 't' && nr_texts < TEXTS_MAX)
			texts[nr_texts++] = optarg;
		else
			return command_usage(c, verify_help);
	}
	if (!anchors || optind + 1 != argc || signature_path(argv[optind], path))
		return command_usage(0, verify_help);
	code = command_load_binary(argv[optind], &b, &view);
	if (code)
		return code;
	code = verify_signature(anchors, &b, sig ? sig : path);
	if (code == EXIT_OK && nr_texts)
		code = verify_text(&b, texts, nr_texts);
	free(b.data);
	if (code == EXIT_OK)
		printf("good: policy version %llu, %u entries\n", (unsigned long long)view.version,
		       view.nr_entries);
	return code;
}
