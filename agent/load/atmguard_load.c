// SPDX-License-Identifier: MIT
// atmguard-load: the first program of the initramfs; its command line.
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "load.h"

enum action { NOTHING, INSERT, SEAL, HELP };

struct options {
	enum action action;
	const char *root;
	const char *state;	/* NULL: below the root */
};

static void usage(FILE *to)
{
	fputs("Usage: atmguard-load --insert MODULE...\n"
	      "       atmguard-load --seal [--root DIR] [--state DIR] [-- INIT ARGS...]\n"
	      "\n"
	      "First program of an ATM's initramfs.  --insert puts kernel modules in, in this\n"
	      "order.  --seal loads identity and policy, attaches the BPF programs, seals, and\n"
	      "goes over to the root file system.  As process 1 it switches the machine off if\n"
	      "any step fails.\n"
	      "\n"
	      "  --root DIR   mounted root file system (/root)\n"
	      "  --state DIR  signed objects (DIR of --root + /var/lib/atmguard)\n"
	      "  --help       this text\n", to);
}

/* 0, or -1 for an option that does not exist. */
static int parse(int argc, char *argv[], struct options *options)
{
	static const struct option known[] = {
		{ "insert", no_argument, NULL, 'i' }, { "seal", no_argument, NULL, 's' },
		{ "root", required_argument, NULL, 'r' }, { "state", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' }, {}
	};
	int c;

	while ((c = getopt_long(argc, argv, "+", known, NULL)) != -1)
		switch (c) {
		case 'i': options->action = INSERT; break;
		case 's': options->action = SEAL; break;
		case 'r': options->root = optarg; break;
		case 't': options->state = optarg; break;
		case 'h': options->action = HELP; return 0;
		default: return -1;
		}
	return 0;
}

/* Returns only on failure. */
static int seal(const struct options *options, char *argv[])
{
	static char sbin_init[] = "/sbin/init", *default_init[] = { sbin_init, NULL };
	char below_root[PATH_MAX];

	snprintf(below_root, sizeof(below_root), "%s/var/lib/atmguard", options->root);
	return ag_load_start(options->root, options->state ? options->state : below_root,
			     *argv ? argv : default_init);
}

int main(int argc, char *argv[])
{
	struct options options = { .root = "/root" };

	if (parse(argc, argv, &options) == 0) {
		if (options.action == HELP) {
			usage(stdout);
			return EXIT_SUCCESS;
		}
		if (options.action == INSERT && optind < argc)
			return ag_load_modules(argv + optind) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
		if (options.action == SEAL)
			return seal(&options, argv + optind) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	usage(stderr);
	return 2;
}
