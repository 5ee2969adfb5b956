// SPDX-License-Identifier: MIT
// atmguardctl status: what the kernel says about itself.
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/common/device.h"
#include "agent/common/json.h"
#include "agent/common/secret.h"
#include "lib/hex.h"
#include "ctl.h"

static void row(const char *name, uint64_t value)
{
	printf("%-16s %" PRIu64 "\n", name, value);
}

static void row_text(const char *name, const char *text, size_t size)
{
	printf("%-16s %.*s\n", name, (int)strnlen(text, size), text);
}

static void print_expiry(uint64_t wall_s)
{
	time_t time = (time_t)wall_s;
	struct tm tm;
	char text[32] = "never";

	if (wall_s && gmtime_r(&time, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	row_text("policy expires", text, sizeof(text));
}

static void print_table(const struct atmguard_status *status)
{
	char list[AG_NAMES_LIST_SIZE];

	row_text("state", ag_names_word(AG_NAMES_STATE, status->state).text, 32);
	row_text("ATM", status->atm, sizeof(status->atm));
	row_text("class", status->atm_class, sizeof(status->atm_class));
	row_text("flags", ag_names_list(AG_NAMES_STATUS, status->flags, " ", list, sizeof(list)),
		 sizeof(list));
	if (status->job) {
		row("job", status->job);
		row_text("scopes", ag_names_list(AG_NAMES_SCOPE, status->scopes, ",", list, sizeof(list)),
			 sizeof(list));
		row("seconds left", status->remaining_ms / 1000);
	}
	row("policy version", status->policy_version);
	row("policy entries", status->policy_entries);
	row("policy bytes", status->policy_bytes);
	print_expiry(status->policy_expires_wall_s);
	row("generation", status->generation);
	printf("%-16s %" PRIu64 " to %" PRIu64 ", center holds below %" PRIu64 "\n", "records",
	       (uint64_t)status->oldest_seq, (uint64_t)status->next_seq,
	       (uint64_t)status->receipted_seq);
	row("records lost", status->lost);
	row("denials", status->denials);
	row("USB denied", status->usb_denied);
	row("survivors", status->survivors);
}

static int print_json(const struct atmguard_status *status)
{
	char boot_id[2 * ATMGUARD_UUID_LEN + 1];
	char *text;

	ag_hex_encode(status->boot_id, ATMGUARD_UUID_LEN, boot_id);
	text = ag_json_dump(json_pack(
		"{ss ss# ss# so so sI sI sI sI sI sI sI sI sI sI sI sI sI sI ss}",
		"state", ag_names_word(AG_NAMES_STATE, status->state).text,
		"atm", status->atm, (int)strnlen(status->atm, sizeof(status->atm)),
		"class", status->atm_class,
		(int)strnlen(status->atm_class, sizeof(status->atm_class)),
		"flags", ag_json_names(AG_NAMES_STATUS, status->flags),
		"scopes", ag_json_names(AG_NAMES_SCOPE, status->scopes),
		"job", (json_int_t)status->job, "remaining_ms", (json_int_t)status->remaining_ms,
		"policy_version", (json_int_t)status->policy_version,
		"policy_entries", (json_int_t)status->policy_entries,
		"policy_bytes", (json_int_t)status->policy_bytes,
		"policy_expires_wall_s", (json_int_t)status->policy_expires_wall_s,
		"generation", (json_int_t)status->generation,
		"oldest_seq", (json_int_t)status->oldest_seq,
		"next_seq", (json_int_t)status->next_seq,
		"receipted_seq", (json_int_t)status->receipted_seq,
		"lost", (json_int_t)status->lost, "denials", (json_int_t)status->denials,
		"usb_denied", (json_int_t)status->usb_denied,
		"survivors", (json_int_t)status->survivors, "boot_id", boot_id));
	if (!text)
		return AG_CTL_FAILED;
	puts(text);
	ag_secret_free(text);
	return AG_CTL_OK;
}

int ag_ctl_status(const struct ag_ctl *ctl)
{
	struct atmguard_status status;
	struct ag_device device;
	int r = ag_device_open(ctl->device, O_RDONLY, &device);

	if (r)
		return ag_ctl_fail(ctl->device, r);
	r = device.ops->status(device.fd, &status);
	ag_device_close(&device);
	if (r)
		return ag_ctl_fail("status", r);
	if (ctl->is_json)
		return print_json(&status);
	print_table(&status);
	return AG_CTL_OK;
}
