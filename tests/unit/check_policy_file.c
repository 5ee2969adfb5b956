// SPDX-License-Identifier: MIT
// Files of the vendor's tool: their digests, whole outputs, keys.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cms.h"
#include "policy/file.h"
#include "policy/output.h"
#include "policy/vendor_keys.h"
#include "policy/verity.h"
#include "harness.h"
#include "policy_tree.h"

/* ---- fs-verity: what fsverity(1) prints for files of this many bytes of "atmguardatmguard..." ---- */

static const struct {
	const char *sentence;
	size_t size;
	const char *digest;
} verity_rows[] = {
	{ "the fs-verity digest of an empty file is right", 0,
	  "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95" },
	{ "so is that of one byte", 1,
	  "bce75948b9e7510293f8f2720412af9697c1479281323f3f220623fb8e94b557" },
	{ "so is that of a block less one byte", 4095,
	  "a5e61ca8fc05df5dd772eb35d06089661f8e69d70467b751ced6b06fa25dddb1" },
	{ "so is that of one block", 4096,
	  "273fbe26c4462cf072aa667de3a205f5323b2fe8f1508bf68e42766326c95c0c" },
	{ "so is that of a block and a byte", 4097,
	  "546ffaf1d91a11bb883540840d6a9af0fe08edd5c1127e38d085ba04ff152efa" },
	{ "so is that of exactly one read", 262144,
	  "47e84c24152578fcc4d34ad7e433c350abe0c6d4c81f123016910a3c16d69d6a" },
	{ "so is that of one read and a part", 300000,
	  "e511146d5a795a0eba2b1a42b4685b216275120b58c53ac3c38264cf716f3818" },
	{ "so is that of a full level", 524288,
	  "23825d729dac8b2176f3b3dd82eb20d89db41c28633dae58a892a903acaee889" },
	{ "so is that of a full level and a byte", 524289,
	  "b74d8f0a6d19260a5e74d6af9041f757af1146639246839b1e304779261c3d14" },
	{ "so is that of two full levels", 67108864,
	  "f75dfd7d3f7d83db7b7fb3a08a65e7e96167808c0c4d73975204d146bc456fe8" },
	{ "so is that of two full levels and a byte", 67108865,
	  "d3242ba8d432d5292c484e45ccf55e8f149d944561c8e7c2c7e474b2a78dcbd6" },
};

