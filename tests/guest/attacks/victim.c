// SPDX-License-Identifier: MIT
// victim - a listed program that attacks on files are made at: says that it is still itself.
#include <stdio.h>

/* Larger than the payload, so that what is written over its first blocks lies within. */
static volatile const char bulk[65536] = { 1 };

int main(void)
{
	puts(bulk[0] ? "the listed program" : "");
	return 0;
}
