// SPDX-License-Identifier: MIT
// What an attacker wants to run: says so wherever it gets to, as a program or as a library.
#include <unistd.h>

static const char said[] = "PAYLOAD RUNS\n";

#ifdef PAYLOAD_LIBRARY
__attribute__((constructor)) static void start(void)
{
	if (write(STDOUT_FILENO, said, sizeof(said) - 1) < 0)
		_exit(1);
}
#else
int main(void)
{
	return write(STDOUT_FILENO, said, sizeof(said) - 1) < 0;
}
#endif
