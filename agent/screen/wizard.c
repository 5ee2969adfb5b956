// SPDX-License-Identifier: MIT
// The technician's steps as a state machine.
#include "wizard.h"

#include <stdio.h>
#include <string.h>

#include "lib/damm.h"
#include "keypad.h"

#define COMPLETE_KEY 9

void ag_wizard_init(struct ag_wizard *wizard)
{
	*wizard = (struct ag_wizard){ .page = AG_PAGE_AGENT };
}

void ag_wizard_wipe(struct ag_wizard *wizard)
{
	explicit_bzero(wizard->otp, sizeof(wizard->otp));
	explicit_bzero(wizard->employee, sizeof(wizard->employee));
	wizard->has_nine = false;
}

static void go(struct ag_wizard *wizard, enum ag_page page, enum ag_notice notice)
{
	wizard->page = page;
	wizard->notice = notice;
	wizard->detail[0] = '\0';
	wizard->has_nine = false;
}

static void start_over(struct ag_wizard *wizard, enum ag_notice notice)
{
	ag_wizard_wipe(wizard);
	go(wizard, AG_PAGE_PASSWORD, notice);
}

/* ---- keys ---- */

/* True when @key changed the entry. */
static bool edit(char *entry, size_t most, int key)
{
	size_t len = strlen(entry);

	if (key == AG_KEY_BACK && len) {
		entry[len - 1] = '\0';
		return true;
	}
	if (key < 0 || key > 9 || len == most)
		return false;
	entry[len] = (char)('0' + key);
	return true;
}

static enum ag_action key_password(struct ag_wizard *wizard, int key)
{
	if (edit(wizard->otp, AG_OTP_LEN, key) || key != AG_KEY_ENTER)
		return AG_ACTION_NONE;
	if (strlen(wizard->otp) < AG_OTP_LEN)
		wizard->notice = AG_NOTICE_SHORT;
	else if (!ag_damm_is_valid(wizard->otp))
		wizard->notice = AG_NOTICE_SLIP;
	else
		go(wizard, AG_PAGE_EMPLOYEE, AG_NOTICE_NONE);
	return AG_ACTION_NONE;
}

static enum ag_action key_employee(struct ag_wizard *wizard, int key)
{
	if (edit(wizard->employee, AG_EMPLOYEE_MAX, key))
		return AG_ACTION_NONE;
	if (key == AG_KEY_BACK)
		go(wizard, AG_PAGE_PASSWORD, AG_NOTICE_NONE);
	else if (key == AG_KEY_ENTER && wizard->employee[0])
		go(wizard, AG_PAGE_CONFIRM, AG_NOTICE_NONE);
	else if (key == AG_KEY_ENTER)
		wizard->notice = AG_NOTICE_SHORT;
	return AG_ACTION_NONE;
}

static enum ag_action key_confirm(struct ag_wizard *wizard, int key)
{
	if (key == AG_KEY_BACK)
		go(wizard, AG_PAGE_EMPLOYEE, AG_NOTICE_NONE);
	if (key != AG_KEY_ENTER)
		return AG_ACTION_NONE;
	go(wizard, AG_PAGE_JUDGING, AG_NOTICE_NONE);
	return AG_ACTION_UNLOCK;
}

static enum ag_action key_open(struct ag_wizard *wizard, int key)
{
	if (key == AG_KEY_ENTER && wizard->has_nine)
		go(wizard, AG_PAGE_FINISH, AG_NOTICE_NONE);
	else
		wizard->has_nine = key == COMPLETE_KEY;
	return AG_ACTION_NONE;
}

static enum ag_action key_finish(struct ag_wizard *wizard, int key)
{
	if (key == AG_KEY_BACK)
		go(wizard, AG_PAGE_OPEN, AG_NOTICE_NONE);
	if (key != AG_KEY_ENTER)
		return AG_ACTION_NONE;
	go(wizard, AG_PAGE_CLOSING, AG_NOTICE_NONE);
	return AG_ACTION_COMPLETE;
}

static enum ag_action (*const on_key[AG_NR_PAGES])(struct ag_wizard *wizard, int key) = {
	[AG_PAGE_PASSWORD] = key_password,
	[AG_PAGE_EMPLOYEE] = key_employee,
	[AG_PAGE_CONFIRM] = key_confirm,
	[AG_PAGE_OPEN] = key_open,
	[AG_PAGE_FINISH] = key_finish,
};

enum ag_action ag_wizard_key(struct ag_wizard *wizard, int key, uint64_t now_ms)
{
	wizard->last_key_ms = now_ms;
	if (key == AG_KEY_NONE || key == AG_KEY_REDRAW || !on_key[wizard->page])
		return AG_ACTION_NONE;
	wizard->notice = AG_NOTICE_NONE;
	return on_key[wizard->page](wizard, key);
}

/* ---- answers ---- */

