// SPDX-License-Identifier: MIT
/*
 * otherexe.so - a library that has the process taken for another program
 *
 * Who asks which program a process runs looks at its exe file, which may be
 * replaced once nothing of it is mapped: so this takes the program from under
 * itself, and says what /proc/self/exe is then.  OTHER_EXE names the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAPPINGS 16

static unsigned long ranges[MAPPINGS][2];

static int find_mappings(const char *exe)
{
	char line[4096];
	FILE *maps = fopen("/proc/self/maps", "re");
	int n = 0;

	while (maps && n < MAPPINGS && fgets(line, sizeof(line), maps)) {
		char *name = strchr(line, '/');

		if (name && strncmp(name, exe, strlen(exe)) == 0 && name[strlen(exe)] == '\n' &&
		    sscanf(line, "%lx-%lx", &ranges[n][0], &ranges[n][1]) == 2)
			n++;
	}
	return n;
}

static void __attribute__((constructor)) become_other(void)
{
	const char *other = getenv("OTHER_EXE");
	char exe[4096] = "", said[4200];
	int fd = open(other ? other : "", O_RDONLY | O_CLOEXEC), n, len;
	long r;

	if (fd < 0 || readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
		_exit(2);
	n = find_mappings(exe);
	for (int i = 0; i < n; i++)
		munmap((void *)ranges[i][0], ranges[i][1] - ranges[i][0]);
	r = prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0);
	if (r < 0) {
		len = snprintf(said, sizeof(said), "REFUSED %s at PR_SET_MM_EXE_FILE\n", strerrorname_np(errno));
	} else {
		memset(exe, 0, sizeof(exe));
		len = readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0 ? 0 :
		      snprintf(said, sizeof(said), "%s: it is taken for %s\n",
			       strcmp(exe, other) == 0 ? "SUCCEEDED" : "nothing", exe);
	}
	_exit(write(STDOUT_FILENO, said, (size_t)len) != len);
}
