// SPDX-License-Identifier: MIT
// The one vocabulary: every number has a name and a text, and every error is explained where it can stand.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <atmguard/object.h>

#include "agent/common/local.h"
#include "agent/ctl/explain.h"
#include "core/check.h"
#include "harness.h"
#include "lib/names.h"

#define NR_BITS(mask) ((unsigned int)__builtin_popcount(mask))

/* How many rows each kind must have, as the headers count them. */
static const struct {
	const char *sentence;
	enum ag_names_kind kind;
	unsigned int first, nr;
} kinds[] = {
	{ "every state is named and explained", AG_NAMES_STATE, 0, ATMGUARD_NR_STATES },
	{ "every scope is named and explained", AG_NAMES_SCOPE, 0, NR_BITS(ATMGUARD_SCOPES_ALL) },
	{ "every flag of the status is named and explained", AG_NAMES_STATUS, 0, 4 },
	{ "every event is named and explained", AG_NAMES_EVENT, 1, ATMGUARD_NR_EVENTS - 1 },
	{ "every hook is named and explained", AG_NAMES_HOOK, 0, ATMGUARD_NR_HOOKS },
	{ "every reason of a relock is named and explained", AG_NAMES_RELOCK, 1, 2 },
	{ "every purpose is named and explained", AG_NAMES_PURPOSE, AG_POLICY, AG_RECEIPT },
	{ "every type is named and explained", AG_NAMES_TYPE, 0, NR_BITS(AG_TYPES_ALL) },
	{ "every kind of digest is named and explained", AG_NAMES_DIGEST, 7, 1 },
	{ "every flag is named and explained", AG_NAMES_FLAG, 0, NR_BITS(AG_FLAGS_ALL) },
};

struct found {
	const char *kind;	/* look for this one only, NULL: any */
	unsigned int nr;
	char meaning[320];
	char where[AG_NAMES_LIST_SIZE];
};

static bool is_said(const struct ag_names_text *text)
{
	return text->en && *text->en && text->ja && *text->ja &&
	       ag_text_is_clean(text->en, strlen(text->en)) && ag_text_is_clean(text->ja, strlen(text->ja));
}

static void find(const struct ag_explain *e, void *arg)
{
	struct found *found = arg;

	ck_assert_msg(is_said(&e->kind) && is_said(&e->meaning) && is_said(&e->advice), "%s", e->word.en);
	if (found->kind && strcmp(e->kind.en, found->kind))
		return;
	found->nr++;
	snprintf(found->meaning, sizeof(found->meaning), "%s", e->meaning.en);
	snprintf(found->where, sizeof(found->where), "%s", e->kind.en);
}

static struct found explain(const char *kind, int nr_words, const char *const *words)
{
	struct found found = { .kind = kind };

	ag_explain(nr_words, (char *const *)words, find, &found);
	return found;
}

START_TEST(rows)
{
	enum ag_names_kind kind = kinds[_i].kind;
	const char *title = ag_names_title(kind)->en;
	unsigned int nr = 0;

	for (const struct ag_name *name = ag_names_rows(kind); name->word.en; name++, nr++) {
		ck_assert_uint_eq(name->number, kinds[_i].first + nr);
		ck_assert(is_said(&name->word) && is_said(&name->meaning) && is_said(&name->advice));
		/* A name stands in lists, policies and lines of a log. */
		ck_assert_uint_eq(strcspn(name->word.en, " ,+\""), strlen(name->word.en));
		ck_assert_ptr_eq(ag_names_find(kind, name->word.en), name);
		ck_assert_ptr_eq(ag_names_get(kind, name->number), name);
		ck_assert_int_eq(ag_names_number(kind, name->word.en), (int)name->number);
		ck_assert_uint_eq(explain(title, 1, &name->word.en).nr, 1);
	}
	ck_assert_uint_eq(nr, kinds[_i].nr);
}
END_TEST

START_TEST(unknown)
{
	enum ag_names_kind kind = kinds[_i].kind;
	const char *title = ag_names_title(kind)->en;
	char word[40];
	const char *words[] = { word };

	snprintf(word, sizeof(word), "%s 99", title);
	ck_assert_ptr_null(ag_names_get(kind, 99));
	ck_assert_str_eq(ag_names_word(kind, 99).text, word);
	ck_assert_int_eq(ag_names_number(kind, word), 99);
	ck_assert_uint_eq(ag_names_bit(kind, word), 0);
	ck_assert_uint_eq(explain(title, 1, words).nr, 1);
	/* A number that has a name has no other word. */
	snprintf(word, sizeof(word), "%s %u", title, kinds[_i].first);
	ck_assert_int_eq(ag_names_number(kind, word), -ENOENT);
}
END_TEST

