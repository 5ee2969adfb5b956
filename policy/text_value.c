// SPDX-License-Identifier: MIT
// Reads the values that stand in a policy text: numbers, digests, types, times.
#include "text_value.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "names.h"
#include "text.h"

int ag_value_number(const char *word, unsigned long long max,
		       unsigned long long *ret_number)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*word))
		return -EINVAL;
	errno = 0;
	n = strtoull(word, &end, 10);
	if (errno || *end || n > max)
		return -EINVAL;
	*ret_number = n;
	return 0;
}

int ag_value_hex(const char **word, int digits, unsigned int *ret_value)
{
	unsigned int value = 0;

	for (int i = 0; i < digits; i++, (*word)++) {
		unsigned char c = **word;

		if (!isxdigit(c))
			return -EINVAL;
		value = value << 4 | (unsigned int)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	*ret_value = value;
	return 0;
}

int ag_value_field(const char *word, char *field, size_t size)
{
	size_t len = strlen(word);

	if (len >= size)
		return -EINVAL;
	memset(field, 0, size);
	memcpy(field, word, len);
	return 0;
}

bool ag_value_is_name(const char *word)
{
	for (const char *p = word; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return *word;
}

int ag_text_digest(const char *word, __u8 ret_digest[ATMGUARD_HASH_LEN])
{
	__u8 digest[ATMGUARD_HASH_LEN];
	unsigned int byte;

	if (strncmp(word, "sha256:", 7) != 0)
		return -EINVAL;
	word += 7;
	for (int i = 0; i < ATMGUARD_HASH_LEN; i++) {
		if (ag_value_hex(&word, 2, &byte))
			return -EINVAL;
		digest[i] = byte;
	}
	if (*word)
		return -EINVAL;
	memcpy(ret_digest, digest, sizeof(digest));
	return 0;
}

int ag_text_types(const char *word, __u8 *ret_types)
{
	char name[16];
	__u8 types = 0;

	for (;;) {
		size_t len = strcspn(word, "+");
		__u32 bit;

		if (len >= sizeof(name))
			return -EINVAL;
		memcpy(name, word, len);
		name[len] = 0;
		bit = ag_names_find(ag_names_types, name);
		if (!bit || bit == AG_TYPE_COMMAND)	/* not a type of files */
			return -EINVAL;
		types |= bit;
		if (!word[len])
			break;
		word += len + 1;
	}
	*ret_types = types;
	return 0;
}

int ag_value_time(const char *word, unsigned int second_of_day, __u64 *ret_time_s)
{
	struct tm tm = { 0 }, back;
	const char *end = NULL;
	time_t t;
	int day;

	if (strspn(word, "0123456789") == 4 && strspn(word, "0123456789-") == 10)
		end = strptime(word, "%Y-%m-%d", &tm);
	if (!end || end - word != 10)
		return -EINVAL;
	day = tm.tm_mday;
	if (*end) {
		end = strptime(end, "T%H:%M:%SZ", &tm);
		if (!end || *end)
			return -EINVAL;
		second_of_day = 0;
	}
	t = timegm(&tm);
	if (t <= 0 || !gmtime_r(&t, &back) || back.tm_mday != day)
		return -EINVAL;
	*ret_time_s = (__u64)t + second_of_day;
	return 0;
}
