// SPDX-License-Identifier: MIT
// atmguard-policy verify: would an ATM take it, and is it made of this text.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/cms.h"
#include "command.h"
#include "compile.h"
#include "vendor_keys.h"

static const char verify_help[] =
	"usage: atmguard-policy verify --anchors PEM|DIR [--sig FILE] [--text TEXT]... POLICY.bin\n\n"
	"Says whether an ATM with these anchors takes the policy, and, with --text, that\n"
	"the texts (in this order) compile to exactly these bytes.\n\n"
	"  -a, --anchors PATH   certificates: a PEM file, or a directory of *.pem\n"
	"  -s, --sig FILE       the signature (POLICY.p7s for POLICY.bin)\n"
	"  -t, --text FILE      a text the policy was compiled from\n";

#define TEXTS_MAX	64

static int verify_signature(const char *anchors_path, const struct ag_buffer *b,
			    const char *sig_path)
{
	STACK_OF(X509) *anchors;
	size_t sig_len;
	void *sig;
	int r = ag_vendor_keys_read_anchors(anchors_path, &anchors);

	if (r)
		return ag_command_fail("%s: %s", anchors_path,
				       r == -EINVAL ? "holds no certificate" : strerror(-r));
	r = ag_file_read(sig_path, ATMGUARD_SIG_MAX, &sig, &sig_len);
	if (r) {
		sk_X509_pop_free(anchors, X509_free);
		return ag_command_fail("%s: %s", sig_path, strerror(-r));
	}
	r = ag_cms_verify(anchors, b->data, b->len, sig, sig_len);
	free(sig);
	sk_X509_pop_free(anchors, X509_free);
	switch (r) {
	case 0:			return EXIT_OK;
	case -EBADMSG:		return ag_command_fail("%s: not a detached CMS signature", sig_path);
	case -ENOKEY:		return ag_command_fail("signed by none of the anchors");
	case -EKEYREJECTED:	return ag_command_fail("the signature does not fit the policy");
	default:		return ag_command_fail("verification failed: %s", strerror(-r));
	}
}

static int verify_text(const struct ag_buffer *b, char *const *texts, int nr)
{
	struct ag_model *model = ag_model_alloc();
	__u8 sha256[ATMGUARD_HASH_LEN];
	struct ag_buffer made = { 0 };
	struct ag_error error = { 0 };
	int code, r;

	if (!model)
		return ag_command_fail("out of memory");
	code = ag_command_load_texts(model, texts, nr, sha256);
	if (code == EXIT_OK && (r = ag_compile(model, sha256, &made.data, &made.len, &error)))
		code = ag_command_fail_at(NULL, r, &error);
	if (code == EXIT_OK && (made.len != b->len || memcmp(made.data, b->data, b->len) != 0))
		code = ag_command_fail("the text compiles to another policy than this");
	free(made.data);
	ag_model_free(model);
	return code;
}

/* What is asked about one policy. */
struct question {
	const char *policy, *anchors, *sig;
	char *texts[TEXTS_MAX];
	int nr_texts;
};

static int verify(const struct question *q)
{
	struct ag_policy_view view;
	struct ag_buffer b;
	int code = ag_command_load_binary(q->policy, &b, &view);

	if (code)
		return code;
	code = verify_signature(q->anchors, &b, q->sig);
	if (code == EXIT_OK && q->nr_texts)
		code = verify_text(&b, q->texts, q->nr_texts);
	if (code == EXIT_OK)
		printf("good: policy version %llu, %u entries\n", (unsigned long long)view.version,
		       view.nr_entries);
	free(b.data);
	return code;
}

int ag_cmd_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "anchors", required_argument, NULL, 'a' }, { "sig", required_argument, NULL, 's' },
		{ "text", required_argument, NULL, 't' }, AG_HELP_OPTION, { 0 }
	};
	struct question q = { 0 };
	char path[PATH_MAX];
	int c;

	while ((c = getopt_long(argc, argv, "a:s:t:h", options, NULL)) != -1) {
		if (c == 'a')
			q.anchors = optarg;
		else if (c == 's')
			q.sig = optarg;
		else if (c == 't' && q.nr_texts < TEXTS_MAX)
			q.texts[q.nr_texts++] = optarg;
		else
			return ag_command_usage(c, verify_help);
	}
	if (!q.anchors || optind + 1 != argc || ag_command_signature_path(argv[optind], path))
		return ag_command_usage(0, verify_help);
	q.policy = argv[optind];
	if (!q.sig)
		q.sig = path;
	return verify(&q);
}
