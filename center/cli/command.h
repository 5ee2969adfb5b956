/* SPDX-License-Identifier: MIT */
/* The commands of atmcenter, by file; each returns the exit status. */
#ifndef AG_CENTER_CLI_COMMAND_H
#define AG_CENTER_CLI_COMMAND_H

#include "cli.h"

typedef int ag_cli_command(const struct ag_cli *cli);
ag_cli_command ag_cli_init;						/* cli_init.c */
ag_cli_command ag_cli_atm_add, ag_cli_simple, ag_cli_job_open, ag_cli_job_reissue, ag_cli_job_end,
	ag_cli_alarm_clear, ag_cli_job_types, ag_cli_employee_add;	/* cli_do.c */
ag_cli_command ag_cli_list, ag_cli_status, ag_cli_job_report;		/* cli_show.c */
ag_cli_command ag_cli_audit_list, ag_cli_audit_verify, ag_cli_audit_export;	/* cli_audit.c */

#endif