START_TEST(test_verity_row)
{
	size_t size = verity_rows[_i].size;
	char hex[2 * ATMGUARD_HASH_LEN + 1], *data = malloc(size + 8);
	__u8 digest[ATMGUARD_HASH_LEN];
	int fd;

	for (size_t i = 0; i < size; i += 8)
		memcpy(data + i, "atmguard", 8);
	make_root();
	put("/file", data, size, 0644);
	free(data);
	fd = open(below("/file"), O_RDONLY);
	/* The file's position does not matter. */
	ck_assert_int_ge(lseek(fd, 100, SEEK_SET), 0);
	ck_assert_int_eq(ag_verity_digest(fd, digest), 0);
	close(fd);
	for (int i = 0; i < ATMGUARD_HASH_LEN; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	ck_assert_str_eq(hex, verity_rows[_i].digest);
	remove_root();
}
END_TEST

START_TEST(test_verity_unreadable)
{
	__u8 digest[ATMGUARD_HASH_LEN] = { 7 };
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	ck_assert_int_eq(ag_verity_digest(fd, digest), -EISDIR);
	ck_assert_int_eq(ag_verity_digest(-1, digest), -EBADF);
	ck_assert_uint_eq(digest[0], 7);
	close(fd);
}
END_TEST

/* ---- files ---- */

START_TEST(test_output)
{
	struct ag_output out;
	size_t len;
	void *data;

	make_root();
	put_text("/f", "old", 0644);
	ck_assert_int_eq(ag_output_open(&out, below("/f"), 0644), 0);
	fputs("new", out.file);
	fflush(out.file);
	ck_assert_int_eq(ag_file_read(below("/f"), 100, &data, &len), 0);
	ck_assert_str_eq(data, "old");
	free(data);
	ag_output_abort(&out);
	ck_assert_int_eq(ag_output_write(below("/f"), 0644, "newer", 5), 0);
	ck_assert_int_eq(ag_file_read(below("/f"), 100, &data, &len), 0);
	ck_assert_str_eq(data, "newer");
	free(data);
	ck_assert_int_eq(ag_file_read(below("/f"), 4, &data, &len), -EFBIG);
	ck_assert_int_eq(ag_file_read(below("/none"), 4, &data, &len), -ENOENT);
	ck_assert_int_eq(ag_output_write(below("/none/f"), 0644, "x", 1), -ENOENT);
	/* nothing is left beside it */
	ck_assert_int_eq(unlink(below("/f")), 0);
	ck_assert_int_eq(rmdir(root), 0);
}
END_TEST

/* ---- keys ---- */

START_TEST(test_keys)
{
	STACK_OF(X509) *anchors;
	EVP_PKEY *key, *other;
	X509 *cert, *other_cert;
	unsigned char *sig;
	struct stat st;
	size_t len;

	make_root();
	ck_assert_int_eq(ag_vendor_keys_make("vendor", &key, &cert), 0);
	ck_assert_int_eq(ag_vendor_keys_make("vendor", &other, &other_cert), 0);
	ck_assert_int_eq(ag_vendor_keys_write(below("/k"), key, below("/c.pem"), cert), 0);
	ck_assert_int_eq(ag_vendor_keys_write(below("/k"), other, below("/d.pem"), other_cert), -EEXIST);
	ck_assert_int_eq(ag_vendor_keys_write(below("/k2"), other, below("/c.pem"), other_cert), -EEXIST);
	ck_assert_int_eq(stat(below("/k"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(stat(below("/k2"), &st), -1);
	EVP_PKEY_free(key);
	ck_assert_int_eq(ag_vendor_keys_read_key(below("/k"), &key), 0);
	ck_assert_int_eq(ag_vendor_keys_read_key(below("/c.pem"), &other), -EINVAL);
	ck_assert_int_eq(ag_cms_sign(cert, key, "abc", 3, &sig, &len), 0);
	ck_assert_int_eq(ag_vendor_keys_read_anchors(root, &anchors), 0);
	ck_assert_int_eq(ag_cms_verify(anchors, "abc", 3, sig, len), 0);
	ck_assert_int_eq(ag_cms_verify(anchors, "abd", 3, sig, len), -EKEYREJECTED);
	sk_X509_pop_free(anchors, X509_free);
	ck_assert_int_eq(ag_vendor_keys_read_anchors(below("/c.pem"), &anchors), 0);
	sk_X509_pop_free(anchors, X509_free);
	ck_assert_int_eq(ag_vendor_keys_read_anchors(below("/k"), &anchors), -EINVAL);
	ck_assert_int_eq(ag_vendor_keys_read_anchors(below("/none"), &anchors), -ENOENT);
	anchors = sk_X509_new_null();
	sk_X509_push(anchors, other_cert);
	ck_assert_int_eq(ag_cms_verify(anchors, "abc", 3, sig, len), -ENOKEY);
	sk_X509_pop_free(anchors, X509_free);
	free(sig);
	X509_free(cert);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	remove_root();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check_policy_file");

	for (size_t i = 0; i < sizeof(verity_rows) / sizeof(verity_rows[0]); i++)
		harness_add_row(s, verity_rows[i].sentence, test_verity_row, i);
	harness_add(s, "what cannot be read has no fs-verity digest", test_verity_unreadable);
	harness_add(s, "an output is whole or not there", test_output);
	harness_add(s, "keys sign what only their certificate verifies, and are not replaced", test_keys);
	return harness_run(s, "check_policy_file");
}
