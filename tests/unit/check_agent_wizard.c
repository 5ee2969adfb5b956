// SPDX-License-Identifier: MIT
// The technician's steps: the way through, every way back, and what is forgotten when.
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "agent/screen/keypad.h"
#include "agent/screen/wizard.h"
#include "agent/screen/phrases.h"
#include "harness.h"
#include "lib/names.h"

static struct ag_wizard wizard;
static uint64_t now_ms;

static void state(enum atmguard_state s)
{
	const struct ag_local_answer status = { .state = s, .atm = "1", .job = 17, .remaining_s = 60 };

	ag_wizard_status(&wizard, &status, now_ms);
}

static void start(void)
{
	now_ms = 1000000;
	ag_wizard_init(&wizard);
	state(ATMGUARD_LOCKED);
}

/* '0'-'9', 'E'nter, 'B'ackspace; returns the last action. */
static enum ag_action type(const char *keys)
{
	enum ag_action action = AG_ACTION_NONE;

	for (; *keys; keys++)
		action = ag_wizard_key(&wizard, *keys == 'E'   ? AG_KEY_ENTER
						: *keys == 'B' ? AG_KEY_BACK
							       : *keys - '0', now_ms);
	return action;
}

static void answer(enum ag_local_result result, enum ag_reason reason)
{
	const struct ag_local_answer a = { .result = result, .reason = reason, .job = 17,
				     .state = ATMGUARD_MAINTENANCE, .remaining_s = 60,
				     .detail = "why" };

	ag_wizard_answer(&wizard, &a, now_ms);
}

#define ENTRIES "123456786E100234E"

/* Keys from a locked start, and where they lead. */
static const struct {
	const char *sentence, *keys;
	enum ag_page page;
	enum ag_notice notice;
	const char *otp, *employee;
} ways[] = {
	{ "a machine that is locked asks for the password", "", AG_PAGE_PASSWORD, AG_NOTICE_NONE, "", "" },
	{ "a tenth digit is not taken", "1234567861", AG_PAGE_PASSWORD, AG_NOTICE_NONE, "123456786", "" },
	{ "eight digits are too few", "12345678E", AG_PAGE_PASSWORD, AG_NOTICE_SHORT, "12345678", "" },
	{ "a wrong digit is named as a slip and can be corrected", "123456785E", AG_PAGE_PASSWORD, AG_NOTICE_SLIP, "123456785", "" },
	{ "swapped digits are named as a slip", "213456786E", AG_PAGE_PASSWORD, AG_NOTICE_SLIP, "213456786", "" },
	{ "a corrected slip goes on", "123456785EB6E", AG_PAGE_EMPLOYEE, AG_NOTICE_NONE, "123456786", "" },
	{ "a right password asks for the employee number", "123456786E", AG_PAGE_EMPLOYEE, AG_NOTICE_NONE, "123456786", "" },
	{ "an empty employee number is too short", "123456786EE", AG_PAGE_EMPLOYEE, AG_NOTICE_SHORT, "123456786", "" },
	{ "a sixteenth digit of the employee number is not taken", "123456786E1234567890123456", AG_PAGE_EMPLOYEE, AG_NOTICE_NONE, "123456786", "123456789012345" },
	{ "backspace on an empty employee number goes back to the password", "123456786E1BB", AG_PAGE_PASSWORD, AG_NOTICE_NONE, "123456786", "" },
	{ "both values are shown for confirmation", ENTRIES, AG_PAGE_CONFIRM, AG_NOTICE_NONE, "123456786", "100234" },
	{ "backspace on the confirmation goes back", ENTRIES "B", AG_PAGE_EMPLOYEE, AG_NOTICE_NONE, "123456786", "100234" },
	{ "a digit on the confirmation does nothing", ENTRIES "7", AG_PAGE_CONFIRM, AG_NOTICE_NONE, "123456786", "100234" },
	{ "keys while judging do nothing", ENTRIES "EEB123", AG_PAGE_JUDGING, AG_NOTICE_NONE, "123456786", "100234" },
};

START_TEST(way)
{
	start();
	type(ways[_i].keys);
	ck_assert_int_eq((int)wizard.page, (int)ways[_i].page);
	ck_assert_int_eq((int)wizard.notice, (int)ways[_i].notice);
	ck_assert_str_eq(wizard.otp, ways[_i].otp);
	ck_assert_str_eq(wizard.employee, ways[_i].employee);
}
END_TEST

