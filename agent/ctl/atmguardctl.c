// SPDX-License-Identifier: MIT
// atmguardctl: status and diagnosis for operators and scripts.
#include "ctl.h"

#include <getopt.h>
#include <linux/atmguard.h>
#include <stdio.h>
#include <string.h>

#include "agent/common/local.h"
#include "lib/version.h"

static const char usage[] =
	"usage: atmguardctl [OPTION]... COMMAND [ARGUMENT]\n"
	"\n"
	"  status            state of the guard                       [--json]\n"
	"  log               audit records the kernel holds           [--follow] [--json | --raw]\n"
	"  verify FILE       check the chain of records from log --raw (- is standard input)\n"
	"  unlock EMPLOYEE   unlock; the password comes from standard input or a prompt\n"
	"  complete          report the work complete: lock\n"
	"  explain [WORD]... what each word of a record or an answer means [--json]\n"
	"\n"
	"  --device PATH     of the kernel module     (" ATMGUARD_DEVICE ")\n"
	"  --socket PATH     of the agent             (" AG_LOCAL_SOCKET ")\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 usage, 3 not accepted, 4 nothing was judged,\n"
	"5 the chain is broken.\n";

enum argument { NO_ARGUMENT, NEEDS_ARGUMENT, ANY_ARGUMENTS };

static const struct {
	const char *name;
	enum argument argument;
	int (*run)(const struct ag_ctl *ctl);
} commands[] = {
	{ "status", NO_ARGUMENT, ag_ctl_status },
	{ "log", NO_ARGUMENT, ag_ctl_log },
	{ "verify", NEEDS_ARGUMENT, ag_ctl_verify },
	{ "unlock", NEEDS_ARGUMENT, ag_ctl_unlock },
	{ "complete", NO_ARGUMENT, ag_ctl_complete },
	{ "explain", ANY_ARGUMENTS, ag_ctl_explain },
};

static int complain(void)
{
	fputs(usage, stderr);
	return AG_CTL_USAGE;
}

static int run(struct ag_ctl *ctl, int nr_words, char **words)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (nr_words < 1 || strcmp(words[0], commands[i].name))
			continue;
		if (commands[i].argument != ANY_ARGUMENTS &&
		    nr_words != (commands[i].argument == NEEDS_ARGUMENT ? 2 : 1))
			return complain();
		ctl->nr_arguments = nr_words - 1;
		ctl->arguments = words + 1;
		return commands[i].run(ctl);
	}
	return complain();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' }, { "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },	    { "follow", no_argument, NULL, 'f' },
		{ "raw", no_argument, NULL, 'r' },	    { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },	    { NULL, 0, NULL, 0 },
	};
	struct ag_ctl ctl = { .device = ATMGUARD_DEVICE, .socket = AG_LOCAL_SOCKET };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd': ctl.device = optarg; break;
		case 's': ctl.socket = optarg; break;
		case 'j': ctl.is_json = true; break;
		case 'f': ctl.is_follow = true; break;
		case 'r': ctl.is_raw = true; break;
		case 'h': fputs(usage, stdout); return AG_CTL_OK;
		case 'v': puts("atmguardctl " AG_VERSION); return AG_CTL_OK;
		default: return complain();
		}
	}
	return ctl.is_json && ctl.is_raw ? complain() : run(&ctl, argc - optind, argv + optind);
}
