// SPDX-License-Identifier: MIT
// atmcenter: which command, with which options.
#include "cli.h"
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option options[] = {
	[AG_OPT_DIR] = { "dir", required_argument, NULL, 0 },
	[AG_OPT_NUMBER] = { "number", required_argument, NULL, 0 },
	[AG_OPT_CLASS] = { "class", required_argument, NULL, 0 },
	[AG_OPT_BOOT_UUID] = { "boot-uuid", required_argument, NULL, 0 },
	[AG_OPT_CSR] = { "csr", required_argument, NULL, 0 },
	[AG_OPT_OUT] = { "out", required_argument, NULL, 0 },
	[AG_OPT_ATM] = { "atm", required_argument, NULL, 0 },
	[AG_OPT_EMPLOYEE] = { "employee", required_argument, NULL, 0 },
	[AG_OPT_WORK] = { "work", required_argument, NULL, 0 },
	[AG_OPT_VALID] = { "valid", required_argument, NULL, 0 },
	[AG_OPT_FROM] = { "from", required_argument, NULL, 0 },
	[AG_OPT_REASON] = { "reason", required_argument, NULL, 0 },
	[AG_OPT_NAME] = { "name", required_argument, NULL, 0 },
	[AG_OPT_JSON] = { "json", no_argument, NULL, 0 },
	[AG_OPT_FORCE] = { "force", no_argument, NULL, 0 },
	[AG_OPT_ALL] = { "all", no_argument, NULL, 0 },
	[AG_OPT_OPEN] = { "open", no_argument, NULL, 0 },
	[AG_OPT_HOST] = { "host", required_argument, NULL, 0 },
	[AG_OPT_HELP] = { "help", no_argument, NULL, 0 },
	[AG_OPT_NR] = { 0 },
};

#define O(name) (1u << AG_OPT_##name)

static const struct command {
	const char *group, *verb, *argument;	/* verb NULL: none; argument NULL: takes none */
	unsigned int must, may;			/* options */
	const char *request;
	bool is_look;				/* changes nothing: a reader answers */
	ag_cli_command *run;
	const char *usage;
} commands[] = {
	{ "init", NULL, NULL, 0, O(HOST), NULL, false, ag_cli_init,
	  "[--host NAME|IP]...\tcreate keys, certificates and pepper" },
	{ "status", NULL, NULL, 0, O(JSON), "status", true, ag_cli_status, "\tcounts of what is going on" },
	{ "atm", "add", NULL, O(NUMBER) | O(CLASS) | O(BOOT_UUID) | O(CSR) | O(OUT), O(JSON), "atm-add", false,
	  ag_cli_atm_add, "--number N --class C --boot-uuid UUID --csr FILE --out DIR\tenrol a machine" },
	{ "atm", "list", NULL, 0, O(JSON), "atm-list", true, ag_cli_list, "\tmachines" },
	{ "atm", "revoke", NULL, O(NUMBER), 0, "atm-revoke", false, ag_cli_simple, "--number N\trefuse a machine from now on" },
	{ "atm", "release", NULL, O(NUMBER), 0, "atm-release", false, ag_cli_simple,
	  "--number N\tlet a machine try again that was held after wrong tries" },
	{ "employee", "add", NULL, O(NUMBER), O(NAME), "employee-add", false, ag_cli_employee_add,
	  "--number E [--name NAME]\tknow an employee" },
	{ "employee", "list", NULL, 0, O(JSON), "employee-list", true, ag_cli_list, "\temployees" },
	{ "employee", "disable", NULL, O(NUMBER), 0, "employee-disable", false, ag_cli_simple, "--number E\trefuse an employee" },
	{ "employee", "enable", NULL, O(NUMBER), 0, "employee-enable", false, ag_cli_simple, "--number E\taccept again" },
	{ "job", "open", NULL, O(ATM) | O(EMPLOYEE) | O(WORK), O(VALID) | O(FROM) | O(JSON), "job-open", false,
	  ag_cli_job_open, "--atm N --employee E --work TYPE [--valid 2h] [--from 30m]\topen a job, print its password once" },
	{ "job", "types", NULL, 0, O(JSON), NULL, false, ag_cli_job_types, "\tkinds of work" },
	{ "job", "list", NULL, 0, O(JSON) | O(ATM) | O(OPEN), "job-list", true, ag_cli_list, "[--atm N] [--open]\tjobs" },
	{ "job", "show", "JOB", 0, O(JSON), "job-show", true, ag_cli_job_report, "JOB\tthe record of a job" },
	{ "job", "report", "JOB", 0, O(JSON), "job-show", true, ag_cli_job_report, "JOB\tthe same" },
	{ "job", "reissue", "JOB", 0, O(JSON), "job-reissue", false, ag_cli_job_reissue,
	  "JOB\tanother password; the old one is dead" },
	{ "job", "close", "JOB", 0, O(FORCE) | O(REASON), "job-close", false, ag_cli_job_end,
	  "JOB [--force --reason TEXT]\tclose an unused job, or one whose machine is silent" },
	{ "job", "revoke", "JOB", O(REASON), 0, "job-revoke", false, ag_cli_job_end, "JOB --reason TEXT\ttake the password back" },
	{ "audit", "list", NULL, O(ATM), O(JSON) | O(ALL), "audit-list", true, ag_cli_audit_list,
	  "--atm N [--all]\taudit records" },
	{ "audit", "export", NULL, O(ATM) | O(OUT), 0, "audit-list", true, ag_cli_audit_export,
	  "--atm N --out FILE\twrite the records as the machine made them" },
	{ "audit", "verify", "[FILE]", 0, O(ATM) | O(JSON), "audit-list", true, ag_cli_audit_verify,
	  "FILE | --atm N\tfollow the hash chain" },
	{ "alarm", "list", NULL, 0, O(JSON) | O(ALL), "alarm-list", true, ag_cli_list, "[--all]\talarms not cleared yet" },
	{ "alarm", "clear", "ALARM", 0, 0, "alarm-clear", false, ag_cli_alarm_clear, "ALARM\tsomebody has looked at it" },
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *out, const char *group)
{
	fputs("Usage: atmcenter [--dir DIR] COMMAND ...\n"
	      "Jobs, one-time passwords and audit of the maintenance center.\n\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct command *c = &commands[i];
		const char *tab = strchr(c->usage, '\t');

		if (group && strcmp(group, c->group))
			continue;
		fprintf(out, "  atmcenter %s%s%s %.*s\n        %s%s\n", c->group, c->verb ? " " : "",
			c->verb ? c->verb : "", (int)(tab - c->usage), c->usage, tab + 1,
			c->may & O(JSON) ? "; --json" : "");
	}
	fputs("\n--dir DIR is the center's directory (default /var/lib/atmcenter).\n"
	      "Exit status: 0 done, 1 refused or failed, 2 wrong usage.  See atmcenter(1).\n", out);
}

