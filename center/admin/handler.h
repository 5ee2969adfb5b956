/* SPDX-License-Identifier: MIT */
/* Handlers of administrators' requests, by file. */
#ifndef AG_CENTER_ADMIN_HANDLER_H
#define AG_CENTER_ADMIN_HANDLER_H

#include "admin.h"

/* Answers @in by adding to @out; an error undoes everything, admin->reason
 * says why unless it is the database's. */
typedef int ag_admin_handler(struct ag_admin *admin, json_t *in, json_t *out);

ag_admin_handler ag_admin_atm_add;					/* admin_enrol.c */
ag_admin_handler ag_admin_atm_revoke, ag_admin_atm_release;		/* admin_atm.c */
ag_admin_handler ag_admin_employee_add, ag_admin_employee_disable,
	ag_admin_employee_enable;					/* admin_employee.c */
ag_admin_handler ag_admin_job_open, ag_admin_job_close, ag_admin_job_reissue,
	ag_admin_job_revoke;						/* admin_job.c */
ag_admin_handler ag_admin_alarm_clear;					/* admin_alarm.c */

#endif
