// SPDX-License-Identifier: MIT
// Leaves the initramfs for the sealed root file system.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

/* Mounted by the initramfs and taken along, where the root has a place for them. */
static const char *const kept[] = { "dev", "proc", "sys", "run" };

static void take_along(const char *root)
{
	char from[16], to[256];

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		snprintf(from, sizeof(from), "/%s", kept[i]);
		snprintf(to, sizeof(to), "%s/%s", root, kept[i]);
		/* Not mounted is no fault: systemd mounts what it misses. */
		if (mount(from, to, NULL, MS_MOVE, NULL) < 0 && errno != EINVAL)
			perror(to);
	}
}

int ag_load_enter(const char *root, char *const argv[])
{
	take_along(root);
	if (chdir(root) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		return -errno;
	execv(argv[0], argv);
	return -errno;
}
