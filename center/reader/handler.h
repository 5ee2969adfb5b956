/* SPDX-License-Identifier: MIT */
/* Handlers of what can be looked at, by file. */
#ifndef AG_CENTER_READER_HANDLER_H
#define AG_CENTER_READER_HANDLER_H

#include "reader.h"

/* Answers @in by adding to @out; reader->reason says why not unless it is the
 * database's. */
typedef int ag_reader_handler(struct ag_reader *reader, json_t *in, json_t *out);

ag_reader_handler ag_reader_status, ag_reader_atm_list, ag_reader_employee_list,
	ag_reader_job_list, ag_reader_alarm_list;		/* list.c */
ag_reader_handler ag_reader_audit_list;				/* audit.c */
ag_reader_handler ag_reader_job_show;				/* report.c */

#endif
