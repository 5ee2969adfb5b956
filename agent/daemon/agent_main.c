// SPDX-License-Identifier: MIT
// The command line of atmguardd.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/version.h"
#include "account.h"
#include "agent.h"
#include "statedir.h"

static const char usage[] =
	"usage: atmguardd [OPTION]...\n"
	"Talks to the maintenance center for this ATM: relays unlocks, ships audit records.\n"
	"\n"
	"  --conf FILE       where the center is           (/etc/atmguard/agent.conf)\n"
	"  --state-dir DIR   TLS files and receipts        (" AG_STATEDIR_DIR ")\n"
	"  --socket PATH     for the technician's screen   (" AG_LOCAL_SOCKET ")\n"
	"  --device PATH     of the kernel module          (" ATMGUARD_DEVICE ")\n"
	"  --user NAME       account when started as root  (" AG_ACCOUNT_USER ")\n"
	"  --help, --version\n";

enum { OPT_CONF = 1, OPT_STATE_DIR, OPT_SOCKET, OPT_DEVICE, OPT_USER, OPT_HELP, OPT_VERSION };

static const struct option options_long[] = {
	{ "conf", required_argument, NULL, OPT_CONF },
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "user", required_argument, NULL, OPT_USER },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* 0: go on; otherwise the exit status plus one. */
static int parse(int argc, char **argv, struct ag_agent_options *options)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options_long, NULL)) != -1) {
		switch (option) {
		case OPT_CONF: options->conf = optarg; break;
		case OPT_STATE_DIR: options->state_dir = optarg; break;
		case OPT_SOCKET: options->socket = optarg; break;
		case OPT_DEVICE: options->device = optarg; break;
		case OPT_USER: options->user = optarg; break;
		case OPT_HELP: fputs(usage, stdout); return 1 + EXIT_SUCCESS;
		case OPT_VERSION: puts("atmguardd " AG_VERSION); return 1 + EXIT_SUCCESS;
		default: fputs(usage, stderr); return 1 + EXIT_FAILURE;
		}
	}
	if (optind == argc)
		return 0;
	fputs(usage, stderr);
	return 1 + EXIT_FAILURE;
}

int ag_agent_main(int argc, char **argv, ag_agent_open_device open_device)
{
	struct ag_agent_options options = {
		.conf = "/etc/atmguard/agent.conf",
		.state_dir = AG_STATEDIR_DIR,
		.socket = AG_LOCAL_SOCKET,
		.device = ATMGUARD_DEVICE,
		.user = AG_ACCOUNT_USER,
	};
	int status = parse(argc, argv, &options);

	return status ? status - 1 : ag_agent_run(&options, open_device);
}
