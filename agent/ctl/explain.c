// SPDX-License-Identifier: MIT
// The glossary behind `atmguardctl explain`: the rows of lib/names, and the agent's own answers.
#include "explain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/atmguard.h>

/* Linux numbers its errors below this: MAX_ERRNO in include/linux/err.h. */
#define ERRNO_MAX 4095

/* ---- answers of the agent ---- */

static const struct ag_names_text answer = { "answer", "応答" };

static const struct {
	const char *word;
	struct ag_names_text meaning, advice;
} answers[] = {
	{ "ng", { "The center judged the values and said no; it does not say which is wrong.",
		  "センターが照合し、一致しませんでした。どの値が違うかは示されません。" },
	  { "Enter them again; after a few tries the job is blocked: call the center.",
	    "入力し直してください。数回で作業が停止します。センターへ電話してください。" } },
	{ "center-unreachable", { "No connection to the center, or it does not know this machine.",
				  "センターに接続できない、またはこの機械が登録されていません。" },
	  { "Check the line and /etc/atmguard/agent.conf; the agent's log names the error.",
	    "回線と /etc/atmguard/agent.conf を確認してください。エージェントのログに原因があります。" } },
	{ "center-garbled", { "Something answered, but not as the center does.",
			      "応答がありましたが、センターのものではありません。" },
	  { "Look for a proxy or another server at the center's address.",
	    "センターのアドレスに、プロキシや別のサーバーがないか確認してください。" } },
	{ "grant-refused", { "The kernel did not take the center's grant; the detail says why.",
			     "センターの許可証をカーネルが拒否しました。detail に理由があります。" },
	  { "atmguardctl explain REFUSED DETAIL; the audit log has a REFUSED record.",
	    "atmguardctl explain REFUSED と detail の語を入力してください。監査ログに REFUSED の記録があります。" } },
	{ "state", { "Not possible in the present state.", "現在の状態ではできません。" },
	  { "atmguardctl status shows the state.", "atmguardctl status で状態を確認してください。" } },
	{ "request", { "The request was not understood, or the check digit is wrong.",
		       "要求が正しくない、または検査数字が違います。" },
	  { "Type the password again; nothing was sent to the center.",
	    "パスワードを入力し直してください。センターには送られていません。" } },
	{ "busy", { "Another unlock is under way.", "別の照合が進行中です。" },
	  { "Wait for it to end; a minute at most.", "終わるまでお待ちください(最大1分)。" } },
	{ "kernel", { "The kernel module did not answer as expected.", "カーネルモジュールの応答が異常です。" },
	  { "Look into the kernel's log (dmesg) for atmguard.",
	    "カーネルのログ(dmesg)で atmguard を確認してください。" } },
};

/* @word NULL: all. */
static unsigned int explain_answers(const char *word, ag_explain_use *use, void *arg)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (word && strcasecmp(answers[i].word, word))
			continue;
		use(&(struct ag_explain){ answer, { answers[i].word, NULL }, answers[i].meaning,
					  answers[i].advice }, arg);
		nr++;
	}
	return nr;
}

/* ---- names ---- */

static unsigned int explain_names(const char *word, ag_explain_use *use, void *arg)
{
	unsigned int nr = 0;

	for (int kind = 0; kind < AG_NR_NAMES_KINDS; kind++) {
		const struct ag_name *name = ag_names_rows((enum ag_names_kind)kind);

		for (; name->word.en; name++) {
			if (word && strcasecmp(name->word.en, word))
				continue;
			use(&(struct ag_explain){ *ag_names_title((enum ag_names_kind)kind), name->word,
						  name->meaning, name->advice }, arg);
			nr++;
		}
	}
	return nr;
}

