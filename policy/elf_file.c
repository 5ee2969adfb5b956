// SPDX-License-Identifier: MIT
// What an ELF file is, and what is dangerous about it, from its headers.
#include "elf_file.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SEGMENTS_MAX	128u	/* real files have about 15 */
#define DYNAMIC_MAX	4096u	/* dynamic tags; real files have about 40 */

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "reads little-endian headers as they are"
#endif

struct segment {
	__u32 type, flags;
	__u64 offset, size;
};

struct reader {
	int fd;
	bool is_64;
	__u64 phoff;
	unsigned int phnum;
	struct ag_elf elf;
};

static int read_at(int fd, void *buf, size_t len, __u64 offset)
{
	ssize_t n;

	if (offset > (__u64)1 << 62)
		return -ENOEXEC;
	do
		n = pread(fd, buf, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -EIO;
	return (size_t)n == len ? 0 : -ENOEXEC;
}

static int read_header_64(struct reader *r)
{
	Elf64_Ehdr h;
	int e = read_at(r->fd, &h, sizeof(h), 0);

	if (e)
		return e;
	r->elf.type = h.e_type;
	r->phoff = h.e_phoff;
	r->phnum = h.e_phnum;
	return h.e_phnum && h.e_phentsize != sizeof(Elf64_Phdr) ? -ENOEXEC : 0;
}

static int read_header_32(struct reader *r)
{
	Elf32_Ehdr h;
	int e = read_at(r->fd, &h, sizeof(h), 0);

	if (e)
		return e;
	r->elf.type = h.e_type;
	r->phoff = h.e_phoff;
	r->phnum = h.e_phnum;
	return h.e_phnum && h.e_phentsize != sizeof(Elf32_Phdr) ? -ENOEXEC : 0;
}

static int read_segment(struct reader *r, unsigned int i, struct segment *ret_segment)
{
	Elf64_Phdr p64;
	Elf32_Phdr p32;
	int e;

	if (r->phoff > (__u64)1 << 61)
		return -ENOEXEC;
	if (r->is_64) {
		e = read_at(r->fd, &p64, sizeof(p64), r->phoff + i * sizeof(p64));
		if (!e)
			*ret_segment = (struct segment){ p64.p_type, p64.p_flags,
							 p64.p_offset, p64.p_filesz };
	} else {
		e = read_at(r->fd, &p32, sizeof(p32), r->phoff + i * sizeof(p32));
		if (!e)
			*ret_segment = (struct segment){ p32.p_type, p32.p_flags,
							 p32.p_offset, p32.p_filesz };
	}
	return e;
}

static void note_tag(struct reader *r, __u64 tag, __u64 value)
{
	if (tag == DT_TEXTREL || (tag == DT_FLAGS && (value & DF_TEXTREL)))
		r->elf.flaws |= AG_ELF_TEXTREL;
	if (tag == DT_FLAGS_1 && (value & DF_1_PIE))
		r->elf.is_pie = true;
}

static int read_dynamic(struct reader *r, const struct segment *s)
{
	size_t size = r->is_64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	Elf64_Dyn d64;
	Elf32_Dyn d32;
	int e = 0;

	if (s->size / size > DYNAMIC_MAX || s->offset > (__u64)1 << 61)
		return -ENOEXEC;
	for (__u64 at = 0; !e && at + size <= s->size; at += size) {
		if (r->is_64) {
			e = read_at(r->fd, &d64, size, s->offset + at);
		} else {
			e = read_at(r->fd, &d32, size, s->offset + at);
			d64.d_tag = d32.d_tag;
			d64.d_un.d_val = d32.d_un.d_val;
		}
		if (e || d64.d_tag == DT_NULL)
			break;
		note_tag(r, d64.d_tag, d64.d_un.d_val);
	}
	return e;
}

static int read_segments(struct reader *r)
{
	bool has_stack = false, is_loaded = false;
	struct segment s;
	int e = 0;

	if (r->phnum > SEGMENTS_MAX)
		return -ENOEXEC;
	for (unsigned int i = 0; !e && i < r->phnum; i++) {
		e = read_segment(r, i, &s);
		if (e)
			break;
		if (s.type == PT_GNU_STACK) {
			has_stack = true;
			if (s.flags & PF_X)
				r->elf.flaws |= AG_ELF_EXECSTACK;
		} else if (s.type == PT_LOAD) {
			is_loaded = true;
			if ((s.flags & (PF_W | PF_X)) == (PF_W | PF_X))
				r->elf.flaws |= AG_ELF_RWX;
		} else if (s.type == PT_INTERP) {
			r->elf.has_interp = true;
		} else if (s.type == PT_DYNAMIC) {
			e = read_dynamic(r, &s);
		}
	}
	/* Without the header ld.so makes the stack executable to be safe. */
	if (is_loaded && !has_stack)
		r->elf.flaws |= AG_ELF_EXECSTACK;
	return e;
}

int ag_elf_read(int fd, struct ag_elf *ret_elf)
{
	struct reader r = { .fd = fd };
	unsigned char ident[EI_NIDENT];
	int e = read_at(fd, ident, sizeof(ident), 0);

	if (e || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return e ? e : -ENOEXEC;
	r.is_64 = ident[EI_CLASS] == ELFCLASS64;
	e = r.is_64 ? read_header_64(&r) : read_header_32(&r);
	if (!e && (ident[EI_DATA] != ELFDATA2LSB || ident[EI_CLASS] > ELFCLASS64))
		e = -ENOEXEC;
	if (!e && (r.elf.type == ET_EXEC || r.elf.type == ET_DYN))
		e = read_segments(&r);
	if (e == -EIO)
		return e;
	if (e)
		r.elf.flaws |= AG_ELF_MALFORMED;
	*ret_elf = r.elf;
	return 0;
}

const char *ag_elf_flaw(unsigned int flaw)
{
	switch (flaw) {
	case AG_ELF_EXECSTACK:	return "asks for an executable stack (relink with -z noexecstack)";
	case AG_ELF_RWX:	return "has a segment that is writable and executable";
	case AG_ELF_TEXTREL:	return "has relocations in its code (build it with -fPIC)";
	default:		return "has headers that cannot be right";
	}
}
