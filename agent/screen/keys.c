// SPDX-License-Identifier: MIT
// Turns the bytes of a terminal into the few keys the screen knows.
#include "keys.h"

static int plain(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	switch (byte) {
	case '\r':
	case '\n':
	case '#':	/* PIN pads */
		return AG_KEY_ENTER;
	case '\b':
	case 0x7f:
	case '*':	/* PIN pads */
		return AG_KEY_BACK;
	case 0x0c:	/* Ctrl-L */
		return AG_KEY_REDRAW;
	default:
		return AG_KEY_NONE;
	}
}

/* The VT220's keypad in application mode: p to y are 0 to 9, M is Enter. */
static int keypad(unsigned char byte)
{
	if (byte >= 'p' && byte <= 'y')
		return byte - 'p';
	return byte == 'M' ? AG_KEY_ENTER : AG_KEY_NONE;
}

static int after_escape(struct ag_keys *keys, unsigned char byte)
{
	if (byte == '[') {
		keys->state = AG_KEYS_CSI;
		return AG_KEY_NONE;
	}
	if (byte == 'O') {
		keys->state = AG_KEYS_SS3;
		return AG_KEY_NONE;
	}
	/* The escape key alone, then another key. */
	keys->state = AG_KEYS_PLAIN;
	return plain(byte);
}

int ag_keys_feed(struct ag_keys *keys, unsigned char byte)
{
	if (byte == 0x1b) {
		keys->state = AG_KEYS_ESC;
		return AG_KEY_NONE;
	}
	/* A control byte ends a sequence that was none. */
	if (byte < 0x20)
		keys->state = AG_KEYS_PLAIN;
	switch (keys->state) {
	case AG_KEYS_ESC:
		return after_escape(keys, byte);
	case AG_KEYS_CSI:
		if (byte >= 0x40 && byte <= 0x7e)
			keys->state = AG_KEYS_PLAIN;
		return AG_KEY_NONE;
	case AG_KEYS_SS3:
		keys->state = AG_KEYS_PLAIN;
		return keypad(byte);
	default:
		return plain(byte);
	}
}
