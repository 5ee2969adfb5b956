/* SPDX-License-Identifier: MIT */
/* Draws the technician's pages on a terminal line. */
#ifndef AG_AGENT_SCREEN_SCREEN_H
#define AG_AGENT_SCREEN_SCREEN_H

#include "wizard.h"

#define AG_SCREEN_ROWS	24
#define AG_SCREEN_COLS	80

/*
 * ag_screen_open - take over the terminal on standard input and output
 *
 * Sets a UTF-8 locale, and TERM to vt220 where a serial line has none.
 * Return: 0, -ENOTTY, -EINVAL (a terminal nothing is known about).
 */
int ag_screen_open(void);
void ag_screen_close(void);

void ag_screen_draw(const struct ag_wizard *wizard, uint64_t now_ms);

/* ag_screen_repeat - send everything again, for a terminal attached since */
void ag_screen_repeat(void);
/* ag_screen_redraw - the same on a cleared screen (Ctrl-L) */
void ag_screen_redraw(void);

/* ag_screen_read - the next byte typed, -1: none */
int ag_screen_read(void);
/* ag_screen_flush_input - forget what was typed ahead */
void ag_screen_flush_input(void);

#endif
