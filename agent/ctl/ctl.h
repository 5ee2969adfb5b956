/* SPDX-License-Identifier: MIT */
/* The commands of atmguardctl. */
#ifndef AG_AGENT_CTL_CTL_H
#define AG_AGENT_CTL_CTL_H

#include <stdbool.h>

/* Exit statuses, in atmguardctl(8). */
enum ag_ctl_exit {
	AG_CTL_OK = 0,
	AG_CTL_FAILED = 1,
	AG_CTL_USAGE = 2,
	AG_CTL_NG = 3,		/* judged, not accepted */
	AG_CTL_NOT_JUDGED = 4,	/* see the reason */
	AG_CTL_BAD_CHAIN = 5	/* verify found a gap or a break */
};

struct ag_ctl {
	const char *device;
	const char *socket;
	bool is_json;
	bool is_follow;
	bool is_raw;
	int nr_arguments;	/* of the command */
	char **arguments;	/* ends with NULL */
};

/* ag_ctl_fail - print "atmguardctl: WHAT: error" and return AG_CTL_FAILED */
int ag_ctl_fail(const char *what, int error);

int ag_ctl_status(const struct ag_ctl *ctl);
int ag_ctl_log(const struct ag_ctl *ctl);
int ag_ctl_verify(const struct ag_ctl *ctl);
int ag_ctl_unlock(const struct ag_ctl *ctl);
int ag_ctl_complete(const struct ag_ctl *ctl);
int ag_ctl_explain(const struct ag_ctl *ctl);

#endif