/* What the agent answers to an unlock, and what follows. */
static const struct {
	const char *sentence;
	enum ag_local_result result;
	enum ag_reason reason;
	enum ag_page page;
	enum ag_notice notice;
	bool keeps_entries;
} judgements[] = {
	{ "ok opens and forgets the entries", AG_LOCAL_OK, 0, AG_PAGE_OPEN, AG_NOTICE_NONE, false },
	{ "ng starts over without saying why", AG_LOCAL_NG, 0, AG_PAGE_PASSWORD, AG_NOTICE_NG, false },
	{ "an unreachable center keeps the entries", AG_LOCAL_ERROR, AG_REASON_CENTER_UNREACHABLE, AG_PAGE_CONFIRM, AG_NOTICE_UNREACHABLE, true },
	{ "a garbled center keeps the entries", AG_LOCAL_ERROR, AG_REASON_CENTER_GARBLED, AG_PAGE_CONFIRM, AG_NOTICE_GARBLED, true },
	{ "a refused grant is named", AG_LOCAL_ERROR, AG_REASON_GRANT_REFUSED, AG_PAGE_CONFIRM, AG_NOTICE_REFUSED, true },
	{ "another unlock under way is named", AG_LOCAL_ERROR, AG_REASON_BUSY, AG_PAGE_CONFIRM, AG_NOTICE_BUSY, true },
	{ "a wrong state is named", AG_LOCAL_ERROR, AG_REASON_STATE, AG_PAGE_CONFIRM, AG_NOTICE_STATE, true },
	{ "a fault of the kernel is named", AG_LOCAL_ERROR, AG_REASON_KERNEL, AG_PAGE_CONFIRM, AG_NOTICE_FAULT, true },
};

START_TEST(judgement)
{
	start();
	ck_assert_int_eq((int)type(ENTRIES "E"), AG_ACTION_UNLOCK);
	answer(judgements[_i].result, judgements[_i].reason);
	ck_assert_int_eq((int)wizard.page, (int)judgements[_i].page);
	ck_assert_int_eq((int)wizard.notice, (int)judgements[_i].notice);
	ck_assert_int_eq(wizard.otp[0] != '\0', judgements[_i].keeps_entries);
	ck_assert_int_eq(wizard.employee[0] != '\0', judgements[_i].keeps_entries);
	if (judgements[_i].keeps_entries)
		ck_assert_int_eq((int)type("E"), AG_ACTION_UNLOCK);
}
END_TEST

static void open_up(void)
{
	start();
	type(ENTRIES "E");
	answer(AG_LOCAL_OK, 0);
	state(ATMGUARD_MAINTENANCE);
}

START_TEST(completes)
{
	const struct ag_local_answer done = { .result = AG_LOCAL_OK, .survivors = 0 };

	open_up();
	ck_assert_int_eq((int)type("9E"), AG_ACTION_NONE);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_FINISH);
	ck_assert_int_eq((int)type("E"), AG_ACTION_COMPLETE);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_CLOSING);
	ag_wizard_answer(&wizard, &done, now_ms);
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_CLOSED);
	state(ATMGUARD_LOCKED);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_PASSWORD);
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_CLOSED);
}
END_TEST

START_TEST(names_survivors)
{
	const struct ag_local_answer done = { .result = AG_LOCAL_OK, .survivors = 2 };

	open_up();
	type("9EE");
	ag_wizard_answer(&wizard, &done, now_ms);
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_SURVIVORS);
	ck_assert_uint_eq(wizard.survivors, 2);
}
END_TEST

START_TEST(completes_only_on_purpose)
{
	open_up();
	type("E8E19BE");
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
	type("9E");
	ck_assert_int_eq((int)wizard.page, AG_PAGE_FINISH);
	type("9");
	ck_assert_int_eq((int)wizard.page, AG_PAGE_FINISH);
	type("B");
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
}
END_TEST

START_TEST(failed_completion_stays_open)
{
	open_up();
	type("9EE");
	answer(AG_LOCAL_ERROR, AG_REASON_KERNEL);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_FAULT);
}
END_TEST

START_TEST(timer_is_named)
{
	open_up();
	state(ATMGUARD_RELOCKING);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_WAIT);
	open_up();
	state(ATMGUARD_LOCKED);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_PASSWORD);
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_TIME_OVER);
}
END_TEST

