// SPDX-License-Identifier: MIT
// Commands that change something: enrol, open, close, revoke.
#include "cli.h"
#include "command.h"
#include "lib/hex.h"
#include "center/common/request.h"
#include "center/common/text.h"
#include "center/common/work.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static json_t *number_request(const struct ag_cli *cli)
{
	return json_pack("{s:s}", "number", cli->value[AG_OPT_NUMBER]);
}

static int done(const struct ag_cli *cli, json_t *in)
{
	json_t *answer = ag_cli_ask(cli, in);

	json_decref(answer);
	if (answer)
		puts("完了 / done");
	return answer ? AG_CLI_OK : AG_CLI_FAILED;
}

int ag_cli_simple(const struct ag_cli *cli)
{
	return done(cli, number_request(cli));
}

int ag_cli_employee_add(const struct ag_cli *cli)
{
	json_t *in = number_request(cli);

	if (cli->value[AG_OPT_NAME])
		json_object_set_new(in, "name", json_string(cli->value[AG_OPT_NAME]));
	return done(cli, in);
}

static json_t *id_request(const struct ag_cli *cli, const char *name)
{
	char *end;
	long long id = strtoll(cli->argument, &end, 10);

	return json_pack("{s:I}", name, (json_int_t)(*end || id <= 0 ? -1 : id));
}

int ag_cli_alarm_clear(const struct ag_cli *cli)
{
	return done(cli, id_request(cli, "id"));
}

int ag_cli_job_end(const struct ag_cli *cli)
{
	json_t *in = id_request(cli, "job");

	if (cli->value[AG_OPT_FORCE])
		json_object_set_new(in, "force", json_true());
	if (cli->value[AG_OPT_REASON])
		json_object_set_new(in, "reason", json_string(cli->value[AG_OPT_REASON]));
	return done(cli, in);
}

/* ---- enrolment ---- */

