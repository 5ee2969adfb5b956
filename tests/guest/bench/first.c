// SPDX-License-Identifier: MIT
/*
 * first - what the first start of a program costs, and what hashing it costs the kernel
 *
 * usage: first exec PROGRAM      fork, exec, exit, first of all and once more
 *        first hash FILE DRIVER  SHA-256 of the file by the kernel (AF_ALG), file in the page cache
 *        first read FILE         into the page cache, by read(2)
 *        first drop FILE         out of it again
 *
 * Prints nanoseconds of the first processor's work; in a guest that counts
 * instructions (QEMU -icount shift=0) each is an instruction.  `exec` prints two.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK	(64u << 10)	/* as kmod/digest.c reads */

static void fail(const char *what)
{
	fprintf(stderr, "first: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* What all tasks, the kernel's threads included, ran so far: waiting for the
 * disk depends on the host.  A task's time is added when it stops running. */
static double now_ns(void)
{
	unsigned long long ran = 0;
	char line[512];
	FILE *file;

	usleep(1000);
	file = fopen("/proc/schedstat", "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "cpu0 %*u %*u %*u %*u %*u %*u %llu", &ran) == 1)
			break;
	if (!ran)
		fail("/proc/schedstat");
	fclose(file);
	return ran;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(path);
	return fd;
}

static double run_once(const char *program)
{
	char *argv[] = { (char *)program, NULL }, *envp[] = { NULL };
	double began = now_ns();
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execve(program, argv, envp);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "first: %s did not run (status %#x)\n", program, status);
		exit(1);
	}
	return now_ns() - began;
}

static double read_all(const char *path)
{
	static char buf[CHUNK];
	int fd = open_file(path);
	double began = now_ns();
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		;
	if (n < 0)
		fail(path);
	return now_ns() - began;
}

static double hash_all(const char *path, const char *driver)
{
	struct sockaddr_alg addr = { .salg_family = AF_ALG, .salg_type = "hash" };
	int socket_fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), op, fd = open_file(path);
	static char buf[CHUNK];
	unsigned char digest[32];
	double began;
	ssize_t n;

	strncpy((char *)addr.salg_name, driver, sizeof(addr.salg_name) - 1);
	if (socket_fd < 0 || bind(socket_fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		fail("AF_ALG");
	op = accept(socket_fd, NULL, 0);
	if (op < 0)
		fail("AF_ALG");
	began = now_ns();
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (send(op, buf, n, MSG_MORE) != n)
			fail("send");
	if (n < 0 || read(op, digest, sizeof(digest)) != sizeof(digest))
		fail(path);
	return now_ns() - began;
}

static double drop(const char *path)
{
	double began = now_ns();

	if (posix_fadvise(open_file(path), 0, 0, POSIX_FADV_DONTNEED))
		fail(path);
	return now_ns() - began;
}

int main(int argc, char *argv[])
{
	if (argc == 3 && strcmp(argv[1], "exec") == 0) {
		double first = run_once(argv[2]);

		printf("%.0f %.0f\n", first, run_once(argv[2]));
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "hash") == 0)
		printf("%.0f\n", hash_all(argv[2], argv[3]));
	else if (argc == 3 && strcmp(argv[1], "read") == 0)
		printf("%.0f\n", read_all(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "drop") == 0)
		printf("%.0f\n", drop(argv[2]));
	else
		goto usage;
	return 0;
usage:
	fputs("usage: first exec PROGRAM | first hash FILE DRIVER | first read|drop FILE\n", stderr);
	return 2;
}
