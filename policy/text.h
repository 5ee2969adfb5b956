/* SPDX-License-Identifier: MIT */
/* Reads and writes the text form of a policy: doc/POLICY.md describes it. */
#ifndef AG_POLICY_TEXT_H
#define AG_POLICY_TEXT_H

#include <stdio.h>

#include "model.h"
#include "words.h"

#define AG_TEXT_MAX	(512u << 20)	/* bytes: 1.5 million lines of 300 bytes fit */

/* Further statements a caller knows: 0, -ENOENT (not mine), or an error with
 * @error filled in. */
typedef int ag_text_extension(void *arg, unsigned int line, const struct ag_words *words,
			      struct ag_error *error);

/*
 * ag_text_parse - add what a text says to @model
 *
 * No I/O, any bytes.  Called for several texts, it reads them as one; statements
 * that may appear once are counted over all of them.  @extension may be NULL.
 *
 * Return: 0, -EINVAL (@ret_error says what to change in which line), -ENOMEM.
 */
int ag_text_parse(struct ag_model *model, const char *text, size_t len,
		  ag_text_extension *extension, void *arg, struct ag_error *ret_error);

/* Writes @model as a text that parses to the same model. */
void ag_text_write(FILE *out, const struct ag_model *model);

/* One entry's line. */
void ag_text_write_entry(FILE *out, const struct ag_model *model,
			 const struct ag_model_entry *entry);

/* Reads "program+library" into types.  Return: 0, -EINVAL. */
int ag_text_types(const char *word, __u8 *ret_types);

/* Reads the flags and the owner of an entry, from word @first on.
 * Return: 0, -EINVAL with @error, -ENOMEM. */
int ag_text_flags(struct ag_model *model, unsigned int line, const struct ag_words *words,
		  unsigned int first, struct ag_model_entry *ret_entry, struct ag_error *error);

/* Reads "sha256:", or "verity:" for a digest of fs-verity, and 64 hexadecimal
 * digits.  Return: 0, -EINVAL. */
int ag_text_digest(const char *word, __u8 ret_digest[ATMGUARD_HASH_LEN], bool *ret_verity);

/* Writes the word that the above reads. */
void ag_text_write_digest(FILE *out, const __u8 digest[ATMGUARD_HASH_LEN], bool verity);

/* Writes a time as the text form has it: a day, or a second of it. */
void ag_text_write_time(FILE *out, __u64 time_s, __u64 second_of_day);

#endif
