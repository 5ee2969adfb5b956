// SPDX-License-Identifier: MIT
// The stored receipt: a power cut at any step leaves one that the kernel takes.
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/common/secret.h"
#include "agent/daemon/statedir.h"
#include "harness.h"

static char dir[32];
static int dir_fd;

static void setup(void)
{
	strcpy(dir, "/tmp/atmguard-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(ag_statedir_open(dir, &dir_fd), 0);
}

static void clean(void)
{
	static const char *const names[] = { "receipt.bin", "receipt.p7s", "receipt.bin.new",
					     "receipt.p7s.new", "file" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(dir_fd, names[i], 0);
	close(dir_fd);
	rmdir(dir);
}

static void put(const char *name, const void *data, size_t len)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

/* As the kernel: a signature fits one receipt only. Here it is its number. */
static int kernel(void *arg, const struct ag_receipt *receipt, const struct ag_message_sig *sig)
{
	uint64_t *taken = arg;

	if (sig->len != 1 || sig->bytes[0] != (unsigned char)le64toh(receipt->seq))
		return -EKEYREJECTED;
	*taken = le64toh(receipt->seq);
	return 0;
}

static void put_pair(const char *name, const char *sig_name, uint64_t seq)
{
	const struct ag_receipt receipt = { .seq = htole64(seq) };
	const unsigned char sig = (unsigned char)seq;

	if (name)
		put(name, &receipt, sizeof(receipt));
	if (sig_name)
		put(sig_name, &sig, 1);
}

START_TEST(put_and_get)
{
	const struct ag_receipt receipt = { .seq = htole64(5) };
	const struct ag_message_sig sig = { 1, { 5 } };
	uint64_t taken = 0;

	setup();
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), -ENOENT);
	ck_assert_int_eq(ag_statedir_put_receipt(dir_fd, &receipt, &sig), 0);
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), 0);
	ck_assert_uint_eq(taken, 5);
	ck_assert_int_ne(faccessat(dir_fd, "receipt.bin.new", F_OK, 0), 0);
	clean();
}
END_TEST

/* What lies on the disk after the cut: number of the receipt in each file, 0: no file. */
static const struct {
	const char *sentence;
	uint64_t bin, p7s, bin_new, p7s_new;
	int result;
	uint64_t taken;
} cuts[] = {
	{ "a cut before the renames leaves the old receipt", 4, 4, 5, 5, 0, 4 },
	{ "a cut while writing the first new file leaves the old receipt", 4, 4, 5, 0, 0, 4 },
	{ "a cut between the renames gives the new receipt", 4, 5, 5, 0, 0, 5 },
	{ "a cut between the renames in the other order gives the new receipt", 5, 4, 0, 5, 0, 5 },
	{ "a cut before the first renames ever gives the new receipt", 0, 0, 5, 5, 0, 5 },
	{ "a cut after the first rename ever gives the new receipt", 0, 5, 5, 0, 0, 5 },
	{ "files that do not belong together give none", 4, 5, 0, 0, -EKEYREJECTED, 0 },
};

START_TEST(power_cut)
{
	uint64_t taken = 0;

	setup();
	put_pair(cuts[_i].bin ? "receipt.bin" : NULL, NULL, cuts[_i].bin);
	put_pair(NULL, cuts[_i].p7s ? "receipt.p7s" : NULL, cuts[_i].p7s);
	put_pair(cuts[_i].bin_new ? "receipt.bin.new" : NULL, NULL, cuts[_i].bin_new);
	put_pair(NULL, cuts[_i].p7s_new ? "receipt.p7s.new" : NULL, cuts[_i].p7s_new);
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), cuts[_i].result);
	ck_assert_uint_eq(taken, cuts[_i].taken);
	clean();
}
END_TEST

START_TEST(cut_files)
{
	uint64_t taken = 0;

	setup();
	put("receipt.bin", "short", 5);
	put("receipt.p7s", "\5", 1);
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), -EBADMSG);
	put_pair("receipt.bin", NULL, 5);
	put("receipt.p7s", "", 0);
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), -EBADMSG);
	clean();
}
END_TEST

START_TEST(cannot_write)
{
	const struct ag_receipt receipt = { .seq = htole64(6) };
	const struct ag_message_sig sig = { 1, { 6 } };
	uint64_t taken = 0;

	setup();
	put_pair("receipt.bin", "receipt.p7s", 5);
	ck_assert_int_eq(mkdirat(dir_fd, "receipt.p7s.new", 0700), 0);
	ck_assert_int_eq(ag_statedir_put_receipt(dir_fd, &receipt, &sig), -EISDIR);
	ck_assert_int_eq(ag_statedir_each_receipt(dir_fd, kernel, &taken), 0);
	ck_assert_uint_eq(taken, 5);
	unlinkat(dir_fd, "receipt.p7s.new", AT_REMOVEDIR);
	clean();
}
END_TEST

START_TEST(read_files)
{
	static char large[AG_STATEDIR_FILE_MAX + 1];
	char *data;
	size_t len;

	setup();
	ck_assert_int_eq(ag_statedir_read(dir_fd, "file", &data, &len), -ENOENT);
	put("file", "", 0);
	ck_assert_int_eq(ag_statedir_read(dir_fd, "file", &data, &len), -ENODATA);
	put("file", large, sizeof(large));
	ck_assert_int_eq(ag_statedir_read(dir_fd, "file", &data, &len), -EFBIG);
	put("file", "text", 4);
	ck_assert_int_eq(ag_statedir_read(dir_fd, "file", &data, &len), 0);
	ck_assert_str_eq(data, "text");
	ag_secret_free(data);
	clean();
}
END_TEST

START_TEST(no_links)
{
	char *data;
	size_t len;

	setup();
	ck_assert_int_eq(symlinkat("/etc/passwd", dir_fd, "file"), 0);
	ck_assert_int_eq(ag_statedir_read(dir_fd, "file", &data, &len), -ELOOP);
	clean();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent store");

	harness_add(suite, "a receipt that was put is there", put_and_get);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		harness_add_row(suite, cuts[i].sentence, power_cut, (int)i);
	harness_add(suite, "files cut short are not used", cut_files);
	harness_add(suite, "a receipt that cannot be written leaves the old one", cannot_write);
	harness_add(suite, "missing, empty and oversize files are told apart", read_files);
	harness_add(suite, "a symbolic link is not followed", no_links);
	return harness_run(suite, "check_agent_statedir");
}
