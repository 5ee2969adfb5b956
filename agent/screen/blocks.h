/* SPDX-License-Identifier: MIT */
/* Digits five rows high, readable at arm's length. */
#ifndef AG_AGENT_SCREEN_BLOCKS_H
#define AG_AGENT_SCREEN_BLOCKS_H

#include <stddef.h>

#define AG_BLOCKS_ROWS 5

/*
 * ag_blocks_draw - @text ("0" to "9", ':', '_' for a place still empty, ' ')
 *
 * From (@row, @col) on, as wide as fits into @cols, with a gap after every
 * @group characters (0: none); reverse video only, so that any terminal shows it.
 */
void ag_blocks_draw(int row, int col, int cols, int group, const char *text);

#endif
