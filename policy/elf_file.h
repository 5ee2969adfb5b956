/* SPDX-License-Identifier: MIT */
/* What an ELF file is, and what is dangerous about it, from its headers. */
#ifndef AG_POLICY_ELF_FILE_H
#define AG_POLICY_ELF_FILE_H

#include <linux/types.h>
#include <stdbool.h>

/* Flaws: bits.  Each lets new code run inside a listed program. */
#define AG_ELF_EXECSTACK	(1u << 0)	/* PT_GNU_STACK asks for it, or is missing */
#define AG_ELF_RWX		(1u << 1)	/* a segment both writable and executable */
#define AG_ELF_TEXTREL		(1u << 2)	/* the loader rewrites its code */
#define AG_ELF_MALFORMED	(1u << 3)	/* headers that cannot be right */

struct ag_elf {
	unsigned int type;	/* ET_EXEC, ET_DYN, ET_REL, ... */
	bool has_interp;	/* PT_INTERP: started through ld.so */
	bool is_pie;		/* DF_1_PIE */
	unsigned int flaws;	/* AG_ELF_* */
};

/* Reads by pread(2); bounded however the headers lie.
 * Return: 0 (flaws say if it is malformed), -ENOEXEC (not ELF), -EIO. */
int ag_elf_read(int fd, struct ag_elf *ret_elf);

/* A sentence for one flaw. */
const char *ag_elf_flaw(unsigned int flaw);

#endif
