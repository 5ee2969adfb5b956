// SPDX-License-Identifier: MIT
// atmguardctl explain: prints the glossary, in the reader's language.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/common/json.h"
#include "agent/common/secret.h"
#include "ctl.h"
#include "explain.h"

struct printer {
	bool is_ja;
	json_t *list;	/* where all goes for a program, else NULL */
};

/* As setlocale(3) looks for the language of messages; without it, since there
 * may be no locales on an ATM. */
static bool is_japanese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return !strncmp(value, "ja", 2);
	}
	return false;
}

static void print(const struct ag_explain *e, void *arg)
{
	const struct printer *printer = arg;

	if (printer->is_ja)
		printf("%s (%s%s%s): %s\n    %s\n", e->word.en, e->kind.ja, e->word.ja ? "、" : "",
		       e->word.ja ? e->word.ja : "", e->meaning.ja, e->advice.ja);
	else
		printf("%s (%s): %s\n    %s\n", e->word.en, e->kind.en, e->meaning.en, e->advice.en);
}

static void collect(const struct ag_explain *e, void *arg)
{
	struct printer *printer = arg;

	json_array_append_new(printer->list, json_pack(
		"{ss ss ss ss ss* ss ss}", "kind", e->kind.en, "word", e->word.en,
		"meaning", e->meaning.en, "advice", e->advice.en,
		"word_ja", e->word.ja, "meaning_ja", e->meaning.ja, "advice_ja", e->advice.ja));
}

static int print_json(struct printer *printer)
{
	char *text = ag_json_dump(printer->list);

	if (!text)
		return AG_CTL_FAILED;
	puts(text);
	ag_secret_free(text);
	return AG_CTL_OK;
}

int ag_ctl_explain(const struct ag_ctl *ctl)
{
	struct printer printer = { is_japanese(), ctl->is_json ? json_array() : NULL };
	ag_explain_use *use = ctl->is_json ? collect : print;
	const char *unknown = NULL;

	if (ctl->nr_arguments)
		unknown = ag_explain(ctl->nr_arguments, ctl->arguments, use, &printer);
	else
		ag_explain_all(use, &printer);
	if (ctl->is_json && print_json(&printer))
		return AG_CTL_FAILED;
	if (!unknown)
		return AG_CTL_OK;
	fprintf(stderr, "atmguardctl: nothing is known about %s\n", unknown);
	return AG_CTL_FAILED;
}