START_TEST(lists)
{
	char buf[AG_NAMES_LIST_SIZE];

	ck_assert_str_eq(ag_names_list(AG_NAMES_SCOPE, 0, ",", buf, sizeof(buf)), "");
	ck_assert_str_eq(ag_names_list(AG_NAMES_SCOPE, 3, ",", buf, sizeof(buf)), "tools,storage-read");
	ck_assert_str_eq(ag_names_list(AG_NAMES_FLAG, 1u << 4 | 1u << 20, " ", buf, sizeof(buf)),
			 "inline flag 20");
	ck_assert_str_eq(ag_names_list(AG_NAMES_SCOPE, 3, ",", buf, 18), "tools");
	/* Longest: no bit is known. */
	ag_names_list(AG_NAMES_PURPOSE, 0xffffffff, ", ", buf, sizeof(buf));
	ck_assert_ptr_nonnull(strstr(buf, "purpose 31"));
}
END_TEST

/* ---- errors ---- */

/* What the hooks that judge a file by its content can say, by kmod/judge and below. */
static const int content_errors[] = { EPERM, ETXTBSY, ENOEXEC, EFBIG, EACCES, EBUSY, EINTR, ENOMEM };
static const int mount_errors[] = { EPERM, EROFS, EXDEV, EEXIST, ENOSPC };
static const int write_errors[] = { EPERM, ETXTBSY };
static const int other_errors[] = { EPERM };

#define ERRORS(list) list, sizeof(list) / sizeof(list[0])
static const struct {
	unsigned int hook;
	const int *errors;
	size_t nr;
	bool has_any;		/* the file system's own errors as well */
	bool has_exdev;
} at_hooks[] = {
	{ ATMGUARD_HOOK_EXEC, ERRORS(content_errors), true, true },
	{ ATMGUARD_HOOK_MMAP, ERRORS(content_errors), true, false },
	{ ATMGUARD_HOOK_MPROTECT, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_ANON, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_INTERP, ERRORS(content_errors), true, true },
	{ ATMGUARD_HOOK_WRITE, ERRORS(write_errors), false, false },
	{ ATMGUARD_HOOK_REPLACE, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_BLOCK, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_MOUNT, ERRORS(mount_errors), false, true },
	{ ATMGUARD_HOOK_NODE, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_BPF, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_PTRACE, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_MODULE, ERRORS(content_errors), true, false },
	{ ATMGUARD_HOOK_KERNEL, ERRORS(content_errors), true, false },
	{ ATMGUARD_HOOK_LOCKDOWN, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_PERSONA, ERRORS(other_errors), false, false },
	{ ATMGUARD_HOOK_CONTROL, ERRORS(other_errors), false, false },
};
_Static_assert(sizeof(at_hooks) / sizeof(at_hooks[0]) == ATMGUARD_NR_HOOKS - 1, "every hook has a row");

/* As in a line of the log: "DENY exec EXDEV". */
static struct found explain_denial(unsigned int hook, int error)
{
	struct ag_names_word hook_word = ag_names_word(AG_NAMES_HOOK, hook), word = ag_names_errno(error);
	const char *words[] = { "DENY", hook_word.text, word.text };
	char kind[40];

	snprintf(kind, sizeof(kind), "DENY %s", hook_word.text);
	return explain(kind, 3, words);
}

START_TEST(denials)
{
	unsigned int hook = at_hooks[_i].hook;

	ck_assert_uint_eq(hook, (unsigned int)_i + 1);
	for (size_t i = 0; i < at_hooks[_i].nr; i++)
		ck_assert_uint_eq(explain_denial(hook, at_hooks[_i].errors[i]).nr, 1);
	ck_assert_uint_eq(explain_denial(hook, EIO).nr, at_hooks[_i].has_any);
	ck_assert(at_hooks[_i].has_any || explain_denial(hook, EXDEV).nr == at_hooks[_i].has_exdev);
}
END_TEST

static const struct {
	const char *sentence;
	const char *words[3];
	const char *where, *says;
} meanings[] = {
	{ "EXDEV of a started program is about its root directory", { "DENY", "exec", "EXDEV" },
	  "DENY exec", "chroot" },
	{ "EXDEV of what an interpreter reads is about its name", { "DENY", "interp", "EXDEV" },
	  "DENY interp", "by a name or in a place" },
	{ "EXDEV of a mount is about the place", { "DENY", "mount", "EXDEV" }, "DENY mount", "The place is kept" },
	{ "EXDEV of a signed object is about the addressee", { "REFUSED", "grant", "EXDEV" },
	  "REFUSED", "Addressed to another ATM" },
	{ "a hook without its event is a denial's", { "mmap", "ETXTBSY", NULL }, "DENY mmap", "open for writing" },
	{ "ETXTBSY of a write is about a file in use", { "DENY", "write", "ETXTBSY" },
	  "DENY write", "nobody changes it in place" },
	{ "EACCES of a USB device is about a scope", { "USB", "EACCES", NULL }, "USB", "scopes" },
	{ "EPERM of a USB device is about its identity", { "USB", "EPERM", NULL }, "USB", "No usb line" },
	{ "EPERM of a grant is about a tampered machine", { "REFUSED", "EPERM", NULL }, "REFUSED", "tampered" },
	{ "EROFS is about the scope of a medium", { "DENY", "mount", "EROFS" }, "DENY mount", "storage-read" },
	{ "ENOEXEC is about what the file asks for", { "DENY", "exec", "ENOEXEC" }, "DENY exec", "executable memory" },
	{ "EFBIG is about fs-verity", { "DENY", "exec", "EFBIG" }, "DENY exec", "fs-verity" },
	{ "any other error of a file is the file system's", { "DENY", "exec", "EUCLEAN" },
	  "DENY exec", "file system's own" },
	{ "ENOLINK is the seal's", { "ENOLINK", NULL, NULL }, "request", "a hook that must be held" },
};

