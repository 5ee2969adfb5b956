/* SPDX-License-Identifier: MIT */
/* One-time passwords: their length, and the digit that finds mistyped ones. */
#ifndef AG_LIB_DAMM_H
#define AG_LIB_DAMM_H

#include <stdbool.h>
#include <stddef.h>

#define AG_OTP_LEN		9	/* eight random digits and the check digit */

/*
 * Damm's code (H. M. Damm, 2004) over a totally anti-symmetric quasigroup of
 * order 10: it catches every single wrong digit and every swap of neighbours.
 */

/* The check digit of the @len digits at @digits ('0'..'9'), as a character;
 * 0 if one of them is not a digit. */
char ag_damm_digit(const char *digits, size_t len);

/* Whether @text is one or more digits of which the last checks the others. */
bool ag_damm_is_valid(const char *text);

#endif
