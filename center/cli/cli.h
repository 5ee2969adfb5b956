/* SPDX-License-Identifier: MIT */
/* atmcenter: the dispatcher's and administrator's command line. */
#ifndef AG_CENTER_CLI_CLI_H
#define AG_CENTER_CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>

enum ag_cli_option {
	AG_OPT_DIR, AG_OPT_NUMBER, AG_OPT_CLASS, AG_OPT_BOOT_UUID, AG_OPT_CSR, AG_OPT_OUT, AG_OPT_ATM,
	AG_OPT_EMPLOYEE, AG_OPT_WORK, AG_OPT_VALID, AG_OPT_FROM, AG_OPT_REASON, AG_OPT_NAME,
	AG_OPT_JSON, AG_OPT_FORCE, AG_OPT_ALL, AG_OPT_OPEN, AG_OPT_HOST, AG_OPT_HELP, AG_OPT_NR
};

#define AG_CLI_HOSTS_MAX 16

struct ag_cli {
	const char *value[AG_OPT_NR];	/* NULL: not given; "" for flags */
	const char *hosts[AG_CLI_HOSTS_MAX];
	int nr_hosts;
	const char *argument;		/* JOB, FILE or alarm number */
	const char *request;		/* what is asked */
	bool is_look;			/* of a reader, not of the judge */
};

/* Exit statuses. */
enum { AG_CLI_OK = 0, AG_CLI_FAILED = 1, AG_CLI_USAGE = 2 };

/* Says why on stderr and returns AG_CLI_FAILED. */
int ag_cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Asks the judge or a reader; consumes @in.  NULL after a message on stderr. */
json_t *ag_cli_ask(const struct ag_cli *cli, json_t *in);

/* Asks for page after page of a list until @use returns other than 0, which is
 * returned; consumes @in.  AG_CLI_FAILED after a message on stderr. */
int ag_cli_each_page(const struct ag_cli *cli, json_t *in, int (*use)(json_t *answer, void *arg), void *arg);

/* Prints for a machine. */
void ag_cli_print_json(const json_t *value);

#endif
