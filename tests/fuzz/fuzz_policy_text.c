// SPDX-License-Identifier: MIT
// Any bytes as a policy text and as rules; what is taken must survive writing and reading.
#include <stdint.h>
#include <stdlib.h>

#include "policy/compile.h"
#include "policy/rules.h"
#include "policy/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const __u8 no_digest[ATMGUARD_HASH_LEN];

static void parse(struct ag_model *m, const char *text, size_t len, int want)
{
	struct ag_error error;

	ag_model_init(m);
	if (ag_text_parse(m, text, len, NULL, NULL, &error) && want == 0)
		abort();
}

/* Writes @m, reads it back, and compares what both compile to. */
static void check_round_trip(struct ag_model *m, struct ag_model *again)
{
	void *a = NULL, *b = NULL;
	struct ag_error error;
	size_t len_a = 0, len_b = 0, len;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);

	ag_text_write(out, m);
	fclose(out);
	parse(again, text, len, 0);
	if (ag_compile(m, no_digest, &a, &len_a, &error) != ag_compile(again, no_digest, &b, &len_b, &error))
		abort();
	if (len_a != len_b || (a && memcmp(a, b, len_a) != 0))
		abort();
	ag_model_exit(again);
	free(text);
	free(a);
	free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ag_model m, again;
	struct ag_error error;
	struct ag_rules rules;

	ag_model_init(&m);
	if (ag_text_parse(&m, (const char *)data, len, NULL, NULL, &error) == 0)
		check_round_trip(&m, &again);
	ag_model_exit(&m);
	ag_rules_init(&rules, &m);
	if (ag_rules_parse(&rules, (const char *)data, len, &error) == 0)
		ag_rules_skip(&rules, "/usr/bin/dash");
	ag_rules_free(&rules);
	ag_model_exit(&m);
	return 0;
}
