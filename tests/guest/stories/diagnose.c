// SPDX-License-Identifier: MIT
// Stands for a technician's diagnostic program, which the policy lists as maintenance; runs until stopped.
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	puts("diagnosing");
	fflush(stdout);
	for (;;)
		pause();
}
