// SPDX-License-Identifier: MIT
// Parses the agent's configuration file.
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEME "https://"
#define HOST_MAX 253u		/* RFC 1035 */

/* Part of the text, not NUL terminated. */
struct span {
	const char *p;
	size_t len;
};

static struct span trim(struct span s)
{
	while (s.len && isspace((unsigned char)s.p[0]))
		s.p++, s.len--;
	while (s.len && isspace((unsigned char)s.p[s.len - 1]))
		s.len--;
	return s;
}

static struct span cut_at(struct span *rest, char separator)
{
	const char *end = memchr(rest->p, separator, rest->len);
	struct span head = { rest->p, end ? (size_t)(end - rest->p) : rest->len };
	size_t taken = head.len + (end ? 1 : 0);

	rest->p += taken;
	rest->len -= taken;
	return head;
}

static bool is_made_of(struct span s, const char *also)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.p[i]) && !(s.p[i] && strchr(also, s.p[i])))
			return false;
	return s.len > 0;
}

static bool is_port(struct span s)
{
	unsigned int port = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit((unsigned char)s.p[i]) || i >= 5)
			return false;
		port = port * 10 + (unsigned int)(s.p[i] - '0');
	}
	return port > 0 && port <= 65535;
}

static const char *check_center(struct span url)
{
	const size_t skip = strlen(SCHEME);
	struct span host, rest;
	bool is_ipv6;

	if (url.len <= skip || memcmp(url.p, SCHEME, skip))
		return "the center's address must begin with https://";
	rest = (struct span){ url.p + skip, url.len - skip };
	is_ipv6 = rest.p[0] == '[';
	if (is_ipv6) {
		if (!memchr(rest.p, ']', rest.len))
			return "the center's IPv6 address lacks its ]";
		rest.p++, rest.len--;
		host = cut_at(&rest, ']');
		if (rest.len && rest.p[0] != ':')
			return "only :PORT may follow the host";
		if (rest.len)
			rest.p++, rest.len--;
	} else {
		host = cut_at(&rest, ':');
	}
	if (host.len > HOST_MAX || !is_made_of(host, is_ipv6 ? ":." : ".-"))
		return "the center's host is not a host name or an IP address";
	if (url.p[url.len - 1] == ':' || (rest.len && !is_port(rest)))
		return "the center's port is not a number from 1 to 65535";
	return NULL;
}

static const char *set_center(struct ag_config *config, struct span value)
{
	const char *reason;

	if (config->center[0])
		return "center is set twice";
	reason = check_center(value);
	if (reason)
		return reason;
	memcpy(config->center, value.p, value.len);
	return NULL;
}

static const struct {
	const char *name;
	const char *(*set)(struct ag_config *config, struct span value);
} settings[] = {
	{ "center", set_center },
};

static const char *parse_line(struct ag_config *config, struct span line)
{
	struct span content = trim(cut_at(&line, '#'));
	bool has_value = content.len && memchr(content.p, '=', content.len);
	struct span name = trim(cut_at(&content, '='));

	if (!name.len && !has_value)
		return NULL;
	if (!has_value)
		return "not of the form `name = value`";
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (name.len == strlen(settings[i].name) &&
		    !memcmp(name.p, settings[i].name, name.len))
			return settings[i].set(config, trim(content));
	return "unknown setting";
}

int ag_config_parse(const char *text, size_t len, struct ag_config *ret_config,
		    struct ag_config_error *ret_error)
{
	struct ag_config config = { .center = "" };
	struct span rest = { text, len };
	unsigned int line = 0;
	const char *reason = NULL;

	while (rest.len && !reason) {
		line++;
		reason = parse_line(&config, cut_at(&rest, '\n'));
	}
	if (!reason && !config.center[0]) {
		line = 0;
		reason = "`center = https://HOST:PORT` is missing";
	}
	if (reason) {
		*ret_error = (struct ag_config_error){ line, reason };
		return -EINVAL;
	}
	*ret_config = config;
	return 0;
}

int ag_config_load(const char *path, struct ag_config *ret_config,
		   struct ag_config_error *ret_error)
{
	char text[AG_CONFIG_FILE_MAX + 1];
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	n = len < sizeof(text) ? n : 0;
	close(fd);
	if (n < 0)
		return -EIO;
	if (len > AG_CONFIG_FILE_MAX)
		return -EFBIG;
	return ag_config_parse(text, len, ret_config, ret_error);
}
