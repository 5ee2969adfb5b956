// SPDX-License-Identifier: MIT
// Audit records: list, export, and follow their chain, also without a center.
#include "cli.h"
#include "command.h"
#include "lib/chain.h"
#include "lib/hex.h"
#include "lib/names.h"
#include "center/common/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1000	/* without --all */
#define ALL_MAX LONG_MAX
#define ENOUGH (-1)	/* no further page */

struct reading {
	long rest;	/* records that are still wanted */
	int (*use)(json_t *record, void *arg);
	void *arg;
};

static int use_page(json_t *answer, void *arg)
{
	struct reading *reading = arg;
	json_t *record;
	size_t i;
	int r = 0;

	json_array_foreach(json_object_get(answer, "records"), i, record)
		if (r == 0 && reading->rest > 0) {
			reading->rest--;
			r = reading->use(record, reading->arg);
		}
	return r ? r : reading->rest ? 0 : ENOUGH;
}

/* Calls @use for the first @max records of --atm, in order. */
static int each(const struct ag_cli *cli, long max, int (*use)(json_t *record, void *arg), void *arg)
{
	struct reading reading = { max, use, arg };
	int r = ag_cli_each_page(cli, json_pack("{s:s, s:b}", "atm", cli->value[AG_OPT_ATM], "raw", 1),
				 use_page, &reading);

	return r == ENOUGH ? AG_CLI_OK : r;
}

/* Behind the event: the hook of a denial, the code of what is not known here. */
static void print_hook(json_t *record, const char *event)
{
	const char *hook = json_string_value(json_object_get(record, "hook"));
	char code[32] = "-";

	if (!ag_names_find(AG_NAMES_EVENT, event))
		snprintf(code, sizeof(code), "code %lld", (long long)json_integer_value(json_object_get(record, "code")));
	printf(" %-14s", hook && *hook ? hook : code);
}

static int print_record(json_t *record, void *arg)
{
	const char *event = json_string_value(json_object_get(record, "event"));
	char at[32];

	ag_text_time(json_integer_value(json_object_get(record, "received_s")), at);
	printf("%s %6lld %-9s", at, (long long)json_integer_value(json_object_get(record, "seq")), event);
	print_hook(record, event);
	printf(" %s%s %s\n", json_string_value(json_object_get(record, "comm")),
	       json_is_true(json_object_get(record, "apart")) ? " [chain broken]" : "",
	       json_string_value(json_object_get(record, "detail")));
	return 0;
}

static int collect(json_t *record, void *arg)
{
	return json_array_append(arg, record) ? AG_CLI_FAILED : 0;
}

int ag_cli_audit_list(const struct ag_cli *cli)
{
	long max = cli->value[AG_OPT_ALL] ? ALL_MAX : LIST_MAX;
	json_t *list;
	int status;

	if (!cli->value[AG_OPT_JSON])
		return each(cli, max, print_record, NULL);
	list = json_array();
	status = each(cli, max, collect, list);
	if (status == 0)
		ag_cli_print_json(list);
	json_decref(list);
	return status;
}

/* ---- as the machine made them ---- */

struct log {
	struct atmguard_record *records;
	size_t nr, max;
};

static int add(json_t *record, void *arg)
{
	const char *text = json_string_value(json_object_get(record, "raw"));
	struct log *log = arg;
	size_t len;

	if (log->nr == log->max) {
		size_t max = log->max ? 2 * log->max : 1024;
		void *grown = realloc(log->records, max * sizeof(*log->records));

		if (!grown)
			return ag_cli_fail("out of memory");
		log->records = grown;
		log->max = max;
	}
	if (!text || ag_base64_decode(text, strlen(text), &log->records[log->nr], sizeof(*log->records), &len) ||
	    len != sizeof(*log->records))
		return ag_cli_fail("atmcenterd sent something that is not a record");
	log->nr++;
	return 0;
}

int ag_cli_audit_export(const struct ag_cli *cli)
{
	const char *path = cli->value[AG_OPT_OUT];
	struct log log = { 0 };
	int status = each(cli, ALL_MAX, add, &log);
	FILE *out = status ? NULL : fopen(path, "w");

	if (status == 0 && !out)
		status = ag_cli_fail("%s: %s", path, strerror(errno));
	if (out) {
		size_t written = fwrite(log.records, sizeof(*log.records), log.nr, out);

		if (fclose(out) || written != log.nr)
			status = ag_cli_fail("%s: cannot write", path);
		else
			printf("%zu 件 / records: %s\n", log.nr, path);
	}
	free(log.records);
	return status;
}

static int read_log(const char *path, struct log *log)
{
	FILE *in = fopen(path, "r");
	struct atmguard_record record;
	size_t n;

	if (!in)
		return ag_cli_fail("%s: %s", path, strerror(errno));
	while ((n = fread(&record, 1, sizeof(record), in)) == sizeof(record)) {
		if (log->nr == log->max) {
			size_t max = log->max ? 2 * log->max : 1024;
			void *grown = realloc(log->records, max * sizeof(record));

			if (!grown)
				break;
			log->records = grown;
			log->max = max;
		}
		log->records[log->nr++] = record;
	}
	fclose(in);
	return n ? ag_cli_fail("%s: not a whole number of records of %zu bytes", path, sizeof(record)) : 0;
}

static void print_report(const struct ag_cli *cli, const struct log *log, const struct ag_chain_report *report, int r)
{
	long long bad = report->first_bad < log->nr ? (long long)log->records[report->first_bad].seq : -1;

	if (cli->value[AG_OPT_JSON]) {
		json_t *value = json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:b}", "whole", r == 0,
					  "records", (json_int_t)report->nr_records, "boots",
					  (json_int_t)report->nr_boots, "gaps", (json_int_t)report->nr_gaps,
					  "breaks", (json_int_t)report->nr_breaks, "first_bad_seq",
					  (json_int_t)bad, "from_zero", report->is_anchored);

		ag_cli_print_json(value);
		json_decref(value);
		return;
	}
	printf("%s\n記録 / records: %zu, 起動 / boots: %zu, 欠落 / gaps: %zu, 改ざん / breaks: %zu%s\n",
	       r ? "鎖が切れています / the chain is BROKEN" : "鎖は完全です / the chain is whole",
	       report->nr_records, report->nr_boots, report->nr_gaps, report->nr_breaks,
	       report->is_anchored ? "" : " (先頭なし / cut in front)");
	if (bad >= 0)
		printf("最初の異常 / first at record number %lld\n", bad);
}

int ag_cli_audit_verify(const struct ag_cli *cli)
{
	struct ag_chain_report report;
	struct log log = { 0 };
	int status, r;

	if (!cli->argument == !cli->value[AG_OPT_ATM]) {
		ag_cli_fail("audit verify: FILE or --atm N expected");
		return AG_CLI_USAGE;
	}
	status = cli->argument ? read_log(cli->argument, &log) : each(cli, ALL_MAX, add, &log);
	if (status == 0) {
		r = ag_chain_verify(log.records, log.nr, &report);
		print_report(cli, &log, &report, r);
		status = r ? AG_CLI_FAILED : AG_CLI_OK;
	}
	free(log.records);
	return status;
}
