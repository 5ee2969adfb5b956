// SPDX-License-Identifier: MIT
// Every text of the technician's screen but the names of lib/names.h.
#include "phrases.h"

const struct ag_phrase ag_phrases_title = { "ATM保守", "ATM maintenance" };
const struct ag_phrase ag_phrases_atm = { "ATM番号", "ATM number" };
const struct ag_phrase ag_phrases_center = { "センター", "Center" };
const struct ag_phrase ag_phrases_employee = { "社員番号", "Employee number" };
const struct ag_phrase ag_phrases_password = { "保守パスワード", "One-time password" };
const struct ag_phrase ag_phrases_job = { "作業番号", "Job" };
const struct ag_phrase ag_phrases_scopes = { "使える機能", "Open functions" };
const struct ag_phrase ag_phrases_remaining = { "残り時間", "Time left" };
const struct ag_phrase ag_phrases_keys = { "Enter・# 決定　Backspace・* 訂正",
					   "Enter # OK   Backspace * correct" };
const struct ag_phrase ag_phrases_keys_open = { "9 + Enter = 作業完了", "work complete" };
const struct ag_phrase ag_phrases_keys_finish = { "Enter・# 完了する　Backspace・* 戻る",
						  "Enter # yes   Backspace * back" };
const struct ag_phrase ag_phrases_small = { "画面を80x24以上にしてください",
					    "The screen needs 80x24" };

static const struct ag_phrase centers[] = {
	[AG_CENTER_UNKNOWN] = { "確認中", "checking" },
	[AG_CENTER_UP] = { "接続", "connected" },
	[AG_CENTER_DOWN] = { "不通", "offline" },
};

static const struct {
	struct ag_phrase head;
	struct ag_phrase hint;
} pages[] = {
	[AG_PAGE_AGENT] = { { "保守エージェントに接続できません", "No connection to the agent" },
			    { "自動で再接続します。続くときはセンターへ電話してください",
			      "Trying again by itself. If this stays, call the center" } },
	[AG_PAGE_WAIT] = { { "お待ちください", "Please wait" },
			   { "本機の準備が終わると入力できます", "Entry opens when the machine is ready" } },
	[AG_PAGE_PASSWORD] = { { "1/3 保守パスワード", "One-time password" },
			       { "センターから聞いた9桁を入力", "Type the 9 digits the center gave you" } },
	[AG_PAGE_EMPLOYEE] = { { "2/3 社員番号", "Employee number" },
			       { "あなたの社員番号を入力", "Type your own employee number" } },
	[AG_PAGE_CONFIRM] = { { "3/3 確認", "Confirm" },
			      { "正しければ Enter で照合します", "If both are right, Enter sends them" } },
	[AG_PAGE_JUDGING] = { { "照合中", "Checking" },
			      { "センターの判定を待っています。最大40秒",
				"Waiting for the center, 40 seconds at most" } },
	[AG_PAGE_OPEN] = { { "作業できます", "Work can start" }, { "", "" } },
	[AG_PAGE_FINISH] = { { "作業を完了しますか", "Is the work complete?" },
			     { "完了すると施錠し、保守パスワードは無効になります",
			       "This locks the machine; the password ends" } },
	[AG_PAGE_CLOSING] = { { "施錠しています", "Locking" },
			      { "保守プログラムと媒体を切り離しています",
				"Stopping tools and releasing media" } },
};
_Static_assert(sizeof(pages) / sizeof(pages[0]) == AG_NR_PAGES, "every page has words");

static const struct {
	struct ag_phrase head;
	struct ag_phrase hint;
} notices[] = {
	[AG_NOTICE_NONE] = { { "", "" }, { "", "" } },
	[AG_NOTICE_SHORT] = { { "桁数が足りません", "Too few digits" },
			      { "続けて入力してください", "Type the rest" } },
	[AG_NOTICE_SLIP] = { { "打ち間違いです", "Mistyped: the check digit does not fit" },
			     { "訂正してください。試行回数は減りません",
			       "Correct it; this costs no try" } },
	[AG_NOTICE_NG] = { { "照合できません", "Not accepted" },
			   { "もう一度入力するか、センターへ電話してください",
			     "Enter them again, or call the center" } },
	[AG_NOTICE_UNREACHABLE] = { { "センターに接続できません", "The center cannot be reached" },
				    { "判定されていません。Enterで再試行、または電話",
				      "Nothing was judged. Enter tries again, or call" } },
	[AG_NOTICE_GARBLED] = { { "センターの応答が異常です", "The center's answer makes no sense" },
				{ "判定されていません。センターへ電話してください",
				  "Nothing was judged. Call the center" } },
	[AG_NOTICE_REFUSED] = { { "許可証が本機に拒否されました", "This machine refused the grant" },
				{ "センターへ電話してください", "Call the center" } },
	[AG_NOTICE_STATE] = { { "今はできません", "Not possible in the present state" },
			      { "表示が変わるまで待ってください", "Wait until the display changes" } },
	[AG_NOTICE_BUSY] = { { "他の照合が進行中です", "Another check is under way" },
			     { "少し待って Enter", "Wait a moment, then Enter" } },
	[AG_NOTICE_FAULT] = { { "本機の内部エラーです", "A fault inside this machine" },
			      { "Enterで再試行。続くときはセンターへ電話",
				"Enter tries again. If it stays, call the center" } },
	[AG_NOTICE_CLOSED] = { { "作業完了・施錠しました", "Work complete, locked" },
			       { "残存プログラム 0", "survivors 0" } },
	[AG_NOTICE_SURVIVORS] = { { "施錠しましたが残存があります", "Locked, but something is left over" },
				  { "本機を離れる前にセンターへ電話してください",
				    "Call the center before you leave" } },
	[AG_NOTICE_TIME_OVER] = { { "施錠されました", "Locked again" },
				  { "時間切れ、または他から完了されました",
				    "Time over, or completed elsewhere" } },
	[AG_NOTICE_IDLE] = { { "入力を消去しました", "The entries were cleared" },
			     { "60秒間操作がありませんでした", "No key for 60 seconds" } },
};
_Static_assert(sizeof(notices) / sizeof(notices[0]) == AG_NR_NOTICES, "every notice has words");

const struct ag_phrase *ag_phrases_center_is(enum ag_center_health center) { return &centers[center]; }
const struct ag_phrase *ag_phrases_page(enum ag_page page) { return &pages[page].head; }
const struct ag_phrase *ag_phrases_page_hint(enum ag_page page) { return &pages[page].hint; }
const struct ag_phrase *ag_phrases_notice(enum ag_notice notice) { return &notices[notice].head; }
const struct ag_phrase *ag_phrases_notice_hint(enum ag_notice notice) { return &notices[notice].hint; }