START_TEST(unlocked_elsewhere)
{
	start();
	type("1234");
	state(ATMGUARD_MAINTENANCE);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
	ck_assert_str_eq(wizard.otp, "");
}
END_TEST

START_TEST(agent_restarts)
{
	start();
	type(ENTRIES "E");
	/* It dies while judging; nobody knows what became of it. */
	ag_wizard_answer(&wizard, NULL, now_ms);
	ag_wizard_status(&wizard, NULL, now_ms);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_AGENT);
	ck_assert_int_eq((int)type("E1"), AG_ACTION_NONE);
	state(ATMGUARD_LOCKED);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_CONFIRM);
	ck_assert_str_eq(wizard.otp, "123456786");
	ag_wizard_status(&wizard, NULL, now_ms);
	state(ATMGUARD_MAINTENANCE);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
	ck_assert_str_eq(wizard.otp, "");
}
END_TEST

START_TEST(idle_forgets)
{
	start();
	type(ENTRIES);
	now_ms += AG_WIZARD_IDLE_MS - 1;
	ag_wizard_tick(&wizard, now_ms);
	ck_assert_str_eq(wizard.otp, "123456786");
	now_ms++;
	ag_wizard_tick(&wizard, now_ms);
	ck_assert_str_eq(wizard.otp, "");
	ck_assert_str_eq(wizard.employee, "");
	ck_assert_int_eq((int)wizard.notice, AG_NOTICE_IDLE);
	type("12");
	ag_wizard_status(&wizard, NULL, now_ms);
	now_ms += AG_WIZARD_IDLE_MS;
	ag_wizard_tick(&wizard, now_ms);
	ck_assert_str_eq(wizard.otp, "");
}
END_TEST

START_TEST(idle_keeps_open)
{
	open_up();
	type("9E");
	now_ms += AG_WIZARD_IDLE_MS;
	ag_wizard_tick(&wizard, now_ms);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_OPEN);
}
END_TEST

START_TEST(counts_down)
{
	open_up();
	ck_assert_uint_eq(ag_wizard_remaining_s(&wizard, now_ms + 999), 60);
	ck_assert_uint_eq(ag_wizard_remaining_s(&wizard, now_ms + 59000), 1);
	ck_assert_uint_eq(ag_wizard_remaining_s(&wizard, now_ms + 600000), 0);
}
END_TEST

START_TEST(not_ready)
{
	start();
	type("12");
	state(ATMGUARD_UNSEALED);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_WAIT);
	ck_assert_str_eq(wizard.otp, "");
	state(ATMGUARD_TAMPERED);
	ck_assert_int_eq((int)wizard.page, AG_PAGE_PASSWORD);
}
END_TEST

START_TEST(words_complete)
{
	for (int page = 0; page < AG_NR_PAGES; page++)
		ck_assert_uint_gt(strlen(ag_phrases_page((enum ag_page)page)->ja), 0);
	for (int notice = 1; notice < AG_NR_NOTICES; notice++) {
		ck_assert_uint_gt(strlen(ag_phrases_notice((enum ag_notice)notice)->ja), 0);
		ck_assert_uint_gt(strlen(ag_phrases_notice((enum ag_notice)notice)->en), 0);
		ck_assert_uint_gt(strlen(ag_phrases_notice_hint((enum ag_notice)notice)->en), 0);
	}
}
END_TEST

/* Columns that "日本語 / English" or one line of it takes. */
static int columns(const char *text)
{
	wchar_t wide[256];

	ck_assert_int_ne((int)mbstowcs(wide, text, 256), -1);
	return wcswidth(wide, 256);
}

static void fits(const struct ag_phrase *words, int most)
{
	int used = columns(words->ja) + (words->ja[0] ? 3 : 0) + columns(words->en);

	ck_assert_msg(used <= most, "%s / %s: %d columns of %d", words->ja, words->en, used, most);
}

static void lines_fit(const struct ag_phrase *words)
{
	ck_assert_int_le(columns(words->ja), 76);
	ck_assert_int_le(columns(words->en), 76);
}

