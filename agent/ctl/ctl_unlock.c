// SPDX-License-Identifier: MIT
// atmguardctl unlock and complete: the agent's socket for scripts.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent/common/client.h"
#include "agent/common/process.h"
#include "lib/damm.h"
#include "lib/names.h"
#include "ctl.h"

#define WAIT_MS 120000

/* One line, read byte by byte: a buffer of stdio would keep the password. */
static int read_line(char *line, size_t size)
{
	size_t len = 0;
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && c != '\r') {
		if (len + 1 == size)
			return -EMSGSIZE;
		line[len++] = c;
	}
	line[len] = '\0';
	return 0;
}

/* Never from the command line, which every process can see. */
static int read_password(char *line, size_t size)
{
	struct termios normal, silent;
	int r;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &normal))
		return read_line(line, size);
	fputs("One-time password: ", stderr);
	silent = normal;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	r = read_line(line, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &normal);
	fputc('\n', stderr);
	return r;
}

static int ask(const struct ag_ctl *ctl, const struct ag_local_request *request,
	       struct ag_local_answer *ret_answer)
{
	struct ag_client client = { .path = ctl->socket, .fd = -1 };
	int r = ag_client_open(&client);

	r = r ? r : ag_client_ask(&client, request, WAIT_MS, ret_answer);
	ag_client_close(&client);
	return r;
}

static int print_refusal(const struct ag_local_answer *answer)
{
	if (answer->result == AG_LOCAL_NG) {
		fputs("not accepted\n", stderr);
		return AG_CTL_NG;
	}
	fprintf(stderr, "%s%s%s\n", ag_local_reason_name(answer->reason),
		answer->detail[0] ? ": " : "", answer->detail);
	return AG_CTL_NOT_JUDGED;
}

static int print_opened(const struct ag_local_answer *answer)
{
	char scopes[AG_NAMES_LIST_SIZE];

	ag_names_list(AG_NAMES_SCOPE, answer->scopes, ",", scopes, sizeof(scopes));
	printf("unlocked for job %" PRIu64 ": %s, %" PRIu64 " s left\n", answer->job, scopes,
	       answer->remaining_s);
	return AG_CTL_OK;
}

static int fill_request(const struct ag_ctl *ctl, struct ag_local_request *request)
{
	size_t len = strlen(ctl->arguments[0]);
	int r = 0;

	if (len == 0 || len > AG_EMPLOYEE_MAX || strspn(ctl->arguments[0], "0123456789") != len) {
		fputs("atmguardctl: the employee number is 1 to 15 digits\n", stderr);
		return -EINVAL;
	}
	strcpy(request->employee, ctl->arguments[0]);
	r = read_password(request->otp, sizeof(request->otp));
	if (r || strlen(request->otp) != AG_OTP_LEN || !ag_damm_is_valid(request->otp)) {
		fputs("atmguardctl: mistyped: nine digits whose last checks the others\n", stderr);
		return -EINVAL;
	}
	return 0;
}

int ag_ctl_unlock(const struct ag_ctl *ctl)
{
	struct ag_local_request request = { .what = AG_LOCAL_UNLOCK };
	struct ag_local_answer answer;
	int r = ag_process_hide();

	if (!r && fill_request(ctl, &request)) {
		explicit_bzero(&request, sizeof(request));
		return AG_CTL_USAGE;
	}
	r = r ? r : ask(ctl, &request, &answer);
	explicit_bzero(&request, sizeof(request));
	if (r)
		return ag_ctl_fail(ctl->socket, r);
	return answer.result == AG_LOCAL_OK ? print_opened(&answer) : print_refusal(&answer);
}

int ag_ctl_complete(const struct ag_ctl *ctl)
{
	const struct ag_local_request request = { .what = AG_LOCAL_COMPLETE };
	struct ag_local_answer answer;
	int r = ask(ctl, &request, &answer);

	if (r)
		return ag_ctl_fail(ctl->socket, r);
	if (answer.result != AG_LOCAL_OK)
		return print_refusal(&answer);
	printf("locked, survivors %u\n", answer.survivors);
	return answer.survivors ? AG_CTL_FAILED : AG_CTL_OK;
}
