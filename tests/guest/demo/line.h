/* SPDX-License-Identifier: MIT */
/*
 * The serial line to the demo's dispenser, from the ATM's side.
 *
 * A frame is
 *
 *	0x02, length n (1 byte, 1..LINE_PAYLOAD_MAX), n bytes of ASCII, CRC (2 bytes)
 *
 * with the CRC-16/CCITT-FALSE over length and text, high byte first.  Whoever
 * receives a good frame answers 0x06 (ACK), a damaged one 0x15 (NAK); without
 * an ACK the sender repeats the frame, LINE_TRIES times in all.  The texts are
 *
 *	DISPENSE <id> <notes>	ATM to dispenser; id: 8 hexadecimal digits
 *	OK <id> <notes>		dispenser to ATM
 *	ERR <id> <reason>	dispenser to ATM
 *
 * A repeated id is answered again but does not dispense again: its ACK was lost.
 * tests/machine/dispenser.py is the other end.
 */
#ifndef AG_TESTS_DEMO_LINE_H
#define AG_TESTS_DEMO_LINE_H

#define LINE_DEVICE		"/dev/ttyS1"
#define LINE_PAYLOAD_MAX	64
#define LINE_TRIES		3
#define LINE_ACK_MS		1000	/* a frame takes 6 ms at 115200 baud */
#define LINE_ANSWER_MS		10000	/* notes take their time */
#define LINE_NOTES_MAX		50	/* in one go */

/* line_open - the tty in raw mode, 115200 baud; 0 or -errno of open(2)/tcsetattr(3) */
int line_open(const char *path, int *ret_fd);

/*
 * line_dispense - ask for @notes and wait for the answer
 *
 * Return: 0; -ETIMEDOUT (no ACK or no answer), -EPROTO (an answer that makes
 * no sense), -ECANCELED (the dispenser said ERR, see @ret_reason), -errno.
 */
int line_dispense(int fd, unsigned int notes, char ret_reason[LINE_PAYLOAD_MAX + 1]);

#endif
