// SPDX-License-Identifier: MIT
// The agent's configuration file: what is taken, and what is refused in which line.
#include <errno.h>
#include <string.h>

#include "agent/daemon/config.h"
#include "harness.h"

static const struct {
	const char *sentence, *text, *center;
} taken[] = {
	{ "a host name and a port are taken", "center = https://center.example:8443\n", "https://center.example:8443" },
	{ "a host without a port is taken", "center=https://c\n", "https://c" },
	{ "an IPv4 address is taken", "center = https://192.0.2.1:443\n", "https://192.0.2.1:443" },
	{ "an IPv6 address is taken", "center = https://[2001:db8::1]:443\n", "https://[2001:db8::1]:443" },
	{ "an IPv6 address without a port is taken", "center = https://[::1]\n", "https://[::1]" },
	{ "comments and empty lines are skipped", "# where\n\n  \t\ncenter = https://c:1 # here\n", "https://c:1" },
	{ "a last line without an end is taken", "center = https://c:1", "https://c:1" },
	{ "line ends of other systems are taken", "center = https://c:1\r\n", "https://c:1" },
};

static const struct {
	const char *sentence, *text;
	unsigned int line;
	const char *says;
} refused[] = {
	{ "an empty file is refused", "", 0, "missing" },
	{ "a file of comments is refused", "# nothing\n", 0, "missing" },
	{ "an unknown setting is refused", "\ncentre = https://c\n", 2, "unknown setting" },
	{ "a line without a value is refused", "center\n", 1, "name = value" },
	{ "a value without a name is refused", "= https://c\n", 1, "unknown setting" },
	{ "an empty value is refused", "center =\n", 1, "https://" },
	{ "a center stated twice is refused", "center = https://c\ncenter = https://d\n", 2, "twice" },
	{ "plain http is refused", "center = http://c:80\n", 1, "https://" },
	{ "another scheme is refused", "center = file:///etc/passwd\n", 1, "https://" },
	{ "an address without a host is refused", "center = https://:443\n", 1, "host" },
	{ "a path is refused", "center = https://c/v2\n", 1, "host" },
	{ "a path behind a port is refused", "center = https://c:443/v2\n", 1, "port" },
	{ "a user in the address is refused", "center = https://me@c:443\n", 1, "host" },
	{ "a space in the host is refused", "center = https://a b\n", 1, "host" },
	{ "port 0 is refused", "center = https://c:0\n", 1, "port" },
	{ "port 65536 is refused", "center = https://c:65536\n", 1, "port" },
	{ "a port of many digits is refused", "center = https://c:000443\n", 1, "port" },
	{ "an empty port is refused", "center = https://c:\n", 1, "port" },
	{ "a port that is no number is refused", "center = https://c:https\n", 1, "port" },
	{ "an IPv6 address that does not end is refused", "center = https://[::1\n", 1, "]" },
	{ "text behind an IPv6 address is refused", "center = https://[::1]x\n", 1, "follow" },
};

START_TEST(takes)
{
	struct ag_config config;
	struct ag_config_error error;

	ck_assert_int_eq(ag_config_parse(taken[_i].text, strlen(taken[_i].text), &config, &error), 0);
	ck_assert_str_eq(config.center, taken[_i].center);
}
END_TEST

START_TEST(refuses)
{
	struct ag_config config = { "untouched" };
	struct ag_config_error error = { 99, NULL };

	ck_assert_int_eq(ag_config_parse(refused[_i].text, strlen(refused[_i].text), &config, &error),
			 -EINVAL);
	ck_assert_uint_eq(error.line, refused[_i].line);
	ck_assert_ptr_nonnull(strstr(error.reason, refused[_i].says));
	ck_assert_str_eq(config.center, "untouched");
}
END_TEST

START_TEST(refuses_long_host)
{
	char text[400] = "center = https://";
	struct ag_config config;
	struct ag_config_error error;

	memset(text + strlen(text), 'a', 254);
	ck_assert_int_eq(ag_config_parse(text, strlen(text), &config, &error), -EINVAL);
	text[strlen(text) - 1] = '\0';
	ck_assert_int_eq(ag_config_parse(text, strlen(text), &config, &error), 0);
}
END_TEST

START_TEST(refuses_nul)
{
	static const char text[] = "center = https://a\0b";
	struct ag_config config;
	struct ag_config_error error;

	ck_assert_int_eq(ag_config_parse(text, sizeof(text) - 1, &config, &error), -EINVAL);
}
END_TEST

START_TEST(names_missing_file)
{
	struct ag_config config;
	struct ag_config_error error;

	ck_assert_int_eq(ag_config_load("/nonexistent/agent.conf", &config, &error), -ENOENT);
	ck_assert_int_eq(ag_config_load("/dev/zero", &config, &error), -EFBIG);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent config");

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		harness_add_row(suite, taken[i].sentence, takes, (int)i);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		harness_add_row(suite, refused[i].sentence, refuses, (int)i);
	harness_add(suite, "a host of 254 bytes is refused, one of 253 taken", refuses_long_host);
	harness_add(suite, "a zero byte is refused", refuses_nul);
	harness_add(suite, "a missing or endless file is an error of its own", names_missing_file);
	return harness_run(suite, "check_agent_config");
}
