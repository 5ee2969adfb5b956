// SPDX-License-Identifier: MIT
/*
 * check - how long this machine takes, in user space, for the parts of loading a policy
 *
 * usage: check OBJECT SIGNATURE CERTIFICATE
 *
 * Prints, each the least of several runs: milliseconds to verify the signature
 * (OpenSSL; SHA-256 over the object is in it), of them for SHA-256 alone,
 * milliseconds for policy/check.c, and nanoseconds for one look-up
 * (policy/eval.c) of a digest that is listed, averaged over many of them in no
 * order.  The kernel's own SHA-256 and ECDSA are others than OpenSSL's.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/cms.h"
#include "core/check.h"
#include "core/eval.h"

#define RUNS	7
#define LOOK_UPS 1000000u

struct content {
	unsigned char *data;
	size_t len;
};

static void fail(const char *what)
{
	fprintf(stderr, "check: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static struct content read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct content c = {};
	long len;

	if (!file || fseek(file, 0, SEEK_END) || (len = ftell(file)) <= 0)
		fail(path);
	rewind(file);
	c.len = (size_t)len;
	c.data = malloc(c.len);
	if (!c.data || fread(c.data, 1, c.len, file) != c.len)
		fail(path);
	fclose(file);
	return c;
}

static STACK_OF(X509) *read_anchors(const char *path)
{
	STACK_OF(X509) *anchors = sk_X509_new_null();
	FILE *file = fopen(path, "r");
	X509 *cert = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

	if (!anchors || !cert || !sk_X509_push(anchors, cert))
		fail(path);
	fclose(file);
	return anchors;
}

struct subject {
	struct content object, signature;
	STACK_OF(X509) *anchors;
	struct ag_policy_view view;
};

static void verify(struct subject *s)
{
	if (ag_cms_verify(s->anchors, s->object.data, s->object.len, s->signature.data, s->signature.len))
		fail("the signature does not fit");
}

static void hash(struct subject *s)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(s->object.data, s->object.len, digest, NULL, EVP_sha256(), NULL))
		fail("SHA-256");
}

static void check(struct subject *s)
{
	if (ag_policy_check(s->object.data, s->object.len, &s->view))
		fail("not a policy");
}

/* A full-period step through the entries, far from one to the next. */
static void look_up(struct subject *s)
{
	const struct ag_policy_view *view = &s->view;
	__u64 at = 0;

	for (__u32 i = 0; i < LOOK_UPS; i++) {
		at = (at + 2654435761u) % view->nr_entries;
		if (ag_policy_find(view, view->entries[at].digest, view->entries[at].types & AG_TYPE_VERITY) !=
		    &view->entries[at])
			fail("an entry is not found");
	}
}

static double least_ms(void (*part)(struct subject *), struct subject *s)
{
	double least = 0;

	for (int i = 0; i < RUNS; i++) {
		double began = now_ms(), took;

		part(s);
		took = now_ms() - began;
		if (i == 0 || took < least)
			least = took;
	}
	return least;
}

int main(int argc, char *argv[])
{
	struct subject s = {};
	double verify_ms, hash_ms, check_ms;

	if (argc != 4) {
		fputs("usage: check OBJECT SIGNATURE CERTIFICATE\n", stderr);
		return 2;
	}
	s.object = read_file(argv[1]);
	s.signature = read_file(argv[2]);
	s.anchors = read_anchors(argv[3]);
	verify_ms = least_ms(verify, &s);
	hash_ms = least_ms(hash, &s);
	check_ms = least_ms(check, &s);
	printf("%.3f %.3f %.3f %.0f\n", verify_ms, hash_ms, check_ms,
	       least_ms(look_up, &s) * 1e6 / LOOK_UPS);
	return 0;
}
