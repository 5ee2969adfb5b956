// SPDX-License-Identifier: MIT
// atmcenter init: the keys, certificates and the pepper of a new center.
#include "cli.h"
#include "command.h"
#include "center/common/keys.h"
#include "center/common/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUTHORITY_DAYS	7300
#define SERVER_DAYS	3650
#define SIGNING_DAYS	7300	/* the kernel does not look at it; keys are renewed by hand before */

/* An unfinished center: what has been made so far. */
struct making {
	const char *dir;
	EVP_PKEY *ca_key;
	X509 *ca;
};

/* A new file that never was readable by others, on disk before we go on. */
static int create(const char *dir, const char *name, mode_t mode, const void *data, size_t len)
{
	char path[PATH_MAX];
	int fd, r = 0;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	if (write(fd, data, len) != (ssize_t)len || fchmod(fd, mode) || fsync(fd))
		r = errno ? -errno : -EIO;
	close(fd);
	return r;
}

static int create_from(BIO *bio, const char *dir, const char *name, mode_t mode)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	int r = create(dir, name, mode, data, len);

	if (mode == 0600)
		OPENSSL_cleanse(data, len);
	return r;
}

static int write_pair(const char *dir, const char *name, EVP_PKEY *key, X509 *cert)
{
	BIO *key_bio = BIO_new(BIO_s_mem()), *cert_bio = BIO_new(BIO_s_mem());
	char path[64];
	int r = -ENOMEM;

	if (key && cert && key_bio && cert_bio &&
	    PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) &&
	    PEM_write_bio_X509(cert_bio, cert)) {
		snprintf(path, sizeof(path), "%s.key", name);
		r = create_from(key_bio, dir, path, 0600);
		snprintf(path, sizeof(path), "%s.pem", name);
		if (r == 0)
			r = create_from(cert_bio, dir, path, 0644);
	}
	BIO_free(key_bio);
	BIO_free(cert_bio);
	return r;
}

/* A self-signed pair, or one that the center's TLS authority signs. */
static int make_pair(struct making *making, const char *name, const struct ag_keys_profile *profile,
		     bool by_ca)
{
	EVP_PKEY *key = ag_keys_generate();
	X509 *cert = key ? ag_keys_issue(profile, key, by_ca ? making->ca : NULL,
					 by_ca ? making->ca_key : key) : NULL;
	int r = write_pair(making->dir, name, key, cert);

	if (r == 0 && profile->is_ca) {
		making->ca_key = key;
		making->ca = cert;
		return 0;
	}
	EVP_PKEY_free(key);
	X509_free(cert);
	return r;
}

/* ---- names of the server ---- */

static bool is_address(const char *host)
{
	unsigned char address[16];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* A comma or a newline would smuggle another entry into the certificate. */
static bool is_host(const char *host)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

	return is_address(host) || (*host && strlen(host) <= 64 && strspn(host, allowed) == strlen(host));
}

static int list_hosts(const char *const *hosts, int nr, char *text, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < nr; i++) {
		if (!is_host(hosts[i]))
			return -EINVAL;
		at += snprintf(text + at, size - at, "%s%s:%s", i ? "," : "",
			       is_address(hosts[i]) ? "IP" : "DNS", hosts[i]);
		if (at >= size)
			return -EINVAL;
	}
	return 0;
}

/* ---- all of it ---- */

static int make_keys(struct making *making, const char *first_host, const char *alt)
{
	const struct {
		const char *file;
		bool by_ca;
		struct ag_keys_profile profile;
	} pairs[] = {
		{ "tls/ca", false, { "atmguard center TLS authority", "critical,keyCertSign,cRLSign",
				     NULL, NULL, 1, AUTHORITY_DAYS } },
		{ "tls/server", true, { first_host, "critical,digitalSignature", "serverAuth", alt, 0,
					SERVER_DAYS } },
		{ "sign/grant", false, { "atmguard center grant key", "critical,digitalSignature",
					 NULL, NULL, 0, SIGNING_DAYS } },
		{ "sign/identity", false, { "atmguard center identity key", "critical,digitalSignature",
					    NULL, NULL, 0, SIGNING_DAYS } },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]) && r == 0; i++)
		r = make_pair(making, pairs[i].file, &pairs[i].profile, pairs[i].by_ca);
	EVP_PKEY_free(making->ca_key);
	X509_free(making->ca);
	return r;
}

static int make_pepper(const char *dir)
{
	uint8_t pepper[AG_PEPPER_LEN];
	int r = RAND_priv_bytes(pepper, sizeof(pepper)) == 1 ? 0 : -EIO;

	if (r == 0)
		r = create(dir, "pepper", 0600, pepper, sizeof(pepper));
	OPENSSL_cleanse(pepper, sizeof(pepper));
	return r;
}

/* The directory may be there, as a package makes it; a center may not. */
static int make_dirs(const char *dir)
{
	static const char *const made[] = { "sign", "tls" };
	char path[PATH_MAX];

	if (mkdir(dir, 0700) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/pepper", dir);
	if (access(path, F_OK) == 0)
		return -EEXIST;
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, made[i]);
		if (mkdir(path, 0700))
			return -errno;
	}
	return 0;
}

int ag_cli_init(const struct ag_cli *cli)
{
	static const char *const local[] = { "localhost", "127.0.0.1", "::1" };
	const char *const *hosts = cli->nr_hosts ? cli->hosts : local;
	struct making making = { .dir = cli->value[AG_OPT_DIR] };
	char alt[2048];
	int r;

	if (list_hosts(hosts, cli->nr_hosts ? cli->nr_hosts : 3, alt, sizeof(alt)))
		return ag_cli_fail("--host: a DNS name or an IP address expected");
	umask(0077);
	r = make_dirs(making.dir);
	if (r == 0)
		r = make_keys(&making, hosts[0], alt);
	if (r == 0)
		r = make_pepper(making.dir);
	if (r == -EEXIST)
		return ag_cli_fail("既にセンターがあります / %s holds a center already; nothing was changed", making.dir);
	if (r)
		return ag_cli_fail("%s: %s", making.dir, strerror(-r));
	printf("センターを作成しました / center created: %s\n"
	       "  anchors of the kernel module: sign/grant.pem, sign/identity.pem\n"
	       "  back up sign/, tls/ and pepper where only two people together reach them\n", making.dir);
	return AG_CLI_OK;
}
