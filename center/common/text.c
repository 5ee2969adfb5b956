// SPDX-License-Identifier: MIT
// Make outside text harmless, and read and write what people type.
#include "text.h"
#include "lib/hex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Length of the well-formed UTF-8 character at @p (RFC 3629), 0: none. */
static size_t character(const unsigned char *p, size_t len, uint32_t *ret_code)
{
	size_t more = p[0] < 0x80 ? 0 : p[0] >= 0xc2 && p[0] < 0xe0 ? 1 :
		      p[0] >= 0xe0 && p[0] < 0xf0 ? 2 : p[0] >= 0xf0 && p[0] < 0xf5 ? 3 : 9;
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t code = more ? p[0] & (0x3f >> (more & 3)) : p[0];

	if (more > 3 || more >= len)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return more + 1;
}

static int is_harmless(uint32_t code)
{
	return code >= 0x20 && (code < 0x7f || code > 0x9f) &&
	       !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff;
}

void ag_text_clean(const char *from, size_t len, char *to, size_t size)
{
	const unsigned char *p = (const unsigned char *)from;
	size_t at = 0;

	len = strnlen(from, len);
	while (len) {
		uint32_t code;
		size_t n = character(p, len, &code), need = n && is_harmless(code) ? n : 4;

		if (at + need >= size)
			break;
		if (n && is_harmless(code))
			memcpy(to + at, p, n);
		else {
			n = 1;
			snprintf(to + at, 5, "\\x%02x", p[0]);
		}
		at += need;
		p += n;
		len -= n;
	}
	to[at] = '\0';
}

int ag_text_uuid(const char *text, uint8_t ret_uuid[16])
{
	char digits[33];
	size_t at = 0;

	if (strlen(text) != 36)
		return -EINVAL;
	for (size_t i = 0; i < 36; i++) {
		int is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash != (text[i] == '-'))
			return -EINVAL;
		if (!is_dash)
			digits[at++] = text[i] >= 'A' && text[i] <= 'F' ? text[i] | 0x20 : text[i];
	}
	digits[at] = '\0';
	return ag_hex_decode(digits, ret_uuid, 16);
}

int ag_text_duration(const char *text, int64_t *ret_s)
{
	static const struct { const char *suffix; int64_t s; } units[] = {
		{ "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 },
	};
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *text < '0' || *text > '9' || value > 1000000)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].suffix) == 0) {
			*ret_s = value * units[i].s;
			return 0;
		}
	return -EINVAL;
}

void ag_text_time(int64_t wall_s, char text[32])
{
	time_t at = wall_s;
	struct tm parts;

	/* UTC: one clock for a fleet, and no time zone file behind seccomp. */
	if (wall_s <= 0 || !gmtime_r(&at, &parts) ||
	    !strftime(text, 32, "%Y-%m-%d %H:%M:%SZ", &parts))
		strcpy(text, "-");
}
