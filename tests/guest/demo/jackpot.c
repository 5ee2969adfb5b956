// SPDX-License-Identifier: MIT
// What jackpotting malware does: sends the dispenser a command without the ATM application.
//
// It speaks the protocol just as the teller does, so that only the guard stands
// between it and the notes: on a machine without atmguard it gets them.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "line.h"

enum { EXIT_PAID = 0, EXIT_NOT_PAID = 1, EXIT_NOT_OPENED = 3 };

static void say(const char *what, int error)
{
	printf("jackpot: %s: %s (%s)\n", what, strerrorname_np(-error), strerror(-error));
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : LINE_DEVICE;
	char reason[LINE_PAYLOAD_MAX + 1];
	int fd, r = line_open(device, &fd);

	if (r) {
		say(device, r);
		return EXIT_NOT_OPENED;
	}
	r = line_dispense(fd, LINE_NOTES_MAX, reason);
	close(fd);
	if (r == -ECANCELED)
		printf("jackpot: the dispenser says %s\n", reason);
	else if (r)
		say("dispense", r);
	else
		printf("jackpot: %d notes came out\n", LINE_NOTES_MAX);
	return r ? EXIT_NOT_PAID : EXIT_PAID;
}
