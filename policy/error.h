/* SPDX-License-Identifier: MIT */
/* Why something went wrong, in words for a person. */
#ifndef AG_POLICY_ERROR_H
#define AG_POLICY_ERROR_H

struct ag_error {
	unsigned int line;	/* of the text, 0: no line of its own */
	char text[320];
};

/* Fills @error and returns -EINVAL. */
int ag_error_set(struct ag_error *error, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
