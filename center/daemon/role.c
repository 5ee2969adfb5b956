// SPDX-License-Identifier: MIT
// What every process of the center does before it serves.
#include "roles.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int ag_role_settle(const struct ag_role_config *config, enum ag_role role)
{
	int r = ag_sandbox_drop(config->uid, config->gid);

	/* Without TZ each look at a certificate's dates would open
	 * /etc/localtime, which the sandbox does not let. */
	setenv("TZ", "UTC0", 1);
	tzset();
	if (r == 0)
		r = ag_sandbox_enter(role);
	if (r)
		return r;
	if (config->ready_fd >= 0) {
		r = write(config->ready_fd, "", 1) == 1 ? 0 : -EPIPE;
		close(config->ready_fd);
	}
	return r;
}
