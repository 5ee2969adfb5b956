/* SPDX-License-Identifier: MIT */
/* What the readers of a policy text's statements share; text.h is for everybody else. */
#ifndef AG_POLICY_TEXT_READER_H
#define AG_POLICY_TEXT_READER_H

#include "model.h"
#include "words.h"

/* One line being read into the model. */
struct ag_text_reader {
	struct ag_model *model;
	const struct ag_words *words;
	unsigned int line;
	struct ag_error *error;
};

/* Says what to change in this line; -EINVAL. */
#define AG_FAIL(r, ...) ag_error_set((r)->error, (r)->line, __VA_ARGS__)

/* usb NAME VENDOR:PRODUCT ...; 0 or -EINVAL */
int ag_text_usb(struct ag_text_reader *r);

#endif