/* ---- the command line ---- */

static const struct command *find(char **words, int nr, int *ret_used)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct command *c = &commands[i];

		if (nr < 1 || strcmp(words[0], c->group))
			continue;
		if (c->verb && (nr < 2 || strcmp(words[1], c->verb)))
			continue;
		*ret_used = c->verb ? 2 : 1;
		return c;
	}
	return NULL;
}

static int misuse(const char *problem, const char *what)
{
	ag_cli_fail("%s%s", problem, what);
	fputs("Try 'atmcenter --help'.\n", stderr);
	return AG_CLI_USAGE;
}

static int check(const struct command *command, const struct ag_cli *cli)
{
	const unsigned int always = O(DIR) | O(HELP);

	for (int i = 0; i < AG_OPT_NR; i++) {
		if (cli->value[i] && !((command->must | command->may | always) & 1u << i))
			return misuse("does not belong to this command: --", options[i].name);
		if (!cli->value[i] && command->must & 1u << i)
			return misuse("missing: --", options[i].name);
	}
	if (command->argument && !cli->argument && command->argument[0] != '[')
		return misuse("missing: ", command->argument);
	return 0;
}

static int parse(int argc, char **argv, struct ag_cli *cli)
{
	int index, c;

	while ((c = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (c)
			return -1;
		cli->value[index] = optarg ? optarg : "";
		if (index == AG_OPT_HOST && cli->nr_hosts < AG_CLI_HOSTS_MAX)
			cli->hosts[cli->nr_hosts++] = optarg;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct ag_cli cli = { .value = { [AG_OPT_DIR] = "/var/lib/atmcenter" } };
	const struct command *command;
	int used = 0, status;

	if (parse(argc, argv, &cli)) {
		fputs("Try 'atmcenter --help'.\n", stderr);
		return AG_CLI_USAGE;
	}
	if (cli.value[AG_OPT_HELP]) {
		print_usage(stdout, optind < argc ? argv[optind] : NULL);
		return AG_CLI_OK;
	}
	command = find(argv + optind, argc - optind, &used);
	if (!command)
		return misuse(optind < argc ? "no such command: " : "a command is missing",
			      optind < argc ? argv[optind] : "");
	if (argc - optind - used > (command->argument ? 1 : 0))
		return misuse("too many arguments: ", argv[argc - 1]);
	cli.argument = argc - optind > used ? argv[optind + used] : NULL;
	cli.request = command->request;
	cli.is_look = command->is_look;
	status = check(command, &cli);
	if (status)
		return status;
	status = command->run(&cli);
	return fflush(stdout) ? ag_cli_fail("cannot write: %s", strerror(errno)) : status;
}
