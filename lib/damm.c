// SPDX-License-Identifier: MIT
// Damm check digits: a mistyped password is noticed before it costs a try.
#include "damm.h"

#include <string.h>

static const char table[10][10] = {
	{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 },
	{ 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
	{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 },
	{ 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
	{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 },
	{ 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
	{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 },
	{ 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
	{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 },
	{ 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
};

char ag_damm_digit(const char *digits, size_t len)
{
	unsigned int interim = 0;

	for (size_t i = 0; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return 0;
		interim = (unsigned char)table[interim][digits[i] - '0'];
	}
	return '0' + interim;
}

bool ag_damm_is_valid(const char *text)
{
	size_t len = strlen(text);

	/* The check digit is the interim digit of the others, and table[i][i] is 0. */
	return len > 1 && ag_damm_digit(text, len) == '0';
}
