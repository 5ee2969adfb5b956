// SPDX-License-Identifier: MIT
// The way to the judge and to the readers; what is said when it fails.
#include "cli.h"
#include "center/common/local.h"
#include "center/common/wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S	30	/* a decision takes milliseconds, and a reader that hangs is ended before */

int ag_cli_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("atmcenter: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return AG_CLI_FAILED;
}

void ag_cli_print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
}

static int dial(const char *dir, const char *socket_name, int *ret_fd)
{
	int r = ag_local_dial(dir, socket_name, WAIT_S, ret_fd);

	return r ? ag_cli_fail("センターに接続できません / cannot reach atmcenterd at %s/%s: %s",
			       dir, socket_name, r == -EAGAIN ? "it hangs" : strerror(-r)) : AG_CLI_OK;
}

static json_t *exchange(int fd, const char *text, const char *socket_name)
{
	struct ag_wire head = { .len = strlen(text), .kind = AG_WIRE_ADMIN };
	char *body = malloc(AG_WIRE_REPLY_MAX);
	json_t *answer = NULL;
	int r = body ? ag_wire_send(fd, &head, text) : -ENOMEM;

	if (r == 0)
		r = ag_wire_receive(fd, &head, body, AG_WIRE_REPLY_MAX);
	if (r == 0)
		answer = json_loadb(body, head.len, 0, NULL);
	free(body);
	if (!answer)
		ag_cli_fail("応答がありません / atmcenterd gave no answer at %s (%s); its log says why",
			    socket_name, r ? strerror(-r) : "not JSON");
	return answer;
}

static json_t *ask_text(const struct ag_cli *cli, const char *text)
{
	const char *socket_name = cli->is_look ? AG_LOCAL_READER : AG_LOCAL_ADMIN;
	json_t *answer;
	int fd;

	if (dial(cli->value[AG_OPT_DIR], socket_name, &fd))
		return NULL;
	answer = exchange(fd, text, socket_name);
	close(fd);
	return answer;
}

json_t *ag_cli_ask(const struct ag_cli *cli, json_t *in)
{
	json_t *answer = NULL;
	const char *error;
	char *text;

	json_object_set_new(in, "do", json_string(cli->request));
	text = json_dumps(in, JSON_COMPACT);
	json_decref(in);
	if (text)
		answer = ask_text(cli, text);
	free(text);
	error = json_string_value(json_object_get(answer, "error"));
	if (error) {
		ag_cli_fail("%s", error);
		json_decref(answer);
		return NULL;
	}
	return answer;
}

int ag_cli_each_page(const struct ag_cli *cli, json_t *in, int (*use)(json_t *answer, void *arg), void *arg)
{
	bool is_more;
	int r;

	do {
		json_t *answer = ag_cli_ask(cli, json_copy(in)), *next = json_object_get(answer, "next");

		is_more = next;
		r = answer ? AG_CLI_OK : AG_CLI_FAILED;
		if (next && json_object_set(in, "after", next))
			r = ag_cli_fail("out of memory");
		if (r == AG_CLI_OK)
			r = use(answer, arg);
		json_decref(answer);
	} while (is_more && r == AG_CLI_OK);
	json_decref(in);
	return r;
}
