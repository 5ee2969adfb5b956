// SPDX-License-Identifier: MIT
/*
 * submit - asks /dev/atmguard for anything, as root on the ATM could
 *
 * usage: submit PURPOSE OBJECT SIGNATURE     hand in a signed object: identity, policy, grant, receipt
 *        submit PURPOSE lengths DATA SIG     the same with these lengths of a page of zeros
 *        submit PURPOSE pointers DATA SIG    the same with these addresses, 64 bytes each
 *        submit call MAGIC NUMBER SIZE       any request, over a page of zeros
 *        submit null MAGIC NUMBER SIZE       any request, without an argument
 *        submit seal | relock | read-short | write
 *        submit nonce                        prints it too
 * -r before all opens the device for reading only.
 *
 * Prints the error's name ("ok" for none), the number that the next record got
 * before the request, and whether the lock stands as before it: "EBADMSG 117
 * unchanged".  Exit status 0 when the kernel answered, whatever it said.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/atmguard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int device;
static char page[4096];

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "submit: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void read_status(struct atmguard_status *status)
{
	if (ioctl(device, ATMGUARD_STATUS, status) < 0)
		die("status");
}

/* Whether nothing moved but the record numbers and the clock. */
static int is_same(const struct atmguard_status *a, const struct atmguard_status *b)
{
	return a->state == b->state && a->flags == b->flags && a->scopes == b->scopes &&
	       a->job == b->job && a->policy_version == b->policy_version &&
	       a->policy_entries == b->policy_entries && a->generation == b->generation &&
	       memcmp(a->atm, b->atm, sizeof(a->atm)) == 0;
}

static void *read_file(const char *path, __u32 *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0 || !(data = malloc((size_t)st.st_size + 1)) ||
	    read(fd, data, (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	*ret_len = (__u32)st.st_size;
	return data;
}

static unsigned long request_of(const char *purpose)
{
	static const struct {
		const char *name;
		unsigned long request;
	} names[] = {
		{ "identity", ATMGUARD_IDENTITY }, { "policy", ATMGUARD_POLICY },
		{ "grant", ATMGUARD_GRANT }, { "receipt", ATMGUARD_RECEIPT },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(purpose, names[i].name) == 0)
			return names[i].request;
	return 0;
}

static int submit(const char *purpose, const char *data, const char *sig, const char *how)
{
	struct atmguard_blob blob = { .data = (uintptr_t)page, .sig = (uintptr_t)page,
				      .data_len = 64, .sig_len = 64 };

	if (strcmp(how, "lengths") == 0) {
		blob.data_len = (__u32)strtoul(data, NULL, 0);
		blob.sig_len = (__u32)strtoul(sig, NULL, 0);
	} else if (strcmp(how, "pointers") == 0) {
		blob.data = strtoull(data, NULL, 0);
		blob.sig = strtoull(sig, NULL, 0);
	} else {
		blob.data = (uintptr_t)read_file(data, &blob.data_len);
		blob.sig = (uintptr_t)read_file(sig, &blob.sig_len);
	}
	return ioctl(device, request_of(purpose), &blob);
}

static int call(char *const argv[], void *argument)
{
	return ioctl(device, _IOC(_IOC_READ | _IOC_WRITE, strtoul(argv[0], NULL, 0),
				  strtoul(argv[1], NULL, 0), strtoul(argv[2], NULL, 0)), argument);
}

static int seal(void)
{
	struct atmguard_seal argument = { .links = (uintptr_t)page, .nr_links = 1, .root_fd = 0 };

	return ioctl(device, ATMGUARD_SEAL, &argument);
}

static int nonce(void)
{
	struct atmguard_nonce argument;
	int r = ioctl(device, ATMGUARD_NONCE, &argument);

	for (size_t i = 0; r == 0 && i < sizeof(argument.nonce); i++)
		printf("%02x", argument.nonce[i]);
	if (r == 0)
		putchar('\n');
	return r;
}

static int ask(int argc, char *argv[])
{
	const char *what = argv[0];

	if (argc == 4 && request_of(what) && (!strcmp(argv[1], "lengths") || !strcmp(argv[1], "pointers")))
		return submit(what, argv[2], argv[3], argv[1]);
	if (argc == 3 && request_of(what))
		return submit(what, argv[1], argv[2], "files");
	if (argc == 4 && strcmp(what, "call") == 0)
		return call(argv + 1, page);
	if (argc == 4 && strcmp(what, "null") == 0)
		return call(argv + 1, NULL);
	if (strcmp(what, "seal") == 0)
		return seal();
	if (strcmp(what, "relock") == 0)
		return ioctl(device, ATMGUARD_RELOCK);
	if (strcmp(what, "nonce") == 0)
		return nonce();
	if (strcmp(what, "read-short") == 0)
		return (int)read(device, page, sizeof(struct atmguard_record) - 1);
	if (strcmp(what, "write") == 0)
		return (int)write(device, page, 64);
	fputs("submit: what?\n", stderr);
	exit(2);
}

int main(int argc, char *argv[])
{
	int mode = O_RDWR, at = 1, r, error;
	struct atmguard_status before, after;

	if (argc > 1 && strcmp(argv[1], "-r") == 0) {
		mode = O_RDONLY;
		at++;
	}
	if (argc <= at)
		return 2;
	device = open(ATMGUARD_DEVICE, mode | O_CLOEXEC);
	if (device < 0)
		die(ATMGUARD_DEVICE);
	read_status(&before);
	r = ask(argc - at, argv + at);
	error = r < 0 ? errno : 0;
	read_status(&after);
	printf("%s %" PRIu64 " %s\n", error ? strerrorname_np(error) : "ok", (uint64_t)before.next_seq,
	       is_same(&before, &after) ? "unchanged" : "CHANGED");
	return 0;
}
