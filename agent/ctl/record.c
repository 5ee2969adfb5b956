// SPDX-License-Identifier: MIT
// Writes audit records as text and as JSON.
#include "record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/common/json.h"
#include "lib/hex.h"
#include "lib/names.h"

#define WHAT_SIZE (AG_NAMES_LIST_SIZE + 64)	/* scopes, or a name and a number */

/* Text that is cut, never overrun, at the end of its buffer. */
struct line {
	char *text;
	size_t size;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->len, line->size - line->len, format, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n < line->size - line->len ? (size_t)n
								: line->size - line->len - 1;
}

/* A fixed field, NUL padded. What is not printable is escaped, so that a file
 * name cannot forge a line or steer a terminal; other UTF-8 passes. */
static void add_field(struct line *line, const char *field, size_t size)
{
	for (size_t i = 0; i < size && field[i]; i++) {
		unsigned char c = (unsigned char)field[i];

		/* 0xc2 0x80..0x9f are the C1 controls */
		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < size && (unsigned char)field[i + 1] < 0xa0))
			add(line, "\\x%02x", c);
		else
			add(line, "%c", c);
	}
}

/* What code and aux mean depends on the event; empty where they mean nothing. */
static void describe(const struct atmguard_record *record, char *buf, size_t size)
{
	char scopes[AG_NAMES_LIST_SIZE];

	buf[0] = '\0';
	switch (record->type) {
	case ATMGUARD_EV_DENY:
		snprintf(buf, size, "%s", ag_names_word(AG_NAMES_HOOK, record->code).text);
		break;
	case ATMGUARD_EV_REFUSED:
		snprintf(buf, size, "%s", ag_names_word(AG_NAMES_PURPOSE, record->code).text);
		break;
	case ATMGUARD_EV_RELOCK:
		snprintf(buf, size, "%s, %" PRIu64 " survivors",
			 ag_names_word(AG_NAMES_RELOCK, record->code).text, (uint64_t)record->aux);
		break;
	case ATMGUARD_EV_UNLOCK:
		ag_names_list(AG_NAMES_SCOPE, (__u32)record->aux, ",", scopes, sizeof(scopes));
		snprintf(buf, size, "%s, employee", scopes[0] ? scopes : "-");
		break;
	case ATMGUARD_EV_POLICY:
		snprintf(buf, size, "version %" PRIu64, (uint64_t)record->aux);
		break;
	case ATMGUARD_EV_SEAL:
		snprintf(buf, size, "%" PRIu64 " links", (uint64_t)record->aux);
		break;
	case ATMGUARD_EV_RECEIPT:
		snprintf(buf, size, "all below %" PRIu64, (uint64_t)record->aux);
		break;
	default:
		/* Of an event that is not known here nothing is: all of it is shown. */
		if (!ag_names_get(AG_NAMES_EVENT, record->type))
			snprintf(buf, size, "code %u, aux %" PRIu64, record->code, (uint64_t)record->aux);
		break;
	}
}

static void add_time(struct line *line, const struct atmguard_record *record)
{
	time_t wall_s = (time_t)(record->wall_ns / 1000000000);
	struct tm tm;
	char text[32];

	if (record->wall_ns && gmtime_r(&wall_s, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		add(line, "%s", text);
	else
		add(line, "boot+%" PRIu64 "s", (uint64_t)record->boot_ns / 1000000000);
}

void ag_record_line(const struct atmguard_record *record, char *ret_line, size_t size)
{
	struct line line = { ret_line, size, 0 };
	char what[WHAT_SIZE];

	add_time(&line, record);
	add(&line, " #%" PRIu64 " %s", (uint64_t)record->seq, ag_names_word(AG_NAMES_EVENT, record->type).text);
	describe(record, what, sizeof(what));
	if (what[0])
		add(&line, " %s", what);
	if (record->error)
		add(&line, " %s", ag_names_errno(record->error).text);
	if (record->detail[0]) {
		add(&line, " ");
		add_field(&line, record->detail, sizeof(record->detail));
	}
	if (record->pid) {
		add(&line, " (pid %u uid %u ", record->pid, record->uid);
		add_field(&line, record->comm, sizeof(record->comm));
		add(&line, ")");
	}
	if (record->job)
		add(&line, " job %" PRIu64, (uint64_t)record->job);
	if (record->repeats)
		add(&line, " and %" PRIu64 " more", (uint64_t)record->repeats);
}

/* JSON takes UTF-8 only; a field that is none comes out in ASCII. */
static json_t *field_json(const char *field, size_t size)
{
	json_t *text = json_stringn(field, strnlen(field, size));
	char ascii[4 * sizeof(((struct atmguard_record *)0)->detail) + 1];
	struct line line = { ascii, sizeof(ascii), 0 };

	if (text)
		return text;
	ascii[0] = '\0';
	for (size_t i = 0; i < size && field[i]; i++) {
		unsigned char c = (unsigned char)field[i];

		add(&line, c < 0x20 || c > 0x7e ? "\\x%02x" : "%c", c);
	}
	return json_string(ascii);
}

char *ag_record_json(const struct atmguard_record *record)
{
	char digest[2 * ATMGUARD_HASH_LEN + 1], hash[2 * ATMGUARD_HASH_LEN + 1];
	char what[WHAT_SIZE];

	ag_hex_encode(record->digest, ATMGUARD_HASH_LEN, digest);
	ag_hex_encode(record->hash, ATMGUARD_HASH_LEN, hash);
	describe(record, what, sizeof(what));
	return ag_json_dump(json_pack(
		"{sI sI sI ss si ss si ss sI sI sI so ss sI sI so ss}",
		"seq", (json_int_t)record->seq, "boot_ns", (json_int_t)record->boot_ns,
		"wall_ns", (json_int_t)record->wall_ns, "event",
		ag_names_word(AG_NAMES_EVENT, record->type).text,
		"code", (int)record->code, "what", what, "errno", (int)record->error,
		"error", ag_names_errno(record->error).text,
		"pid", (json_int_t)record->pid, "uid", (json_int_t)record->uid,
		"job", (json_int_t)record->job, "comm",
		field_json(record->comm, sizeof(record->comm)), "digest", digest,
		"aux", (json_int_t)record->aux, "repeats", (json_int_t)record->repeats,
		"detail", field_json(record->detail, sizeof(record->detail)), "hash", hash));
}
