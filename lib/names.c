// SPDX-License-Identifier: MIT
// Makes words of include/atmguard/names.def and errors.def.
#include "names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/atmguard.h>

#define ROW(symbol, number, word_en, word_ja, meaning_en, advice_en, meaning_ja, advice_ja) \
	{ number, { word_en, word_ja }, { meaning_en, meaning_ja }, { advice_en, advice_ja } },
#define END { 0, { NULL, NULL }, { NULL, NULL }, { NULL, NULL } }

#define AG_STATE ROW
static const struct ag_name states[] = {
#include <atmguard/names.def>
	END
};

#define AG_SCOPE ROW
static const struct ag_name scopes[] = {
#include <atmguard/names.def>
	END
};

#define AG_STATUS ROW
static const struct ag_name status[] = {
#include <atmguard/names.def>
	END
};

#define AG_EVENT ROW
static const struct ag_name events[] = {
#include <atmguard/names.def>
	END
};

#define AG_HOOK ROW
static const struct ag_name hooks[] = {
#include <atmguard/names.def>
	END
};

#define AG_RELOCK ROW
static const struct ag_name relocks[] = {
#include <atmguard/names.def>
	END
};

#define AG_PURPOSE ROW
static const struct ag_name purposes[] = {
#include <atmguard/names.def>
	END
};

#define AG_TYPE ROW
static const struct ag_name types[] = {
#include <atmguard/names.def>
	END
};

#define AG_DIGEST ROW
static const struct ag_name digests[] = {
#include <atmguard/names.def>
	END
};

#define AG_FLAG ROW
static const struct ag_name flags[] = {
#include <atmguard/names.def>
	END
};

static const struct {
	struct ag_names_text title;
	const struct ag_name *rows;
} kinds[AG_NR_NAMES_KINDS] = {
	[AG_NAMES_STATE] = { { "state", "状態" }, states },
	[AG_NAMES_SCOPE] = { { "scope", "スコープ" }, scopes },
	[AG_NAMES_STATUS] = { { "status", "状態フラグ" }, status },
	[AG_NAMES_EVENT] = { { "event", "事象" }, events },
	[AG_NAMES_HOOK] = { { "hook", "フック" }, hooks },
	[AG_NAMES_RELOCK] = { { "relock", "施錠理由" }, relocks },
	[AG_NAMES_PURPOSE] = { { "purpose", "用途" }, purposes },
	[AG_NAMES_TYPE] = { { "type", "種類" }, types },
	[AG_NAMES_DIGEST] = { { "digest", "ダイジェスト" }, digests },
	[AG_NAMES_FLAG] = { { "flag", "フラグ" }, flags },
};

const struct ag_name *ag_names_rows(enum ag_names_kind kind)
{
	return kinds[kind].rows;
}

const struct ag_names_text *ag_names_title(enum ag_names_kind kind)
{
	return &kinds[kind].title;
}

const struct ag_name *ag_names_get(enum ag_names_kind kind, unsigned int number)
{
	for (const struct ag_name *name = kinds[kind].rows; name->word.en; name++)
		if (name->number == number)
			return name;
	return NULL;
}

const struct ag_name *ag_names_find(enum ag_names_kind kind, const char *word)
{
	for (const struct ag_name *name = kinds[kind].rows; name->word.en; name++)
		if (!strcmp(name->word.en, word))
			return name;
	return NULL;
}

struct ag_names_word ag_names_word(enum ag_names_kind kind, unsigned int number)
{
	const struct ag_name *name = ag_names_get(kind, number);
	struct ag_names_word word;

	if (name)
		snprintf(word.text, sizeof(word.text), "%s", name->word.en);
	else
		snprintf(word.text, sizeof(word.text), "%s %u", kinds[kind].title.en, number);
	return word;
}

int ag_names_number(enum ag_names_kind kind, const char *word)
{
	const struct ag_name *name = ag_names_find(kind, word);
	const char *title = kinds[kind].title.en;
	size_t len = strlen(title);
	unsigned int number;

	if (name)
		return (int)name->number;
	if (strncmp(word, title, len) || word[len] != ' ')
		return -ENOENT;
	/* The one way it is written, so that no number has two words. */
	number = (unsigned int)strtoul(word + len + 1, NULL, 10);
	return number <= 0xffff && !strcmp(ag_names_word(kind, number).text, word) ? (int)number : -ENOENT;
}

__u32 ag_names_bit(enum ag_names_kind kind, const char *word)
{
	const struct ag_name *name = ag_names_find(kind, word);

	return name ? 1u << name->number : 0;
}

char *ag_names_list(enum ag_names_kind kind, __u32 mask, const char *between, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int bit = 0; bit < 32; bit++) {
		struct ag_names_word word;

		if (!(mask & (1u << bit)))
			continue;
		word = ag_names_word(kind, bit);
		if (used + (used ? strlen(between) : 0) + strlen(word.text) >= size)
			break;
		used += (size_t)sprintf(buf + used, "%s%s", used ? between : "", word.text);
	}
	return buf;
}

/* ---- errors ---- */

#define AG_AT(hook)		(1u << ATMGUARD_HOOK_##hook)
#define AG_AT_CONTENT		(AG_AT(EXEC) | AG_AT(MMAP) | AG_AT(INTERP) | AG_AT(MODULE) | AG_AT(KERNEL))
#define AG_AT_ANY		((1u << ATMGUARD_NR_HOOKS) - 1 - AG_AT(NONE))

#define AG_ERROR(event, hooks, number, meaning_en, advice_en, meaning_ja, advice_ja) \
	{ ATMGUARD_EV_##event, hooks, number, { meaning_en, meaning_ja }, { advice_en, advice_ja } },
#define AG_REQUEST_ERROR(number, meaning_en, advice_en, meaning_ja, advice_ja) \
	{ 0, 0, number, { meaning_en, meaning_ja }, { advice_en, advice_ja } },
const struct ag_names_error ag_names_errors[] = {
#include <atmguard/errors.def>
	{ 0, 0, 0, { NULL, NULL }, { NULL, NULL } }
};

static bool is_at(const struct ag_names_error *row, unsigned int event, unsigned int hook)
{
	if (row->event != event)
		return false;
	return event != ATMGUARD_EV_DENY || (hook < 32 && (row->hooks & (1u << hook)));
}

const struct ag_names_error *ag_names_error(unsigned int event, unsigned int hook, int error)
{
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++)
		if (is_at(row, event, hook) && (!row->number || row->number == abs(error)))
			return row;
	return NULL;
}

struct ag_names_word ag_names_errno(int error)
{
	const char *name = strerrorname_np(abs(error));
	struct ag_names_word word;

	if (!error)
		name = "0";
	if (name)
		snprintf(word.text, sizeof(word.text), "%s", name);
	else
		snprintf(word.text, sizeof(word.text), "E%d", abs(error));
	return word;
}
