// SPDX-License-Identifier: MIT
// Loads and attaches the BPF programs through their skeleton.
#include "load.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "atmguard.skel.h"

/* Warnings only: they name the program and what the verifier refused. */
__attribute__((format(printf, 2, 0)))
static int print_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

/*
 * Some hooks exist only in newer kernels; their programs are marked as not to be
 * loaded (bpf/core_fixes.bpf.h) and are added here where the running kernel has
 * the hook.  Which hooks must be there is the module's to know: it does not seal
 * without them.
 */
static void choose_programs(struct atmguard *skel)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, skel->obj) {
		const char *hook = strchr(bpf_program__section_name(prog), '/');

		if (!bpf_program__autoload(prog) && hook &&
		    libbpf_find_vmlinux_btf_id(hook + 1, BPF_LSM_MAC) > 0)
			bpf_program__set_autoload(prog, true);
	}
}

static int collect_links(struct atmguard *skel, int fds[ATMGUARD_LINKS_MAX], size_t *ret_nr)
{
	struct bpf_object_skeleton *s = skel->skeleton;
	size_t nr = 0;

	if (s->prog_cnt > (int)ATMGUARD_LINKS_MAX)
		return -E2BIG;
	for (int i = 0; i < s->prog_cnt; i++) {
		if (!bpf_program__autoload(*s->progs[i].prog))
			continue;
		if (!*s->progs[i].link)
			return -ENOLINK;
		fds[nr++] = bpf_link__fd(*s->progs[i].link);
	}
	*ret_nr = nr;
	return 0;
}

int ag_load_bpf(int ret_fds[ATMGUARD_LINKS_MAX], size_t *ret_nr)
{
	struct atmguard *skel;
	int r;

	libbpf_set_print(print_warning);
	skel = atmguard__open();
	if (!skel)
		return -errno;
	choose_programs(skel);
	r = atmguard__load(skel);
	if (r == 0)
		r = atmguard__attach(skel);
	if (r == 0)
		r = collect_links(skel, ret_fds, ret_nr);
	if (r < 0)
		atmguard__destroy(skel);
	return r;	/* kept: the links end with the object until the seal holds them */
}
