// SPDX-License-Identifier: MIT
// The ladder from a booted initramfs to a sealed machine, and what happens when a step fails.
#include "load.h"

#include <errno.h>
#include <fcntl.h>
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

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
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

int ag_load_modules(char *const paths[])
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

/* The present policy first; a broken or missing one falls back to the one that
 * was put there with the installation.  With neither there is no seal and no start. */
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
static void halt_if_first(void)
{
	if (getpid() != 1)
		return;
	say("this machine cannot be locked and is switched off in %d s", HALT_DELAY_S);
	sleep(HALT_DELAY_S);
	sync();
	reboot(RB_POWER_OFF);
}

int ag_load_start(const char *root, const char *state, char *const init[])
{
	int r;

	/* Before the seal, which looks at what is mounted there. */
	ag_load_take_run(root);
	r = load_and_seal(root, state);
	if (r == 0) {
		r = ag_load_enter(root, init);
		say("%s: %s", init[0], strerror(-r));
	}
	halt_if_first();
	return r;
}
