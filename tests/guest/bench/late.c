// SPDX-License-Identifier: MIT
/*
 * late - puts a guard into a guest that runs already, so that before and after are the same boot
 *
 * usage: late noop   attach a program that does nothing to each of atmguard's
 *                    hooks, say so, and stay until standard input ends
 *        late seal   load atmguard's objects and programs, and seal, with the
 *                    root directory as it is; atmguard.ko must be in
 *
 * A machine that is sealed so late is no protected machine: what ran before
 * was not judged.  But it costs the same, and its file systems are looked at as
 * those are that an initramfs mounted, which is all that is asked here.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/load/load.h"
#include "atmguard.skel.h"

#define STATE_DIR "/var/lib/atmguard"

static int fail(const char *what, int r)
{
	fprintf(stderr, "late: %s: %s\n", what, strerror(-r));
	return 1;
}

/* The shortest program there is, on the hook that a section of atmguard's names. */
static int attach_noop(const struct btf *kernel, const char *section)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC);
	const char *hook = strchr(section, '/');
	char function[128];
	int id, fd;

	if (!hook)
		return -EINVAL;
	if (strncmp(section, "lsm.s/", 6) == 0)
		opts.prog_flags = BPF_F_SLEEPABLE;
	snprintf(function, sizeof(function), "bpf_lsm_%s", hook + 1);
	id = btf__find_by_name_kind(kernel, function, BTF_KIND_FUNC);
	if (id < 0)
		return id;
	opts.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_LSM, "nothing", "GPL", nothing, 2, &opts);
	if (fd < 0)
		return fd;
	fd = bpf_raw_tracepoint_open(NULL, fd);
	return fd < 0 ? fd : 0;
}

static int attach_noops(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct atmguard *skel = atmguard__open();
	struct bpf_program *program;
	int nr = 0, r;

	if (!kernel || !skel)
		return fail("BTF or skeleton", -errno);
	bpf_object__for_each_program(program, skel->obj) {
		r = attach_noop(kernel, bpf_program__section_name(program));
		/* Of newer kernels, which the agent loads where they have the hook. */
		if (r == -ENOENT && !bpf_program__autoload(program))
			continue;
		if (r < 0)
			return fail(bpf_program__section_name(program), r);
		nr++;
	}
	atmguard__destroy(skel);
	btf__free(kernel);
	printf("%d programs attached\n", nr);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

static int load_objects(int device)
{
	int r = ag_load_object(device, ATMGUARD_IDENTITY, STATE_DIR, "identity");

	/* An earlier attempt loaded both, and failed to seal. */
	if (r == -EBUSY)
		return 0;
	return r ? r : ag_load_object(device, ATMGUARD_POLICY, STATE_DIR, "policy/current");
}

static int seal(void)
{
	struct atmguard_seal request = {};
	int fds[ATMGUARD_LINKS_MAX], r;
	int device = open(ATMGUARD_DEVICE, O_RDWR | O_CLOEXEC);
	size_t nr;

	if (device < 0)
		return fail(ATMGUARD_DEVICE, -errno);
	r = load_objects(device);
	if (r < 0)
		return fail("identity and policy", r);
	r = ag_load_bpf(fds, &nr);
	if (r < 0)
		return fail("BPF programs", r);
	request.links = (uintptr_t)fds;
	request.nr_links = (__u32)nr;
	request.root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ioctl(device, ATMGUARD_SEAL, &request) < 0)
		return fail("seal", -errno);
	printf("sealed with %zu programs\n", nr);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "noop") == 0)
		return attach_noops();
	if (argc == 2 && strcmp(argv[1], "seal") == 0)
		return seal();
	fputs("usage: late noop | late seal\n", stderr);
	return 2;
}
