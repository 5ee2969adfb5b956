/* SPDX-License-Identifier: MIT */
/* Keys of a terminal, a touch panel or a PIN pad: digits, enter, correct. */
#ifndef AG_AGENT_SCREEN_KEYPAD_H
#define AG_AGENT_SCREEN_KEYPAD_H

enum ag_key {
	AG_KEY_NONE = -1,
	/* 0 to 9 are the digits */
	AG_KEY_ENTER = 10,
	AG_KEY_BACK,
	AG_KEY_REDRAW,
};

/* Where in a terminal's escape sequence the input stands. */
struct ag_keypad {
	enum { AG_KEYPAD_PLAIN, AG_KEYPAD_ESC, AG_KEYPAD_CSI, AG_KEYPAD_SS3 } state;
};

/*
 * ag_keypad_feed - the key that @byte completes, or AG_KEY_NONE
 *
 * Escape sequences (arrow and function keys) are swallowed, since they contain
 * digits; those of a VT220 keypad in application mode are its digits.
 */
int ag_keypad_feed(struct ag_keypad *keypad, unsigned char byte);

#endif