/* "hook 99". */
static unsigned int explain_number(const char *word, ag_explain_use *use, void *arg)
{
	for (int kind = 0; kind < AG_NR_NAMES_KINDS; kind++) {
		if (ag_names_number((enum ag_names_kind)kind, word) < 0)
			continue;
		use(&(struct ag_explain){
			*ag_names_title((enum ag_names_kind)kind), { word, NULL },
			{ "A number that this program does not know.", "このプログラムが知らない番号です。" },
			{ "Kernel module and programs come from different releases.",
			  "カーネルモジュールとプログラムの版が違います。" } }, arg);
		return 1;
	}
	return 0;
}

/* ---- errors ---- */

/* Where the words place an error; 0: anywhere. */
struct place {
	unsigned int event, hook;
};

static int find_errno(const char *word)
{
	for (int error = 1; error <= ERRNO_MAX; error++)
		if (!strcasecmp(ag_names_errno(error).text, word))
			return error;
	return 0;
}

static void explain_error(const struct ag_names_error *row, const char *word, unsigned int hook,
			  ag_explain_use *use, void *arg)
{
	char en[AG_NAMES_LIST_SIZE + 40], list[AG_NAMES_LIST_SIZE];
	struct ag_names_word event = ag_names_word(AG_NAMES_EVENT, row->event);

	ag_names_list(AG_NAMES_HOOK, hook ? 1u << hook : row->hooks, ",", list, sizeof(list));
	snprintf(en, sizeof(en), "%s%s%s", row->event ? event.text : "request", list[0] ? " " : "", list);
	use(&(struct ag_explain){ { en, en }, { word, NULL }, row->meaning, row->advice }, arg);
}

/* The rows of one number, wherever they stand. */
static unsigned int explain_rows(int number, const char *word, ag_explain_use *use, void *arg)
{
	unsigned int nr = 0;

	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++) {
		if (row->number != number)
			continue;
		explain_error(row, word, 0, use, arg);
		nr++;
	}
	return nr;
}

static unsigned int explain_errors(int error, struct place at, ag_explain_use *use, void *arg)
{
	struct ag_names_word word = ag_names_errno(error);
	const struct ag_names_error *row;
	unsigned int nr;

	if (!at.event) {
		nr = explain_rows(error, word.text, use, arg);
		/* One without a row stands where any may. */
		return nr ? nr : explain_rows(0, word.text, use, arg);
	}
	row = ag_names_error(at.event, at.hook, error);
	if (row)
		explain_error(row, word.text, at.hook, use, arg);
	return row ? 1 : 0;
}

static struct place place_of(int nr_words, char *const *words)
{
	struct place at = { 0, 0 };

	for (int i = 0; i < nr_words; i++) {
		const struct ag_name *name = ag_names_rows(AG_NAMES_EVENT);

		/* As written: there is a hook called mount and an event called MOUNT. */
		for (; name->word.en; name++)
			if (!strcmp(name->word.en, words[i]))
				at.event = name->number;
		for (name = ag_names_rows(AG_NAMES_HOOK); name->word.en; name++)
			if (!strcmp(name->word.en, words[i]))
				at.hook = name->number;
	}
	if (at.hook && !at.event)
		at.event = ATMGUARD_EV_DENY;
	return at;
}

/* ---- all of them ---- */

const char *ag_explain(int nr_words, char *const *words, ag_explain_use *use, void *arg)
{
	struct place at = place_of(nr_words, words);
	const char *unknown = NULL;

	for (int i = 0; i < nr_words; i++) {
		int error = find_errno(words[i]);
		unsigned int nr = error ? explain_errors(error, at, use, arg) : 0;

		nr += explain_answers(words[i], use, arg) + explain_names(words[i], use, arg);
		if (!nr && !explain_number(words[i], use, arg) && !unknown)
			unknown = words[i];
	}
	return unknown;
}

void ag_explain_all(ag_explain_use *use, void *arg)
{
	explain_answers(NULL, use, arg);
	explain_names(NULL, use, arg);
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++)
		explain_error(row, row->number ? ag_names_errno(row->number).text : "*", 0, use, arg);
}
