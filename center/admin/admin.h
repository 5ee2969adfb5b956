/* SPDX-License-Identifier: MIT */
/* The administrator's socket: what `atmcenter` asks the judge. */
#ifndef AG_CENTER_ADMIN_ADMIN_H
#define AG_CENTER_ADMIN_ADMIN_H

#include "center/judge/judge.h"

#include <jansson.h>

struct event_base;

/* Starts to listen on DIR/admin.sock, mode 0600, and reads DIR/tls/ca.pem for
 * enrolments; -errno. */
int ag_admin_listen(const char *dir, int *ret_fd);

/* Serves it in @base; who may ask is decided by SO_PEERCRED. */
int ag_admin_serve(struct event_base *base, int fd, struct ag_judge *judge);

/* One request being answered. */
struct ag_admin {
	struct ag_judge *judge;
	struct ag_store *store;		/* of the judge */
	const char *ca;			/* PEM */
	int64_t now_s;
	char by[24];			/* who asks: "uid 0" */
	char error[256];		/* why not, Japanese and English */
};

/* Answers @in, an object {"do": NAME, ...}; the caller frees the answer,
 * {"result":"ok", ...} or {"result":"error", "error":"..."}.  Runs in its own
 * transaction.  NULL: out of memory. */
json_t *ag_admin_answer(struct ag_admin *admin, json_t *in);

/* Keeps the reason and returns -EINVAL. */
int ag_admin_fail(struct ag_admin *admin, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Members of a request; the getters fail with a reason. */
int ag_admin_number(struct ag_admin *admin, json_t *in, const char *name, char text[16]);
int ag_admin_text(struct ag_admin *admin, json_t *in, const char *name, size_t max,
		  const char **ret_text);
int ag_admin_job(struct ag_admin *admin, json_t *in, struct ag_job *ret_job);

struct ag_value;

/* Puts the rows of a query as an array @name into @out; columns named *_t are
 * text (without that ending), the others integers. */
int ag_admin_rows(struct ag_admin *admin, const char *sql, const struct ag_value *values, size_t nr,
		  json_t *out, const char *name);

/* Handlers of requests, by file. */
typedef int ag_admin_handler(struct ag_admin *admin, json_t *in, json_t *out);
ag_admin_handler ag_admin_job_open, ag_admin_job_close, ag_admin_job_reissue,
	ag_admin_job_revoke;						/* admin_job.c */
ag_admin_handler ag_admin_atm_add, ag_admin_atm_list, ag_admin_atm_revoke,
	ag_admin_atm_release, ag_admin_employee_add, ag_admin_employee_list,
	ag_admin_employee_disable, ag_admin_employee_enable;		/* admin_fleet.c */
ag_admin_handler ag_admin_job_list, ag_admin_job_show, ag_admin_audit_list,
	ag_admin_alarm_list, ag_admin_alarm_clear, ag_admin_status;	/* admin_view.c */

#endif
