// SPDX-License-Identifier: MIT
// Any bytes as an ELF file.
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy/elf_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int fd = -1;
	struct ag_elf elf;

	if (fd < 0)
		fd = memfd_create("elf", 0);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
	ag_elf_read(fd, &elf);
	return 0;
}
