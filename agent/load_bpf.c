// SPDX-License-Identifier: MIT
// Loads and attaches the BPF programs through their skeleton.
#include "load.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "atmguard.skel.h"

/* Warnings only: they name the program and what the verifier refused. */
static int print_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

static int collect_links(struct atmguard *skel, int fds[ATMGUARD_LINKS_MAX], size_t *ret_nr)
{
	struct bpf_object_skeleton *s = skel->skeleton;

	if (s->prog_cnt > (int)ATMGUARD_LINKS_MAX)
		return -E2BIG;
	for (int i = 0; i < s->prog_cnt; i++) {
		if (!*s->progs[i].link)
			return -ENOLINK;
		fds[i] = bpf_link__fd(*s->progs[i].link);
	}
	*ret_nr = s->prog_cnt;
	return 0;
}

int ag_load_bpf(int ret_fds[ATMGUARD_LINKS_MAX], size_t *ret_nr)
{
	struct atmguard *skel;
	int r;

	libbpf_set_print(print_warning);
	skel = atmguard__open_and_load();
	if (!skel)
		return -errno;
	r = atmguard__attach(skel);
	if (r == 0)
		r = collect_links(skel, ret_fds, ret_nr);
	if (r < 0)
		atmguard__destroy(skel);
	return r;	/* kept: the links end with the object until the seal holds them */
}
