// SPDX-License-Identifier: MIT
// Keeps the memory of this process out of core dumps and debuggers.
#include "process.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int ag_process_hide(void)
{
	const struct rlimit no_core = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    setrlimit(RLIMIT_CORE, &no_core))
		return -errno;
	return 0;
}
