/* SPDX-License-Identifier: MIT */
/* The agent's configuration file: where the center is. */
#ifndef AG_AGENT_DAEMON_CONFIG_H
#define AG_AGENT_DAEMON_CONFIG_H

#include <stddef.h>

#define AG_CONFIG_FILE_MAX	4096u	/* bytes; the file holds one setting */
#define AG_CONFIG_URL_SIZE	300u	/* scheme, host name of 253 bytes, port */

struct ag_config {
	char center[AG_CONFIG_URL_SIZE];	/* "https://HOST:PORT", no path */
};

/* Where and why parsing stopped. */
struct ag_config_error {
	unsigned int line;		/* from 1; 0: the file as a whole */
	const char *reason;
};

/*
 * ag_config_parse - lines of `name = value`, empty, or a comment after '#'
 *
 * Unknown and repeated names are errors: a misspelt setting must not pass.
 *
 * Return: 0 or -EINVAL, with *ret_error filled.
 */
int ag_config_parse(const char *text, size_t len, struct ag_config *ret_config,
		    struct ag_config_error *ret_error);

/* ag_config_load - read and parse a file; -errno of open(2)/read(2), -EINVAL, -EFBIG */
int ag_config_load(const char *path, struct ag_config *ret_config,
		   struct ag_config_error *ret_error);

#endif
