// SPDX-License-Identifier: MIT
// Turns the bytes of a terminal into the few keys the screen knows.
#include "keypad.h"

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
static int application_mode(unsigned char byte)
{
	if (byte >= 'p' && byte <= 'y')
		return byte - 'p';
	return byte == 'M' ? AG_KEY_ENTER : AG_KEY_NONE;
}

static int after_escape(struct ag_keypad *keypad, unsigned char byte)
{
	if (byte == '[') {
		keypad->state = AG_KEYPAD_CSI;
		return AG_KEY_NONE;
	}
	if (byte == 'O') {
		keypad->state = AG_KEYPAD_SS3;
		return AG_KEY_NONE;
	}
	/* The escape key alone, then another key. */
	keypad->state = AG_KEYPAD_PLAIN;
	return plain(byte);
}

int ag_keypad_feed(struct ag_keypad *keypad, unsigned char byte)
{
	if (byte == 0x1b) {
		keypad->state = AG_KEYPAD_ESC;
		return AG_KEY_NONE;
	}
	/* A control byte ends a sequence that was none. */
	if (byte < 0x20)
		keypad->state = AG_KEYPAD_PLAIN;
	switch (keypad->state) {
	case AG_KEYPAD_ESC:
		return after_escape(keypad, byte);
	case AG_KEYPAD_CSI:
		if (byte >= 0x40 && byte <= 0x7e)
			keypad->state = AG_KEYPAD_PLAIN;
		return AG_KEY_NONE;
	case AG_KEYPAD_SS3:
		keypad->state = AG_KEYPAD_PLAIN;
		return application_mode(byte);
	default:
		return plain(byte);
	}
}
