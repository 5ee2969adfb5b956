/* SPDX-License-Identifier: MIT */
/* Reads the values that stand in a policy text: numbers, digests, types, times.
 * All return 0 or -EINVAL, and write only on success; ag_text_types() and
 * ag_text_digest(), which others need too, are in text.h. */
#ifndef AG_TEXT_VALUE_H
#define AG_TEXT_VALUE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Decimal digits and nothing else, at most @max. */
int ag_value_number(const char *word, unsigned long long max, unsigned long long *ret_number);

/* Exactly @digits hexadecimal digits; *word is moved behind them. */
int ag_value_hex(const char **word, int digits, unsigned int *ret_value);

/* Copies a word into a NUL-padded field; it must leave room for the NUL. */
int ag_value_field(const char *word, char *field, size_t size);

/* Printable ASCII without blanks, not empty. */
bool ag_value_is_name(const char *word);

/* A day ("2027-12-31"), then @second_of_day of it, or a second of one
 * ("2027-12-31T18:00:00Z"), UTC. */
int ag_value_time(const char *word, unsigned int second_of_day, __u64 *ret_time_s);

#endif
