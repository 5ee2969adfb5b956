// SPDX-License-Identifier: MIT
// atmguardctl log and verify: the audit records, and whether their chain holds.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/common/device.h"
#include "agent/common/secret.h"
#include "lib/chain.h"
#include "ctl.h"
#include "record.h"

/* ---- log ---- */

static int print_record(const struct ag_ctl *ctl, const struct atmguard_record *record)
{
	char line[AG_RECORD_LINE_SIZE];
	char *json;

	if (ctl->is_raw)
		return fwrite(record, sizeof(*record), 1, stdout) == 1 ? 0 : -EIO;
	if (ctl->is_json) {
		json = ag_record_json(record);
		if (!json)
			return -ENOMEM;
		puts(json);
		ag_secret_free(json);
	} else {
		ag_record_line(record, line, sizeof(line));
		puts(line);
	}
	return ferror(stdout) ? -EIO : 0;
}

/* Prints what is there; -EAGAIN at the end. */
static int print_available(const struct ag_ctl *ctl, const struct ag_device *device)
{
	struct atmguard_record record;
	int r;

	for (;;) {
		r = device->ops->read(device->fd, &record);
		if (r == -EPIPE)
			fputs("atmguardctl: records were overwritten before they were read\n", stderr);
		else if (r)
			return r;
		else if ((r = print_record(ctl, &record)))
			return r;
	}
}

int ag_ctl_log(const struct ag_ctl *ctl)
{
	struct ag_device device;
	struct pollfd ready = { .events = POLLIN };
	int r = ag_device_open(ctl->device, O_RDWR | O_NONBLOCK, &device);

	if (r)
		return ag_ctl_fail(ctl->device, r);
	ready.fd = device.fd;
	do
		r = print_available(ctl, &device);
	while (r == -EAGAIN && ctl->is_follow && !fflush(stdout) && poll(&ready, 1, -1) > 0);
	ag_device_close(&device);
	if (r != -EAGAIN)
		return ag_ctl_fail("log", r);
	return fflush(stdout) ? ag_ctl_fail("standard output", errno) : AG_CTL_OK;
}

/* ---- verify ---- */

/* The whole file; a length that is no multiple of a record is a cut file. */
static int read_records(FILE *file, struct atmguard_record **ret_records, size_t *ret_nr)
{
	struct atmguard_record *records = NULL, *larger;
	size_t nr = 0, size = 0, got;
	unsigned char rest[sizeof(*records)];

	for (;;) {
		if (nr == size) {
			size = size ? 2 * size : 1024;
			larger = reallocarray(records, size, sizeof(*records));
			if (!larger) {
				free(records);
				return -ENOMEM;
			}
			records = larger;
		}
		got = fread(rest, 1, sizeof(rest), file);
		if (got != sizeof(rest))
			break;
		memcpy(&records[nr++], rest, sizeof(rest));
	}
	if (got || ferror(file)) {
		free(records);
		return got ? -EBADMSG : -EIO;
	}
	*ret_records = records;
	*ret_nr = nr;
	return 0;
}

static int report(const struct atmguard_record *records, size_t nr)
{
	struct ag_chain_report found;
	int r = ag_chain_verify(records, nr, &found);

	printf("%zu records, %zu boots, %zu gaps, %zu breaks%s\n", found.nr_records, found.nr_boots,
	       found.nr_gaps, found.nr_breaks,
	       nr && !found.is_anchored ? ", nothing known before the first" : "");
	if (!r)
		return AG_CTL_OK;
	printf("first at record #%" PRIu64 ", the %zu. in the file\n",
	       (uint64_t)records[found.first_bad].seq, found.first_bad + 1);
	return AG_CTL_BAD_CHAIN;
}

int ag_ctl_verify(const struct ag_ctl *ctl)
{
	bool is_stdin = !strcmp(ctl->arguments[0], "-");
	FILE *file = is_stdin ? stdin : fopen(ctl->arguments[0], "re");
	struct atmguard_record *records;
	size_t nr;
	int r;

	if (!file)
		return ag_ctl_fail(ctl->arguments[0], errno);
	r = read_records(file, &records, &nr);
	if (!is_stdin)
		fclose(file);
	if (r == -EBADMSG) {
		fprintf(stderr, "atmguardctl: %s: not whole records\n", ctl->arguments[0]);
		return AG_CTL_FAILED;
	}
	if (r)
		return ag_ctl_fail(ctl->arguments[0], r);
	r = report(records, nr);
	free(records);
	return r;
}
