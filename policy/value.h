/* SPDX-License-Identifier: MIT */
/* Reads the values in a line of a policy text; each takes a whole word or refuses it. */
#ifndef AG_POLICY_VALUE_H
#define AG_POLICY_VALUE_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stddef.h>

/* What these return: 0, -EINVAL (and *ret_x is as it was). */

/* A decimal number without sign, at most @max. */
int ag_value_number(const char *word, unsigned long long max, unsigned long long *ret_number);

/* Exactly @digits hexadecimal digits; moves @word behind them. */
int ag_value_hex(const char **word, int digits, unsigned int *ret_value);

/* Copies a word into a NUL-padded field; it must leave room for the NUL. */
int ag_value_field(const char *word, char *field, size_t size);

/* Printable ASCII without blanks, at least one character. */
bool ag_value_is_name(const char *word);

/* A day ("2027-12-31") at its @second_of_day, or a second ("2027-12-31T18:00:00Z"), UTC. */
int ag_value_time(const char *word, unsigned int second_of_day, __u64 *ret_time_s);

/* "01234567-89ab-cdef-0123-456789abcdef", not the nil UUID. */
int ag_value_uuid(const char *word, __u8 ret_uuid[ATMGUARD_UUID_LEN]);

#endif
