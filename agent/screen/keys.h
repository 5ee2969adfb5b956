/* SPDX-License-Identifier: MIT */
/* Keys of a terminal, a touch panel or a PIN pad: digits, enter, correct. */
#ifndef AG_AGENT_SCREEN_KEYS_H
#define AG_AGENT_SCREEN_KEYS_H

enum ag_key {
	AG_KEY_NONE = -1,
	/* 0 to 9 are the digits */
	AG_KEY_ENTER = 10,
	AG_KEY_BACK,
	AG_KEY_REDRAW,
};

/* Where in a terminal's escape sequence the input stands. */
struct ag_keys {
	enum { AG_KEYS_PLAIN, AG_KEYS_ESC, AG_KEYS_CSI, AG_KEYS_SS3 } state;
};

/*
 * ag_keys_feed - the key that @byte completes, or AG_KEY_NONE
 *
 * Escape sequences (arrow and function keys) are swallowed, since they contain
 * digits; those of a VT220 keypad in application mode are its digits.
 */
int ag_keys_feed(struct ag_keys *keys, unsigned char byte);

#endif
