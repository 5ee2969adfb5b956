// SPDX-License-Identifier: MIT
// atmguard-load: the first program of the initramfs; loads, attaches, seals, starts init.
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE_INIT_COMPRESSED_FILE 4	/* linux/module.h */

/* How long the reason stays on the screen before the power goes, seconds. */
#define HALT_DELAY_S 10

static void say(const char *format, ...)
{
	va_list args;

	fputs("atmguard-load: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* What an error of ATMGUARD_IDENTITY, _POLICY, _SEAL means to whoever reads it. */
static const char *explain(int r)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ -ENOENT, "file missing" },
		{ -EMSGSIZE, "of no possible size" },
		{ -EBADMSG, "signature is not a CMS message" },
		{ -ENOKEY, "signed by a key this machine does not know" },
		{ -EKEYREJECTED, "signature does not fit" },
		{ -EPROTO, "not an object of this kind, or damaged" },
		{ -EXDEV, "made for another machine" },
		{ -ESTALE, "older than what is loaded" },
		{ -ENODATA, "identity or policy is missing" },
		{ -ENOLINK, "a hook is not attached" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].error == r)
			return texts[i].text;
	return strerror(-r);
}

static bool is_compressed(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".ko") != 0;
}

static int insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", is_compressed(path) ? MODULE_INIT_COMPRESSED_FILE : 0) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int insert_all(char *const paths[])
{
	for (; *paths; paths++) {
		int r = insert(*paths);

		if (r < 0 && r != -EEXIST) {
			say("module %s: %s", *paths, strerror(-r));
			return r;
		}
	}
	return 0;
}

/* The newest policy first; a broken or missing one falls back to the last that
 * was taken.  With neither there is no seal and no start. */
static int load_policy(int device, const char *state)
{
	static const char *const names[] = { "policy/current", "policy/good" };
	int r = -ENOENT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		r = ag_load_object(device, ATMGUARD_POLICY, state, names[i]);
		if (r == 0)
			return 0;
		say("%s/%s: %s", state, names[i], explain(r));
	}
	return r;
}

static int load_objects(int device, const char *state)
{
	int r = ag_load_object(device, ATMGUARD_IDENTITY, state, "identity");

	if (r < 0) {
		say("%s/identity: %s", state, explain(r));
		return r;
	}
	/* After the identity, for it names this machine.  Without it the numbering
	 * starts anew, which the center notices. */
	r = ag_load_object(device, ATMGUARD_RECEIPT, state, "receipt");
	if (r < 0 && r != -ENOENT)
		say("%s/receipt: %s", state, explain(r));
	return load_policy(device, state);
}

static int seal(int device, const char *root)
{
	int fds[ATMGUARD_LINKS_MAX], r;
	struct atmguard_seal request = {};
	size_t nr;

	r = ag_load_bpf(fds, &nr);
	if (r < 0) {
		say("BPF programs: %s", strerror(-r));
		return r;
	}
	request.links = (uintptr_t)fds;
	request.nr_links = nr;
	request.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (request.root_fd < 0)
		r = -errno;
	else if (ioctl(device, ATMGUARD_SEAL, &request) < 0)
		r = -errno;
	if (r < 0)
		say("seal: %s", explain(r));
	return r;
}

static int load_and_seal(const char *root, const char *state)
{
	int device = open(ATMGUARD_DEVICE, O_RDWR | O_CLOEXEC), r;

	if (device < 0) {
		say("%s: %s", ATMGUARD_DEVICE, strerror(errno));
		return -errno;
	}
	r = load_objects(device, state);
	if (r == 0)
		r = seal(device, root);
	close(device);
	return r;
}

/* Only as the first process: run by hand, it must not switch a machine off. */
static int halt_if_first(int r)
{
	if (getpid() == 1) {
		say("this machine cannot be locked and is switched off in %d s", HALT_DELAY_S);
		sleep(HALT_DELAY_S);
		sync();
		reboot(RB_POWER_OFF);
	}
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

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

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "insert", no_argument, NULL, 'i' }, { "seal", no_argument, NULL, 's' },
		{ "root", required_argument, NULL, 'r' }, { "state", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' }, {}
	};
	static char sbin_init[] = "/sbin/init", *default_init[] = { sbin_init, NULL };
	const char *root = "/root", *state = NULL;
	char state_path[4096], action = 0;
	int c, r;

	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1)
		switch (c) {
		case 'i':
		case 's':
			action = c;
			break;
		case 'r':
			root = optarg;
			break;
		case 't':
			state = optarg;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return 2;
		}
	if (action == 'i' && optind < argc)
		return insert_all(argv + optind) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	if (action != 's') {
		usage(stderr);
		return 2;
	}
	if (!state) {
		snprintf(state_path, sizeof(state_path), "%s/var/lib/atmguard", root);
		state = state_path;
	}
	/* Before the seal, which looks at what is mounted there. */
	ag_load_take_run(root);
	r = load_and_seal(root, state);
	if (r < 0)
		return halt_if_first(r);
	r = ag_load_enter(root, optind < argc ? argv + optind : default_init);
	say("%s: %s", optind < argc ? argv[optind] : default_init[0], strerror(-r));
	return halt_if_first(r);
}