/* The places are those of agent/screen/screen.c: margins of 3, the right half from column 42. */
START_TEST(words_fit)
{
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	for (int page = 0; page < AG_NR_PAGES; page++) {
		fits(ag_phrases_page((enum ag_page)page), page == AG_PAGE_OPEN ? 38 : 74);
		lines_fit(ag_phrases_page_hint((enum ag_page)page));
	}
	for (int notice = 0; notice < AG_NR_NOTICES; notice++) {
		fits(ag_phrases_notice((enum ag_notice)notice), 66);
		lines_fit(ag_phrases_notice_hint((enum ag_notice)notice));
	}
	for (const struct ag_name *name = ag_names_rows(AG_NAMES_STATE); name->word.en; name++)
		fits(&(struct ag_phrase){ name->word.ja, name->word.en },
		     name->number == ATMGUARD_MAINTENANCE ? 21 : 36);
	for (int center = AG_CENTER_UNKNOWN; center <= AG_CENTER_DOWN; center++)
		fits(ag_phrases_center_is((enum ag_center_health)center), 79 - 42 - 19);
	for (const struct ag_name *name = ag_names_rows(AG_NAMES_SCOPE); name->word.en; name++)
		fits(&(struct ag_phrase){ name->word.ja, name->word.en }, 35);
	fits(&ag_phrases_keys, 76);
	fits(&ag_phrases_keys_finish, 76);
	fits(&ag_phrases_keys_open, 68);
	fits(&ag_phrases_title, 38);
	fits(&ag_phrases_atm, 21);
}
END_TEST

/* ---- keys ---- */

static const struct {
	const char *sentence, *bytes, *keys;	/* keys as type() takes them, L: redraw */
} sequences[] = {
	{ "digits are digits", "0159", "0159" },
	{ "carriage return, line feed and # are enter", "\r\n#", "EEE" },
	{ "backspace, delete and * correct", "\b\x7f*", "BBB" },
	{ "Ctrl-L repaints", "\f", "L" },
	{ "letters and UTF-8 are nothing", "aZ \xe4\xbf\x9d", "" },
	{ "Ctrl-C, Ctrl-Z and Ctrl-\\ are nothing", "\x03\x1a\x1c", "" },
	{ "arrow keys are nothing", "\x1b[A\x1b[B\x1bOC", "" },
	{ "function keys are nothing, though digits are in them", "\x1b[15~\x1b[1;5P\x1bOP", "" },
	{ "the keypad in application mode gives digits", "\x1bOp\x1bOq\x1bOy\x1bOM", "019E" },
	{ "the escape key alone does not swallow the next digit", "\x1b" "7", "7" },
	{ "a broken sequence ends with enter", "\x1b[\r1", "E1" },
	{ "an escape in a sequence begins another", "\x1b[1\x1b[A2", "2" },
};

START_TEST(sequence)
{
	struct ag_keypad keys = { AG_KEYPAD_PLAIN };
	char got[32] = "";
	size_t nr = 0;

	for (const char *p = sequences[_i].bytes; *p; p++) {
		int key = ag_keypad_feed(&keys, (unsigned char)*p);

		if (key != AG_KEY_NONE)
			got[nr++] = (char)(key < 10 ? '0' + key : "EBL"[key - AG_KEY_ENTER]);
	}
	ck_assert_str_eq(got, sequences[_i].keys);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent wizard");

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		harness_add_row(suite, ways[i].sentence, way, (int)i);
	for (size_t i = 0; i < sizeof(judgements) / sizeof(judgements[0]); i++)
		harness_add_row(suite, judgements[i].sentence, judgement, (int)i);
	harness_add(suite, "9, enter and enter complete the work", completes);
	harness_add(suite, "survivors are named", names_survivors);
	harness_add(suite, "nothing but 9, enter, enter completes the work", completes_only_on_purpose);
	harness_add(suite, "a completion that failed leaves the page open", failed_completion_stays_open);
	harness_add(suite, "the kernel's timer is seen", timer_is_named);
	harness_add(suite, "an unlock from elsewhere is shown and the entry forgotten", unlocked_elsewhere);
	harness_add(suite, "a restart of the agent keeps the entries for another try", agent_restarts);
	harness_add(suite, "a minute without a key forgets the entries", idle_forgets);
	harness_add(suite, "a minute without a key does not complete the work", idle_keeps_open);
	harness_add(suite, "the time left counts down and stops at zero", counts_down);
	harness_add(suite, "nothing can be entered before the seal, but after tampering", not_ready);
	harness_add(suite, "every page and notice has both languages", words_complete);
	harness_add(suite, "every text fits its place on 80 columns", words_fit);
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		harness_add_row(suite, sequences[i].sentence, sequence, (int)i);
	return harness_run(suite, "check_agent_wizard");
}
