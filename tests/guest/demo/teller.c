// SPDX-License-Identifier: MIT
// A small ATM application: the one program that may ask the dispenser for notes.
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "line.h"

#define NOTE_YEN 10000u

enum { EXIT_OK = 0, EXIT_NOT_DISPENSED = 1, EXIT_USAGE = 2, EXIT_NO_DEVICE = 3 };

static const char usage[] =
	"usage: teller [--device PATH] withdraw AMOUNT\n"
	"       teller [--device PATH] serve [SOCKET]\n"
	"\n"
	"AMOUNT is in yen, a multiple of 10000 up to 500000.  serve takes lines\n"
	"\"withdraw AMOUNT\" from standard input, or from connections to SOCKET, and answers\n"
	"each with \"OK AMOUNT NOTES\" or \"ERR REASON\".\n"
	"Exit status: 0 dispensed, 1 not dispensed, 2 usage, 3 the dispenser cannot be opened.\n";

static bool parse_amount(const char *text, unsigned int *ret_yen)
{
	char *end;
	unsigned long yen = strtoul(text, &end, 10);

	if (*end || yen == 0 || yen % NOTE_YEN || yen / NOTE_YEN > LINE_NOTES_MAX)
		return false;
	*ret_yen = (unsigned int)yen;
	return true;
}

static void say_failure(FILE *out, int error, const char *reason)
{
	if (error == -ECANCELED)
		fprintf(out, "ERR the dispenser says %s\n", reason);
	else
		fprintf(out, "ERR %s (%s)\n", strerrorname_np(-error), strerror(-error));
}

/* One withdrawal; the device is open only meanwhile. */
static int withdraw(const char *device, unsigned int yen, FILE *out)
{
	char reason[LINE_PAYLOAD_MAX + 1];
	int fd, r = line_open(device, &fd);

	if (r) {
		fprintf(out, "ERR open %s: %s (%s)\n", device, strerrorname_np(-r), strerror(-r));
		return EXIT_NO_DEVICE;
	}
	r = line_dispense(fd, yen / NOTE_YEN, reason);
	close(fd);
	if (r)
		say_failure(out, r, reason);
	else
		fprintf(out, "OK %u %u\n", yen, yen / NOTE_YEN);
	fflush(out);
	return r ? EXIT_NOT_DISPENSED : EXIT_OK;
}

static void serve_lines(const char *device, FILE *in, FILE *out)
{
	char line[64], amount[32];
	unsigned int yen;

	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "withdraw %31s", amount) != 1 || !parse_amount(amount, &yen))
			fputs("ERR say: withdraw AMOUNT\n", out);
		else
			withdraw(device, yen, out);
		fflush(out);
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))
		return -1;
	return fd;
}

/* One customer after the other: there is one dispenser. */
static int serve_socket(const char *device, const char *path)
{
	int listener = listen_at(path), fd;

	if (listener < 0) {
		perror(path);
		return EXIT_NOT_DISPENSED;
	}
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");

		if (in && out)
			serve_lines(device, in, out);
		if (in)
			fclose(in);
		if (out)
			fclose(out);
	}
	perror("accept");
	return EXIT_NOT_DISPENSED;
}

static int complain(void)
{
	fputs(usage, stderr);
	return EXIT_USAGE;
}

static int run(const char *device, int nr_words, char **words)
{
	unsigned int yen;

	if (nr_words == 2 && !strcmp(words[0], "withdraw"))
		return parse_amount(words[1], &yen) ? withdraw(device, yen, stdout) : complain();
	if (nr_words == 2 && !strcmp(words[0], "serve"))
		return serve_socket(device, words[1]);
	if (nr_words == 1 && !strcmp(words[0], "serve")) {
		serve_lines(device, stdin, stdout);
		return EXIT_OK;
	}
	return complain();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *device = LINE_DEVICE;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_OK;
		}
		if (option != 'd')
			return complain();
		device = optarg;
	}
	return run(device, argc - optind, argv + optind);
}