START_TEST(meaning)
{
	int nr = 0;
	struct found found;

	while (nr < 3 && meanings[_i].words[nr])
		nr++;
	found = explain(meanings[_i].where, nr, meanings[_i].words);
	ck_assert_uint_eq(found.nr, 1);
	ck_assert_ptr_nonnull(strstr(found.meaning, meanings[_i].says));
}
END_TEST

START_TEST(refusals)
{
	static const int errors[] = { EMSGSIZE, EBADMSG, ENOKEY, EKEYREJECTED, EPROTO, EXDEV, ESTALE, EBUSY,
				      EPERM, EFAULT, ENOMEM };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct ag_names_word word = ag_names_errno(errors[i]);
		const char *words[] = { "REFUSED", word.text };

		ck_assert_uint_eq(explain("REFUSED", 2, words).nr, 1);
	}
}
END_TEST

/* An error alone is explained wherever it can stand. */
START_TEST(alone)
{
	const char *words[] = { "exdev" }, *unheard[] = { "EUCLEAN" }, *nonsense[] = { "xyzzy" };
	struct found found = { 0 };

	ck_assert_uint_eq(explain(NULL, 1, words).nr, 5);
	ck_assert_uint_eq(explain(NULL, 1, unheard).nr, 1);
	ck_assert_str_eq(ag_explain(1, (char *const *)nonsense, find, &found), "xyzzy");
	ck_assert_uint_eq(found.nr, 0);
}
END_TEST

/* No row is hidden by one before it. */
START_TEST(reachable)
{
	for (const struct ag_names_error *row = ag_names_errors; row->meaning.en; row++) {
		bool is_found = false;

		for (unsigned int hook = 0; hook < ATMGUARD_NR_HOOKS && !is_found; hook++)
			is_found = ag_names_error(row->event, hook, row->number ? row->number : EIO) == row;
		ck_assert_msg(is_found, "%s", row->meaning.en);
		ck_assert(is_said(&row->meaning) && is_said(&row->advice));
	}
}
END_TEST

START_TEST(answers)
{
	const char *ng = "ng";

	for (int reason = 0; reason < AG_NR_REASONS; reason++) {
		const char *word = ag_local_reason_name((enum ag_reason)reason);

		ck_assert_uint_eq(explain("answer", 1, &word).nr, 1);
	}
	ck_assert_uint_eq(explain("answer", 1, &ng).nr, 1);
}
END_TEST

START_TEST(errno_words)
{
	ck_assert_str_eq(ag_names_errno(-ENOKEY).text, "ENOKEY");
	ck_assert_str_eq(ag_names_errno(ENOKEY).text, "ENOKEY");
	ck_assert_str_eq(ag_names_errno(0).text, "0");
	ck_assert_str_eq(ag_names_errno(-4000).text, "E4000");
}
END_TEST

/* A sentence of its own for a name; libcheck keeps the pointer. */
static const char *sentence_of(const char *begin, const char *name)
{
	static char sentences[64][96];
	static size_t nr;
	char *sentence = sentences[nr++ % 64];

	snprintf(sentence, sizeof(sentences[0]), "%s%s", begin, name);
	return sentence;
}

int main(void)
{
	Suite *suite = suite_create("names");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		harness_add_row(suite, kinds[i].sentence, rows, (int)i);
		harness_add_row(suite, sentence_of("an unknown number is shown with its kind: ",
						   ag_names_title(kinds[i].kind)->en), unknown, (int)i);
	}
	harness_add(suite, "a mask is a list of all its bits, cut at a whole word", lists);
	for (size_t i = 0; i < sizeof(at_hooks) / sizeof(at_hooks[0]); i++)
		harness_add_row(suite, sentence_of("each error that it can record is explained, no other: hook ",
						   ag_names_word(AG_NAMES_HOOK, at_hooks[i].hook).text),
				denials, (int)i);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		harness_add_row(suite, meanings[i].sentence, meaning, (int)i);
	harness_add(suite, "each error of a signed object is explained", refusals);
	harness_add(suite, "an error alone is explained wherever it can stand", alone);
	harness_add(suite, "every row of the errors is reached", reachable);
	harness_add(suite, "each answer of the agent is explained", answers);
	harness_add(suite, "errors have names, and numbers where the system has none", errno_words);
	return harness_run(suite, "check_names");
}
