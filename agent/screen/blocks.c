// SPDX-License-Identifier: MIT
// Digits five rows high, three cells wide, each cell one or two columns.
#include "blocks.h"

#include <curses.h>
#include <string.h>

#define CELLS 3
#define GAP 3		/* columns between groups */

/* One octal digit a row, from the top; its bits are the cells from the left. */
static const char *shape(char c)
{
	static const char *const digits[] = { "75557", "26227", "71747", "71717", "55711",
					      "74717", "74757", "71111", "75757", "75717" };

	if (c >= '0' && c <= '9')
		return digits[c - '0'];
	return c == ':' ? "02020" : c == '_' ? "00007" : "00000";
}

static void draw_one(int row, int col, int width, char c)
{
	const char *rows = shape(c);

	for (int y = 0; y < AG_BLOCKS_ROWS; y++)
		for (int x = 0; x < CELLS; x++)
			if ((rows[y] - '0') & (4 >> x))
				mvhline(row + y, col + x * width, ' ' | A_REVERSE, width);
}

void ag_blocks_draw(int row, int col, int cols, int group, const char *text)
{
	int nr = (int)strlen(text);
	int nr_gaps = group && nr ? (nr - 1) / group : 0;
	int width = nr * (2 * CELLS + 1) + nr_gaps * GAP <= cols ? 2 : 1;

	for (int i = 0; i < nr; i++)
		draw_one(row, col + i * (CELLS * width + 1) + (group ? i / group * GAP : 0), width,
			 text[i]);
}
