// SPDX-License-Identifier: MIT
// Leaves the initramfs for the sealed root file system.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

/* Mounted by the initramfs and taken along, where the root has a place for it. */
static void take_along(const char *root, const char *name)
{
	char from[16], to[256];

	snprintf(from, sizeof(from), "/%s", name);
	snprintf(to, sizeof(to), "%s/%s", root, name);
	/* Not mounted is no fault: systemd mounts what it misses. */
	if (mount(from, to, NULL, MS_MOVE, NULL) < 0 && errno != EINVAL && errno != ENOENT)
		perror(to);
}

void ag_load_take_run(const char *root)
{
	take_along(root, "run");
}

int ag_load_enter(const char *root, char *const argv[])
{
	take_along(root, "dev");
	take_along(root, "proc");
	take_along(root, "sys");
	if (chdir(root) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		return -errno;
	execv(argv[0], argv);
	return -errno;
}
