/* SPDX-License-Identifier: MIT */
/* Hexadecimal and base64 text, as the protocols write binary values. */
#ifndef AG_LIB_HEX_H
#define AG_LIB_HEX_H

#include <stddef.h>

/* Writes 2 * @len lower-case digits and a NUL to @text. */
void ag_hex_encode(const void *data, size_t len, char *text);

/*
 * ag_hex_decode - exactly @len bytes from exactly 2 * @len lower-case digits
 *
 * Return: 0, -EINVAL (other length or another character); @data is then
 * unspecified.
 */
int ag_hex_decode(const char *text, void *data, size_t len);

/* Size of the text that ag_base64_encode() makes of @len bytes, with its NUL. */
#define AG_BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/* RFC 4648 section 4, padded, no line breaks; @text has room for
 * AG_BASE64_SIZE(@len).  Return: the length of the text. */
size_t ag_base64_encode(const void *data, size_t len, char *text);

/*
 * ag_base64_decode - the @text_len characters at @text, into at most @max bytes
 *
 * Only the canonical form is taken: padded, nothing between, and the unused
 * bits of the last character zero.
 *
 * Return: 0, -EINVAL (not that form), -EMSGSIZE (more than @max bytes).
 */
int ag_base64_decode(const char *text, size_t text_len, void *data, size_t max, size_t *ret_len);

#endif
