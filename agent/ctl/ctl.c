// SPDX-License-Identifier: MIT
// What the commands of atmguardctl share.
#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ag_ctl_fail(const char *what, int error)
{
	fprintf(stderr, "atmguardctl: %s: %s\n", what, strerror(abs(error)));
	return AG_CTL_FAILED;
}
