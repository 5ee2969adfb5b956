// SPDX-License-Identifier: MIT
// Hexadecimal and base64; only one text is taken for the same bytes.
#include "hex.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

void ag_hex_encode(const void *data, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++) {
		*text++ = digits[p[i] >> 4];
		*text++ = digits[p[i] & 15];
	}
	*text = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int ag_hex_decode(const char *text, void *data, size_t len)
{
	unsigned char *p = data;

	if (strlen(text) != 2 * len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		p[i] = high << 4 | low;
	}
	return 0;
}

size_t ag_base64_encode(const void *data, size_t len, char *text)
{
	text[0] = '\0';		/* EVP_EncodeBlock() writes nothing for no bytes */
	return len > INT_MAX / 2 ? 0 : EVP_EncodeBlock((unsigned char *)text, data, len);
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four characters, of which the last @pad are '='. */
static int decode_group(const char *text, size_t pad, unsigned char out[3])
{
	unsigned int bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int v = i < 4 - pad ? sextet(text[i]) : 0;

		if (v < 0)
			return -EINVAL;
		bits = bits << 6 | v;
	}
	out[0] = bits >> 16;
	out[1] = bits >> 8;
	out[2] = bits;
	/* Unused bits that are not zero would give the same bytes a second text. */
	return pad && bits & (pad == 1 ? 0xff : 0xffff) ? -EINVAL : 0;
}

int ag_base64_decode(const char *text, size_t text_len, void *data, size_t max, size_t *ret_len)
{
	unsigned char *p = data, group[3];
	size_t pad = 0, len;

	if (text_len % 4)
		return -EINVAL;
	while (pad < 2 && pad < text_len && text[text_len - 1 - pad] == '=')
		pad++;
	len = text_len / 4 * 3 - pad;
	if (len > max)
		return -EMSGSIZE;
	for (size_t i = 0; i < text_len; i += 4) {
		size_t here = i + 4 == text_len ? pad : 0;

		if (decode_group(text + i, here, group))
			return -EINVAL;
		memcpy(p, group, 3 - here);
		p += 3 - here;
	}
	*ret_len = len;
	return 0;
}
