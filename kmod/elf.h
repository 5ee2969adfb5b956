/* SPDX-License-Identifier: GPL-2.0-only */
/* What an ELF file asks the kernel for that no LSM hook sees. */
#ifndef AG_ELF_H
#define AG_ELF_H

#include <linux/fs.h>

/*
 * ag_elf_check - whether starting @file would make memory executable that is not the file's
 *
 * An executable stack (PT_GNU_STACK), the READ_IMPLIES_EXEC that 32-bit files
 * without one get, and the anonymous part of a segment that is executable are
 * set up by the ELF loader itself (fs/binfmt_elf.c), without a call to
 * security_mmap_file().  A file that is no ELF program or library passes.
 *
 * @file can be read; the caller keeps writers out.  May sleep.
 * Return: 0, -ENOEXEC (it would, or its program headers cannot be looked at),
 * -ENOMEM, the file system's error.
 */
int ag_elf_check(struct file *file);

#endif