static const enum ag_notice notice_of[AG_NR_REASONS] = {
	[AG_REASON_CENTER_UNREACHABLE] = AG_NOTICE_UNREACHABLE,
	[AG_REASON_CENTER_GARBLED] = AG_NOTICE_GARBLED,
	[AG_REASON_GRANT_REFUSED] = AG_NOTICE_REFUSED,
	[AG_REASON_STATE] = AG_NOTICE_STATE,
	[AG_REASON_REQUEST] = AG_NOTICE_FAULT,
	[AG_REASON_BUSY] = AG_NOTICE_BUSY,
	[AG_REASON_KERNEL] = AG_NOTICE_FAULT,
};

static void judged(struct ag_wizard *wizard, const struct ag_local_answer *answer, uint64_t now_ms)
{
	if (!answer || answer->result == AG_LOCAL_ERROR) {
		/* Nothing was judged: the values stay, Enter tries again. */
		go(wizard, AG_PAGE_CONFIRM, answer ? notice_of[answer->reason] : AG_NOTICE_FAULT);
	} else if (answer->result == AG_LOCAL_NG) {
		start_over(wizard, AG_NOTICE_NG);
	} else {
		ag_wizard_wipe(wizard);
		wizard->status.state = answer->state;
		wizard->status.job = answer->job;
		wizard->status.scopes = answer->scopes;
		wizard->status.remaining_s = answer->remaining_s;
		wizard->status_ms = now_ms;
		go(wizard, AG_PAGE_OPEN, AG_NOTICE_NONE);
	}
}

static void closed(struct ag_wizard *wizard, const struct ag_local_answer *answer)
{
	if (!answer || answer->result != AG_LOCAL_OK) {
		go(wizard, AG_PAGE_OPEN, answer ? notice_of[answer->reason] : AG_NOTICE_FAULT);
		return;
	}
	wizard->survivors = answer->survivors;
	start_over(wizard, answer->survivors ? AG_NOTICE_SURVIVORS : AG_NOTICE_CLOSED);
}

void ag_wizard_answer(struct ag_wizard *wizard, const struct ag_local_answer *answer,
		      uint64_t now_ms)
{
	if (wizard->page == AG_PAGE_JUDGING)
		judged(wizard, answer, now_ms);
	else if (wizard->page == AG_PAGE_CLOSING)
		closed(wizard, answer);
	/* Last: it belongs to the notice that was just put up. */
	if (answer && answer->result == AG_LOCAL_ERROR)
		snprintf(wizard->detail, sizeof(wizard->detail), "%s", answer->detail);
}

/* ---- status and time ---- */

static void now_locked(struct ag_wizard *wizard)
{
	if (wizard->page == AG_PAGE_OPEN || wizard->page == AG_PAGE_FINISH)
		start_over(wizard, AG_NOTICE_TIME_OVER);
	else if (wizard->page == AG_PAGE_AGENT || wizard->page == AG_PAGE_WAIT)
		go(wizard, wizard->employee[0] ? AG_PAGE_CONFIRM : AG_PAGE_PASSWORD,
		   wizard->notice);
}

static void now_open(struct ag_wizard *wizard)
{
	if (wizard->page == AG_PAGE_OPEN || wizard->page == AG_PAGE_FINISH)
		return;
	ag_wizard_wipe(wizard);
	go(wizard, AG_PAGE_OPEN, AG_NOTICE_NONE);
}

void ag_wizard_status(struct ag_wizard *wizard, const struct ag_local_answer *status,
		      uint64_t now_ms)
{
	if (status) {
		wizard->status = *status;
		wizard->status_ms = now_ms;
	}
	/* These wait for their own answer, which says more. */
	if (wizard->page == AG_PAGE_JUDGING || wizard->page == AG_PAGE_CLOSING)
		return;
	if (!status) {
		wizard->page = AG_PAGE_AGENT;
		return;
	}
	switch (status->state) {
	case ATMGUARD_LOCKED:
	case ATMGUARD_TAMPERED:
		now_locked(wizard);
		break;
	case ATMGUARD_MAINTENANCE:
		now_open(wizard);
		break;
	default:
		ag_wizard_wipe(wizard);
		go(wizard, AG_PAGE_WAIT, AG_NOTICE_NONE);
	}
}

void ag_wizard_tick(struct ag_wizard *wizard, uint64_t now_ms)
{
	bool has_entry = wizard->otp[0] || wizard->employee[0];

	if (now_ms - wizard->last_key_ms < AG_WIZARD_IDLE_MS)
		return;
	if (wizard->page == AG_PAGE_FINISH || wizard->has_nine)
		go(wizard, AG_PAGE_OPEN, AG_NOTICE_NONE);
	else if (has_entry && wizard->page != AG_PAGE_JUDGING && wizard->page != AG_PAGE_AGENT)
		start_over(wizard, AG_NOTICE_IDLE);
	else if (has_entry && wizard->page == AG_PAGE_AGENT)
		ag_wizard_wipe(wizard);
}

uint64_t ag_wizard_remaining_s(const struct ag_wizard *wizard, uint64_t now_ms)
{
	uint64_t passed_s = (now_ms - wizard->status_ms) / 1000;

	return wizard->status.remaining_s > passed_s ? wizard->status.remaining_s - passed_s : 0;
}
