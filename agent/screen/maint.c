// SPDX-License-Identifier: MIT
// atmguard-maint: the technician's screen. It talks to the agent's socket and to nothing else.
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/common/client.h"
#include "agent/common/clock.h"
#include "agent/common/process.h"
#include "lib/version.h"
#include "keypad.h"
#include "screen.h"

#define STATUS_MS	1000u	/* how often the agent is asked */
#define REPEAT_MS	5000u	/* how often everything is sent to the terminal again */

/* An agent that is later than this has hung. An unlock takes it three tries at
 * the center; a relock ends tasks, and while one client's relock is under way
 * the others wait too. */
static const uint32_t late_ms[AG_LOCAL_NR_REQUESTS] = {
	[AG_LOCAL_STATUS] = 20000,
	[AG_LOCAL_UNLOCK] = 60000,
	[AG_LOCAL_COMPLETE] = 120000,
};

static const char usage[] =
	"usage: atmguard-maint [--socket PATH]\n"
	"The technician's screen of this ATM: digits, Enter (#) and Backspace (*).\n"
	"\n"
	"  --socket PATH     of the agent      (" AG_LOCAL_SOCKET ")\n"
	"  --help, --version\n";

struct maint {
	struct ag_wizard wizard;
	struct ag_client client;
	struct ag_keypad keys;
	uint64_t asked_ms;	/* when the agent was last asked for something */
	uint64_t repeated_ms;
};

static volatile sig_atomic_t is_ending;

static void on_signal(int number)
{
	is_ending = number;
}

/* ---- the agent ---- */

static void lost_agent(struct maint *maint, uint64_t now_ms)
{
	ag_client_close(&maint->client);
	ag_wizard_answer(&maint->wizard, NULL, now_ms);
	ag_wizard_status(&maint->wizard, NULL, now_ms);
}

static void ask(struct maint *maint, enum ag_local_do what, uint64_t now_ms)
{
	struct ag_local_request request = { .what = what };

	maint->asked_ms = now_ms;
	if (what == AG_LOCAL_UNLOCK) {
		strcpy(request.otp, maint->wizard.otp);
		strcpy(request.employee, maint->wizard.employee);
	}
	if (ag_client_send(&maint->client, &request))
		lost_agent(maint, now_ms);
	explicit_bzero(&request, sizeof(request));
}

static void ask_status(struct maint *maint, uint64_t now_ms)
{
	if (maint->client.is_waiting && now_ms - maint->asked_ms > late_ms[maint->client.what])
		lost_agent(maint, now_ms);
	if (maint->client.is_waiting || now_ms - maint->asked_ms < STATUS_MS)
		return;
	maint->asked_ms = now_ms;
	if (maint->client.fd < 0 && ag_client_open(&maint->client))
		lost_agent(maint, now_ms);
	else
		ask(maint, AG_LOCAL_STATUS, now_ms);
}

static void take_answer(struct maint *maint, uint64_t now_ms)
{
	enum ag_local_do what = maint->client.what;
	struct ag_local_answer answer;
	int r = ag_client_receive(&maint->client, &answer);

	if (r == -EAGAIN)
		return;
	if (r) {
		lost_agent(maint, now_ms);
	} else if (what == AG_LOCAL_STATUS) {
		ag_wizard_status(&maint->wizard, answer.result == AG_LOCAL_OK ? &answer : NULL,
				 now_ms);
	} else {
		ag_wizard_answer(&maint->wizard, &answer, now_ms);
		/* Keys pressed while waiting were meant for another page. */
		ag_screen_flush_input();
		maint->asked_ms = 0;
	}
}

/* ---- keys ---- */

/* A status under way is answered at once; the request follows behind it. */
static void ask_after_status(struct maint *maint, enum ag_local_do what, uint64_t now_ms)
{
	struct pollfd ready = { .fd = maint->client.fd, .events = POLLIN };

	if (maint->client.is_waiting && poll(&ready, 1, (int)late_ms[AG_LOCAL_STATUS]) > 0) {
		struct ag_local_answer ignored;

		ag_client_receive(&maint->client, &ignored);
	}
	ask(maint, what, now_ms);
}

static void take_key(struct maint *maint, int key, uint64_t now_ms)
{
	if (key == AG_KEY_REDRAW)
		ag_screen_redraw();
	switch (ag_wizard_key(&maint->wizard, key, now_ms)) {
	case AG_ACTION_UNLOCK:
		ask_after_status(maint, AG_LOCAL_UNLOCK, now_ms);
		break;
	case AG_ACTION_COMPLETE:
		ask_after_status(maint, AG_LOCAL_COMPLETE, now_ms);
		break;
	case AG_ACTION_NONE:
		break;
	}
}

static void take_keys(struct maint *maint, uint64_t now_ms)
{
	int byte, key;

	while ((byte = ag_screen_read()) >= 0) {
		key = ag_keypad_feed(&maint->keys, (unsigned char)byte);
		if (key != AG_KEY_NONE)
			take_key(maint, key, now_ms);
	}
}

/* ---- the loop ---- */

static void draw(struct maint *maint, uint64_t now_ms)
{
	if (now_ms - maint->repeated_ms >= REPEAT_MS) {
		maint->repeated_ms = now_ms;
		ag_screen_repeat();
	}
	ag_screen_draw(&maint->wizard, now_ms);
}

static void turn(struct maint *maint)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = maint->client.fd, .events = POLLIN },
	};
	uint64_t now_ms;

	poll(fds, 2, 500);
	now_ms = ag_clock_now_ms();
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		is_ending = 1;
	if (fds[1].revents && fds[1].fd >= 0)
		take_answer(maint, now_ms);
	take_keys(maint, now_ms);
	ag_wizard_tick(&maint->wizard, now_ms);
	ask_status(maint, now_ms);
	draw(maint, now_ms);
}

static int run(const char *socket_path)
{
	struct maint maint = { .client = { .path = socket_path, .fd = -1 } };
	const struct sigaction action = { .sa_handler = on_signal };
	int r = ag_process_hide();

	r = r ? r : ag_screen_open();
	if (r) {
		fprintf(stderr, "atmguard-maint: %s\n", strerror(-r));
		return EXIT_FAILURE;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	ag_wizard_init(&maint.wizard);
	while (!is_ending)
		turn(&maint);
	ag_wizard_wipe(&maint.wizard);
	ag_client_close(&maint.client);
	ag_screen_close();
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *socket_path = AG_LOCAL_SOCKET;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's': socket_path = optarg; break;
		case 'h': fputs(usage, stdout); return EXIT_SUCCESS;
		case 'v': puts("atmguard-maint " AG_VERSION); return EXIT_SUCCESS;
		default: fputs(usage, stderr); return EXIT_FAILURE;
		}
	}
	if (optind == argc)
		return run(socket_path);
	fputs(usage, stderr);
	return EXIT_FAILURE;
}
