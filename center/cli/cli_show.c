// SPDX-License-Identifier: MIT
// Lists, status, and the record of a job as a banker reads it.
#include "cli.h"
#include "center/common/text.h"
#include "command.h"
#include "lib/names.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && *text ? text : "-";
}

static long long number_of(json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* ---- lists ---- */

static void print_cell(json_t *row, const char *name, int width)
{
	json_t *value = json_object_get(row, name);
	size_t len = strlen(name);
	char text[256] = "-";

	if (json_is_integer(value) && len > 2 && strcmp(name + len - 2, "_s") == 0)
		ag_text_time(json_integer_value(value), text);
	else if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	else if (json_is_string(value) && *json_string_value(value))
		snprintf(text, sizeof(text), "%s", json_string_value(value));
	printf("%-*s ", width, text);
}

/* The pages of alarms come by id; a person wants first what was raised last. */
static int by_last(const void *a, const void *b)
{
	json_t *const *one = a, *const *other = b;
	long long at = number_of(*one, "last_s"), then = number_of(*other, "last_s");

	if (at == then) {
		at = number_of(*one, "id");
		then = number_of(*other, "id");
	}
	return (at < then) - (at > then);
}

static const struct list {
	const char *request, *name;
	int (*order)(const void *a, const void *b);	/* NULL: as it comes */
	struct { const char *member, *title; int width; } columns[9];
} lists[] = {
	{ "atm-list", "atms", NULL, { { "number", "機番/ATM", 15 }, { "class", "種別/class", 16 },
		{ "state", "状態/state", 11 }, { "seen_s", "最終/seen", 20 }, { "policy_version", "policy", 7 },
		{ "wrong", "wrong", 5 }, { "revoked_s", "失効/revoked", 20 } } },
	{ "employee-list", "employees", NULL, { { "number", "社員番号/no", 15 }, { "added_s", "登録/added", 20 },
		{ "disabled_s", "停止/disabled", 20 }, { "name", "氏名/name", 1 } } },
	{ "job-list", "jobs", NULL, { { "job", "job", 6 }, { "atm", "機番/ATM", 15 }, { "employee", "社員/employee", 15 },
		{ "work", "作業/work", 14 }, { "state", "状態/state", 10 }, { "entries", "in", 3 },
		{ "tries", "ng", 3 }, { "expires_s", "期限/expires", 20 } } },
	{ "alarm-list", "alarms", by_last, { { "id", "no", 5 }, { "last_s", "時刻/last", 20 }, { "kind", "kind", 17 },
		{ "atm", "機番/ATM", 15 }, { "job", "job", 5 }, { "times", "回/times", 5 }, { "detail", "内容/detail", 1 } } },
};

static void print_list(const struct list *list, json_t *rows)
{
	json_t *row;
	size_t i;

	for (int c = 0; c < 9 && list->columns[c].member; c++)
		printf("%-*s ", list->columns[c].width, list->columns[c].title);
	putchar('\n');
	json_array_foreach(rows, i, row) {
		for (int c = 0; c < 9 && list->columns[c].member; c++)
			print_cell(row, list->columns[c].member, list->columns[c].width);
		putchar('\n');
	}
}

static json_t *list_request(const struct ag_cli *cli)
{
	json_t *in = json_object();

	if (cli->value[AG_OPT_ATM])
		json_object_set_new(in, "atm", json_string(cli->value[AG_OPT_ATM]));
	json_object_set_new(in, "open", json_boolean(cli->value[AG_OPT_OPEN]));
	json_object_set_new(in, "all", json_boolean(cli->value[AG_OPT_ALL]));
	return in;
}

struct rows {
	const char *name;	/* member of the answers */
	json_t *all;
};

static int collect(json_t *answer, void *arg)
{
	struct rows *rows = arg;

	return json_array_extend(rows->all, json_object_get(answer, rows->name)) ? AG_CLI_FAILED : AG_CLI_OK;
}

static const struct list *find_list(const char *request)
{
	const struct list *list = lists;

	while (strcmp(list->request, request))
		list++;
	return list;
}

/* Steals @rows and returns them in order; NULL: no memory. */
static json_t *sort_rows(json_t *rows, int (*order)(const void *a, const void *b))
{
	size_t i, nr = json_array_size(rows);
	json_t **all = calloc(nr + 1, sizeof(*all)), *row, *sorted = all ? json_array() : NULL;

	if (sorted) {
		json_array_foreach(rows, i, row)
			all[i] = row;
		qsort(all, nr, sizeof(*all), order);
		for (i = 0; i < nr; i++)
			json_array_append(sorted, all[i]);
	}
	free(all);
	json_decref(rows);
	return sorted;
}

int ag_cli_list(const struct ag_cli *cli)
{
	const struct list *list = find_list(cli->request);
	struct rows rows = { list->name, json_array() };
	int status = ag_cli_each_page(cli, list_request(cli), collect, &rows);

	if (status == AG_CLI_OK && list->order) {
		rows.all = sort_rows(rows.all, list->order);
		if (!rows.all)
			return ag_cli_fail("out of memory");
	}
	if (status == AG_CLI_OK && cli->value[AG_OPT_JSON])
		ag_cli_print_json(rows.all);
	else if (status == AG_CLI_OK)
		print_list(list, rows.all);
	json_decref(rows.all);
	return status;
}

int ag_cli_status(const struct ag_cli *cli)
{
	static const struct { const char *member, *title; } lines[] = {
		{ "atms", "登録機 / machines" }, { "atms_online", "接続中 / seen within 90 s" },
		{ "employees", "社員 / employees" }, { "jobs_open", "未完了ジョブ / open jobs" },
		{ "wrong_last_hour", "誤入力(1時間) / wrong tries, last hour" },
		{ "alarms", "警報 / open alarms" },
	};
	json_t *answer = ag_cli_ask(cli, json_object());

	if (!answer)
		return AG_CLI_FAILED;
	if (cli->value[AG_OPT_JSON])
		ag_cli_print_json(answer);
	else
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			printf("%6lld  %s\n", number_of(answer, lines[i].member), lines[i].title);
	if (!cli->value[AG_OPT_JSON] && number_of(answer, "fleet_strict"))
		puts("厳格制限中 / STRICT: one wrong try holds a machine until its alarm is cleared");
	json_decref(answer);
	return AG_CLI_OK;
}

/* ---- the record of a job ---- */

static void print_time(const char *title, json_t *object, const char *member)
{
	char at[32];

	ag_text_time(number_of(object, member), at);
	printf("  %s: %s\n", title, at);
}

static void print_head(json_t *job)
{
	printf("作業記録 / Record of job %lld\n", number_of(job, "job"));
	printf("  状態 / State: %s\n", text_of(job, "state"));
	printf("  機番 / ATM: %s (%s)\n", text_of(job, "atm"), text_of(job, "class"));
	printf("  作業員 / Worker: %s %s\n", text_of(job, "employee"), text_of(job, "name"));
	printf("  作業 / Work: %s (%s)\n", text_of(job, "title"), text_of(job, "work"));
	print_time("発行 / Issued", job, "created_s");
	printf("  発行者 / Issued by: %s, %lld 回 / passwords\n", text_of(job, "created_by"),
	       number_of(job, "issues"));
	print_time("開始可能 / Valid from", job, "opens_s");
	print_time("期限 / Valid until", job, "expires_s");
	print_time("終了 / Closed", job, "closed_s");
	printf("  終了理由 / Why: %s\n", text_of(job, "closed_why"));
}

static void print_entries(json_t *entries)
{
	json_t *entry;
	size_t i;
	char at[32];

	printf("\n解錠 / Entries: %zu\n", json_array_size(entries));
	json_array_foreach(entries, i, entry) {
		ag_text_time(number_of(entry, "at_s"), at);
		printf("  %s  再送 / retries %lld\n", at, number_of(entry, "retries"));
	}
}

static void print_attempts(json_t *attempts)
{
	json_t *attempt;
	size_t i;
	char at[32];

	printf("\n誤入力 / Wrong tries: %zu\n", json_array_size(attempts));
	json_array_foreach(attempts, i, attempt) {
		ag_text_time(number_of(attempt, "at_s"), at);
		printf("  %s  社員番号 / employee %s  %s%s\n", at, text_of(attempt, "employee"),
		       text_of(attempt, "reason"), number_of(attempt, "counted") ? "" : " (not counted)");
	}
}

/* @event NULL: all that this program does not know. */
static bool is_of(json_t *record, const char *event)
{
	const char *word = text_of(record, "event");

	return event ? strcmp(word, event) == 0 : !ag_names_find(AG_NAMES_EVENT, word);
}

/* What was refused where, in both languages; what a grant opened; of an event that
 * is not known here, its numbers. */
static void print_what(json_t *record)
{
	char scopes[AG_NAMES_LIST_SIZE];
	const char *event = text_of(record, "event"), *hook = text_of(record, "hook");
	const struct ag_name *name = ag_names_find(AG_NAMES_HOOK, hook);

	if (!ag_names_find(AG_NAMES_EVENT, event))
		printf(" %s code %lld, aux %lld", event, number_of(record, "code"), number_of(record, "aux"));
	else if (name)
		printf(" %s / %s", name->word.ja, hook);
	else if (is_of(record, "UNLOCK"))
		printf(" %s", ag_names_list(AG_NAMES_SCOPE, (__u32)number_of(record, "aux"), ",", scopes,
					    sizeof(scopes)));
	else
		printf(" %s", hook);
}

static void print_record(json_t *record)
{
	char at[32];

	ag_text_time(number_of(record, "received_s"), at);
	printf("  %s  #%lld %s", at, number_of(record, "seq"), text_of(record, "comm"));
	print_what(record);
	printf(" %s", text_of(record, "detail"));
	if (number_of(record, "error"))
		printf("  -> %s", ag_names_errno((int)number_of(record, "error")).text);
	if (number_of(record, "repeats"))
		printf("  (+%lld)", number_of(record, "repeats"));
	puts(json_is_true(json_object_get(record, "apart")) ? "  [鎖外 / apart]" : "");
}

static void print_section(json_t *records, const char *event, const char *title)
{
	size_t i, nr = 0;
	json_t *record;

	json_array_foreach(records, i, record)
		nr += is_of(record, event);
	printf("\n%s: %zu\n", title, nr);
	json_array_foreach(records, i, record)
		if (is_of(record, event))
			print_record(record);
}

static void print_relocks(json_t *records)
{
	long long survivors = -1;
	size_t i;
	json_t *record;
	char at[32];

	puts("\n再ロック / Relocks:");
	json_array_foreach(records, i, record) {
		const struct ag_name *why;

		if (!is_of(record, "RELOCK"))
			continue;
		survivors = number_of(record, "aux");
		ag_text_time(number_of(record, "received_s"), at);
		why = ag_names_get(AG_NAMES_RELOCK, (unsigned int)number_of(record, "code"));
		printf("  %s  %s / %s, 残存 / survivors %lld\n", at, why ? why->word.ja : "不明",
		       ag_names_word(AG_NAMES_RELOCK, (unsigned int)number_of(record, "code")).text,
		       survivors);
	}
	printf("  %s\n", survivors < 0 ? "報告なし / not reported" :
	       survivors ? "残存あり / SOMETHING WAS LEFT OVER" : "残存なし / nothing was left over");
}

static void print_report(json_t *answer)
{
	static const struct { const char *event, *title; } sections[] = {
		{ "UNLOCK", "許可 / Grants taken by the machine" },
		{ "RUN", "実行した保守プログラム / Maintenance programs run" },
		{ "MOUNT", "使用した媒体 / Media mounted" },
		{ "USB", "接続された装置 / Devices seen" },
		{ "DENY", "拒否 / Refused" },
		{ "REFUSED", "拒否した署名物 / Signed objects refused" },
		{ "BOOT", "起動 / Boots in between" },
		{ "ALARM", "警報 / Alarms of the machine" },
		{ NULL, "このセンターが知らない事象 / Events this center does not know" },
	};
	json_t *records = json_object_get(answer, "records");

	print_head(json_object_get(answer, "job"));
	print_entries(json_object_get(answer, "entries"));
	print_attempts(json_object_get(answer, "attempts"));
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		print_section(records, sections[i].event, sections[i].title);
	print_relocks(records);
}

/* The first page holds the rest of the report too; later ones add records. */
static int add_page(json_t *answer, void *arg)
{
	json_t **report = arg;

	if (!*report) {
		*report = json_incref(answer);
		json_object_del(answer, "next");
		return AG_CLI_OK;
	}
	return json_array_extend(json_object_get(*report, "records"), json_object_get(answer, "records"))
		       ? AG_CLI_FAILED : AG_CLI_OK;
}

int ag_cli_job_report(const struct ag_cli *cli)
{
	char *end;
	long long id = strtoll(cli->argument, &end, 10);
	json_t *report = NULL;
	int status = ag_cli_each_page(cli, json_pack("{s:I}", "job", (json_int_t)(*end ? -1 : id)),
				      add_page, &report);

	if (status == AG_CLI_OK && cli->value[AG_OPT_JSON])
		ag_cli_print_json(report);
	else if (status == AG_CLI_OK)
		print_report(report);
	json_decref(report);
	return status;
}
