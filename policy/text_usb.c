// SPDX-License-Identifier: MIT
// Reads the statement that lists a USB device.
#include "text_reader.h"

#include "lib/names.h"
#include "value.h"

static int read_usb_id(const char *word, struct ag_policy_usb *u)
{
	unsigned int vendor, product;

	if (ag_value_hex(&word, 4, &vendor) || *word++ != ':' || ag_value_hex(&word, 4, &product) || *word)
		return -EINVAL;
	u->vendor = htole16(vendor);
	u->product = htole16(product);
	return 0;
}

/* Two digits, or "*" where @any allows it. */
static int read_part(const char **word, __u8 *value, __u8 *any, __u8 any_bit)
{
	unsigned int v = 0;

	if (any_bit && **word == '*') {
		*any |= any_bit;
		(*word)++;
	} else if (ag_value_hex(word, 2, &v)) {
		return -EINVAL;
	}
	*value = v;
	return 0;
}

static int read_interface(const char *word, struct ag_usb_interface *ret_interface)
{
	struct ag_usb_interface f = { 0 };

	if (read_part(&word, &f.base_class, &f.any, 0) || *word++ != ':' ||
	    read_part(&word, &f.subclass, &f.any, AG_USB_ANY_SUBCLASS) || *word++ != ':' ||
	    read_part(&word, &f.protocol, &f.any, AG_USB_ANY_PROTOCOL) || *word)
		return -EINVAL;
	*ret_interface = f;
	return 0;
}

static int usb_serial(struct ag_text_reader *r, struct ag_policy_usb *u, const char *word)
{
	if (!*word || ag_value_field(word, u->serial, sizeof(u->serial)) ||
	    !ag_text_is_clean(word, strlen(word)))
		return AG_FAIL(r, "a serial number is 1 to 31 bytes of UTF-8 without control characters");
	return 0;
}

static int usb_port(struct ag_text_reader *r, struct ag_policy_usb *u, const char *word)
{
	if (!ag_value_is_name(word) || ag_value_field(word, u->port, sizeof(u->port)))
		return AG_FAIL(r, "a port is its path as in /sys/bus/usb/devices (1-2.1), 15 characters at most");
	return 0;
}

static int usb_interface(struct ag_text_reader *r, struct ag_policy_usb *u, const char *word)
{
	if (u->nr_interfaces == AG_USB_INTERFACES)
		return AG_FAIL(r, "too many interfaces: %u at most", AG_USB_INTERFACES);
	if (read_interface(word, &u->interface[u->nr_interfaces]))
		return AG_FAIL(r, "'%.40s' is not CLASS:SUBCLASS:PROTOCOL, two hexadecimal digits each; "
			       "subclass and protocol may be *", word);
	u->nr_interfaces++;
	return 0;
}

static int usb_scope(struct ag_text_reader *r, struct ag_policy_usb *u, const char *word)
{
	__u32 scope = ag_names_bit(AG_NAMES_SCOPE, word);

	if (!scope)
		return AG_FAIL(r, "unknown scope '%.40s'", word);
	u->scopes |= htole32(scope);
	return 0;
}

static const struct usb_key {
	const char *word;
	int (*read)(struct ag_text_reader *r, struct ag_policy_usb *u, const char *word);
	bool many;		/* takes all words up to the next key */
} usb_keys[] = {
	{ "serial",	usb_serial,	false },
	{ "port",	usb_port,	false },
	{ "interface",	usb_interface,	true },
	{ "scope",	usb_scope,	true },
};

static const struct usb_key *find_usb_key(const char *word)
{
	for (size_t i = 0; i < sizeof(usb_keys) / sizeof(usb_keys[0]); i++)
		if (strcmp(usb_keys[i].word, word) == 0)
			return &usb_keys[i];
	return NULL;
}

static int read_usb_keys(struct ag_text_reader *r, struct ag_policy_usb *u)
{
	char *const *w = r->words->word;
	unsigned int i = 3;

	while (i < r->words->nr) {
		const struct usb_key *key = find_usb_key(w[i]);

		if (!key)
			return AG_FAIL(r, "expected serial, port, interface or scope, not '%.40s'", w[i]);
		if (++i == r->words->nr)
			return AG_FAIL(r, "%s needs a value", key->word);
		/* The word behind a key is its value even if it looks like a key. */
		do {
			if (key->read(r, u, w[i++]))
				return -EINVAL;
		} while (key->many && i < r->words->nr && !find_usb_key(w[i]));
	}
	return 0;
}

int ag_text_usb(struct ag_text_reader *r)
{
	char *const *w = r->words->word;
	struct ag_policy_usb u = { 0 };

	if (r->words->nr < 3)
		return AG_FAIL(r, "a device is: usb NAME VENDOR:PRODUCT [serial S] [port P] "
			       "interface CC:SS:PP... [scope NAME...]");
	if (!ag_value_is_name(w[1]) || ag_value_field(w[1], u.name, sizeof(u.name)))
		return AG_FAIL(r, "a device's name is 1 to 15 printable ASCII characters without blanks");
	if (read_usb_id(w[2], &u))
		return AG_FAIL(r, "'%.40s' is not VENDOR:PRODUCT, four hexadecimal digits each", w[2]);
	if (read_usb_keys(r, &u))
		return -EINVAL;
	if (u.nr_interfaces == 0)
		return AG_FAIL(r, "name the interfaces the device may show: interface CC:SS:PP");
	if (r->model->nr_usb == AG_USB_MAX)
		return AG_FAIL(r, "too many USB devices: %u at most", AG_USB_MAX);
	r->model->usb[r->model->nr_usb++] = u;
	return 0;
}