static char *read_text(const char *path)
{
	char *text = calloc(1, 8192);
	FILE *in = fopen(path, "r");

	if (!in || !text || fread(text, 1, 8191, in) == 0) {
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

static int write_file(const char *dir, const char *name, const void *data, size_t len)
{
	char path[4096];
	FILE *out;
	int r;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	if (!out)
		return -errno;
	r = fwrite(data, 1, len, out) == len ? 0 : -EIO;
	return fclose(out) || r ? -EIO : 0;
}

static int write_member(json_t *answer, const char *member, const char *dir, const char *name, int is_base64)
{
	const char *text = json_string_value(json_object_get(answer, member));
	unsigned char data[4096];
	size_t len;

	if (!text)
		return -EPROTO;
	if (!is_base64)
		return write_file(dir, name, text, strlen(text));
	if (ag_base64_decode(text, strlen(text), data, sizeof(data), &len))
		return -EPROTO;
	return write_file(dir, name, data, len);
}

static int write_enrolment(json_t *answer, const char *dir)
{
	static const struct { const char *member, *name; int is_base64; } files[] = {
		{ "identity", "identity.bin", 1 }, { "sig", "identity.p7s", 1 },
		{ "agent_pem", "agent.pem", 0 }, { "ca_pem", "ca.pem", 0 },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = write_member(answer, files[i].member, dir, files[i].name, files[i].is_base64);
	return r;
}

int ag_cli_atm_add(const struct ag_cli *cli)
{
	const char *dir = cli->value[AG_OPT_OUT];
	char *csr = read_text(cli->value[AG_OPT_CSR]);
	json_t *answer;
	int r;

	if (!csr)
		return ag_cli_fail("%s: cannot read the certificate request", cli->value[AG_OPT_CSR]);
	/* Before the machine is enrolled: an answer that cannot be kept is lost. */
	if ((mkdir(dir, 0755) && errno != EEXIST) || access(dir, W_OK)) {
		free(csr);
		return ag_cli_fail("%s: %s", dir, strerror(errno));
	}
	answer = ag_cli_ask(cli, json_pack("{s:s, s:s, s:s, s:s}", "number", cli->value[AG_OPT_NUMBER],
					   "class", cli->value[AG_OPT_CLASS], "boot_uuid",
					   cli->value[AG_OPT_BOOT_UUID], "csr", csr));
	free(csr);
	if (!answer)
		return AG_CLI_FAILED;
	r = write_enrolment(answer, dir);
	json_decref(answer);
	if (r)
		return ag_cli_fail("%s: %s", dir, strerror(-r));
	printf("登録しました / enrolled: ATM %s\n  %s/{identity.bin,identity.p7s,agent.pem,ca.pem}\n",
	       cli->value[AG_OPT_NUMBER], dir);
	return AG_CLI_OK;
}

/* ---- jobs with a password ---- */

static const char *text_of(json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "-";
}

static void print_password(json_t *answer)
{
	const char *otp = text_of(answer, "otp");
	char until[32], from[32];

	ag_text_time(json_integer_value(json_object_get(answer, "expires_s")), until);
	ag_text_time(json_integer_value(json_object_get(answer, "opens_s")), from);
	printf("ジョブ / Job: %lld\n", (long long)json_integer_value(json_object_get(answer, "job")));
	printf("機番 / ATM: %s\n", text_of(answer, "atm"));
	printf("社員番号 / Employee: %s\n", text_of(answer, "employee"));
	printf("作業 / Work: %s (%s)\n", text_of(answer, "title"), text_of(answer, "work"));
	printf("有効 / Valid: %s – %s\n", from, until);
	printf("残り試行 / Tries left: %lld\n",
	       (long long)json_integer_value(json_object_get(answer, "tries_left")));
	printf("ワンタイムパスワード / One-time password: %.3s %.3s %.3s\n", otp, otp + 3, otp + 6);
	puts("この番号は再表示できません / It is not shown again.");
}

static int show_password(const struct ag_cli *cli, json_t *in)
{
	json_t *answer = ag_cli_ask(cli, in);
	char *otp;

	if (!answer)
		return AG_CLI_FAILED;
	if (strlen(text_of(answer, "otp")) != AG_OTP_LEN) {
		json_decref(answer);
		return ag_cli_fail("atmcenterd gave no password");
	}
	if (cli->value[AG_OPT_JSON])
		ag_cli_print_json(answer);
	else
		print_password(answer);
	otp = (char *)text_of(answer, "otp");
	OPENSSL_cleanse(otp, strlen(otp));
	json_decref(answer);
	return AG_CLI_OK;
}

int ag_cli_job_open(const struct ag_cli *cli)
{
	json_t *in = json_pack("{s:s, s:s, s:s}", "atm", cli->value[AG_OPT_ATM], "employee",
			       cli->value[AG_OPT_EMPLOYEE], "work", cli->value[AG_OPT_WORK]);
	int64_t s;

	if (cli->value[AG_OPT_VALID]) {
		if (ag_text_duration(cli->value[AG_OPT_VALID], &s))
			return ag_cli_fail("--valid: a duration like 90m or 2h expected");
		json_object_set_new(in, "valid_s", json_integer(s));
	}
	if (cli->value[AG_OPT_FROM]) {
		if (ag_text_duration(cli->value[AG_OPT_FROM], &s))
			return ag_cli_fail("--from: a duration from now, like 30m, expected");
		json_object_set_new(in, "opens_s", json_integer(time(NULL) + s));
	}
	return show_password(cli, in);
}

int ag_cli_job_reissue(const struct ag_cli *cli)
{
	return show_password(cli, id_request(cli, "job"));
}

int ag_cli_job_types(const struct ag_cli *cli)
{
	char why[160] = "work.json cannot be read";
	json_t *list;

	if (ag_work_load(cli->value[AG_OPT_DIR], why))
		return ag_cli_fail("%s", why);
	list = json_array();
	for (const struct ag_work *work = ag_works; work->name; work++)
		if (cli->value[AG_OPT_JSON])
			json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s}", "work", work->name,
							      "scopes", work->scopes, "duration_s",
							      work->duration_s, "title", work->title));
		else
			printf("%-16s %4u min  %s\n", work->name, work->duration_s / 60, work->title);
	if (cli->value[AG_OPT_JSON])
		ag_cli_print_json(list);
	json_decref(list);
	return AG_CLI_OK;
}
