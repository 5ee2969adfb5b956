// SPDX-License-Identifier: GPL-2.0-only
// Looks for executable memory that an ELF file asks the loader for.
#include "elf.h"

#include <linux/elf.h>
#include <linux/slab.h>

/* Program headers looked at: real files have about a dozen; one with more is refused. */
#define AG_PHDRS_MAX	64u

/* The two classes differ in the order of fields only; this is what counts of both. */
struct segment {
	u32 type, flags;
	u64 file_size, mem_size;
};

struct headers {
	u64 offset;
	u32 nr, entry_size;
	bool is_32;
};

static int read_exactly(struct file *file, void *buf, size_t len, loff_t pos)
{
	ssize_t n = kernel_read(file, buf, len, &pos);

	if (n < 0)
		return n;
	return n == len ? 0 : -ENOEXEC;
}

/* 1: an ELF program or library of this machine; 0: not; -errno. */
static int read_headers(struct file *file, struct headers *ret_headers)
{
	union {
		u8 ident[EI_NIDENT];
		Elf32_Ehdr e32;
		Elf64_Ehdr e64;
	} e = {};
	loff_t pos = 0;
	ssize_t n = kernel_read(file, &e, sizeof(e), &pos);

	if (n < 0)
		return n;
	if (memcmp(e.ident, ELFMAG, SELFMAG) ||
	    (e.e64.e_type != ET_EXEC && e.e64.e_type != ET_DYN))
		return 0;
	/* The loaders go by the machine, which lies at the same place in both. */
	switch (e.e64.e_machine) {
	case EM_X86_64:
		if (e.ident[EI_CLASS] != ELFCLASS64)	/* x32 */
			return -ENOEXEC;
		*ret_headers = (struct headers){ e.e64.e_phoff, e.e64.e_phnum,
						 e.e64.e_phentsize, false };
		return 1;
	case EM_386:
	case EM_486:
		*ret_headers = (struct headers){ e.e32.e_phoff, e.e32.e_phnum,
						 e.e32.e_phentsize, true };
		return 1;
	}
	return 0;
}

static struct segment segment_at(const struct headers *h, const void *table, u32 i)
{
	const Elf32_Phdr *p32 = table;
	const Elf64_Phdr *p64 = table;

	if (h->is_32)
		return (struct segment){ p32[i].p_type, p32[i].p_flags, p32[i].p_filesz,
					 p32[i].p_memsz };
	return (struct segment){ p64[i].p_type, p64[i].p_flags, p64[i].p_filesz, p64[i].p_memsz };
}

static bool makes_code(const struct segment *s)
{
	if (!(s->flags & PF_X))
		return false;
	return s->type == PT_GNU_STACK ||
	       (s->type == PT_LOAD && ((s->flags & PF_W) || s->mem_size > s->file_size));
}

static int check_segments(const struct headers *h, const void *table)
{
	bool says_stack = false;

	for (u32 i = 0; i < h->nr; i++) {
		struct segment s = segment_at(h, table, i);

		if (makes_code(&s))
			return -ENOEXEC;
		says_stack |= s.type == PT_GNU_STACK;
	}
	/* elf_read_implies_exec(): all memory of a 32-bit program would be executable. */
	return h->is_32 && !says_stack ? -ENOEXEC : 0;
}

int ag_elf_check(struct file *file)
{
	struct headers h = {};
	size_t size;
	void *table;
	int r = read_headers(file, &h);

	if (r <= 0)
		return r;
	size = h.is_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	if (h.entry_size != size || h.nr > AG_PHDRS_MAX)
		return -ENOEXEC;
	table = kmalloc(AG_PHDRS_MAX * sizeof(Elf64_Phdr), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	r = read_exactly(file, table, h.nr * size, h.offset);
	if (!r)
		r = check_segments(&h, table);
	kfree(table);
	return r;
}
