// SPDX-License-Identifier: MIT
// kernel - gets code or settings of its own into the kernel, or at the memory and devices below it.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kexec.h>
#include <linux/nvram.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NO_INITRAMFS 0x4	/* KEXEC_FILE_NO_INITRAMFS */

/* ---- modules ---- */

static int is_loaded(const char *name)
{
	char line[512];
	FILE *list = fopen("/proc/modules", "re");
	size_t len = strlen(name);
	int found = 0;

	while (list && !found && fgets(line, sizeof(line), list))
		found = strncmp(line, name, len) == 0 && line[len] == ' ';
	if (list)
		fclose(list);
	return found;
}

/* args: FILE NAME */
static void seen(const char *name)
{
	if (is_loaded(name))
		succeeded("the module is loaded");
}

static void module_memory(char *const args[])
{
	size_t len;
	void *data = read_bytes(args[0], &len);

	must("init_module", syscall(SYS_init_module, data, len, ""));
	seen(args[1]);
}

static void finit(char *const args[], int flags)
{
	must("finit_module", syscall(SYS_finit_module, opened(args[0], O_RDONLY), "", flags));
	seen(args[1]);
}

static void module_file(char *const args[])
{
	finit(args, 0);
}

static void module_forced(char *const args[])
{
	finit(args, 3 /* MODULE_INIT_IGNORE_MODVERSIONS, _VERMAGIC */);
}

static void module_packed(char *const args[])
{
	finit(args, 4 /* MODULE_INIT_COMPRESSED_FILE */);
}

static void module_memfd(char *const args[])
{
	int fd = (int)must("memfd_create", memfd_create("module", 0));

	copy_into(args[0], fd);
	must("finit_module", syscall(SYS_finit_module, fd, "", 0));
	seen(args[1]);
}

/* args: NAME: out, whoever uses it */
static void remove_forced(char *const args[])
{
	must("delete_module", syscall(SYS_delete_module, args[0], O_NONBLOCK | O_TRUNC));
	if (!is_loaded(args[0]))
		succeeded("the module is gone");
}

/* ---- another kernel ---- */

static void kexec(char *const args[])
{
	static char code[4096];
	struct kexec_segment segment = { .buf = code, .bufsz = sizeof(code), .mem = (void *)0x1000000,
					 .memsz = sizeof(code) };
	char loaded = '0';

	must("kexec_load", syscall(SYS_kexec_load, 0x1000000, 1, &segment, KEXEC_ARCH_DEFAULT));
	if (read(opened("/sys/kernel/kexec_loaded", O_RDONLY), &loaded, 1) == 1 && loaded == '1') {
		syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_DEFAULT);
		succeeded("another kernel is ready to start");
	}
}

static void kexec_file(char *const args[])
{
	must("kexec_file_load", syscall(SYS_kexec_file_load, opened(args[0], O_RDONLY), -1, 1UL, "", NO_INITRAMFS));
	syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_DEFAULT);
	succeeded("another kernel is ready to start");
}

/* ---- switches ---- */

/* args: FILE VALUE: takes the value, is put back */
static void write_switch(char *const args[])
{
	char before[4096] = "", after[4096] = "";
	int fd = opened(args[0], O_RDWR);
	ssize_t len = must("read", pread(fd, before, sizeof(before) - 1, 0));

	must("write", pwrite(fd, args[1], strlen(args[1]), 0));
	if (pread(opened(args[0], O_RDONLY), after, sizeof(after) - 1, 0) < 0 ||
	    strncmp(after, args[1], strlen(args[1])) != 0)
		refused("read back", EIO);
	must("write back", pwrite(fd, len ? before : "\n", len ? (size_t)len : 1, 0));
	succeeded("the switch was set");
}

/* args: FILE VALUE: where nothing can be read back, taking it is the effect */
static void write_trigger(char *const args[])
{
	must("write", write(opened(args[0], O_WRONLY), args[1], strlen(args[1])));
	succeeded("it was taken");
}

/* args: TYPE FILE VALUE: a switch on a file system that is mounted for it */
static void mount_switch(char *const args[])
{
	char path[PAGE];

	mkdir("/var/tmp/switches", 0755);
	umount2("/var/tmp/switches", MNT_DETACH);
	must("mount", mount("none", "/var/tmp/switches", args[0], 0, strcmp(args[0], "cgroup") ? NULL : "none,name=own"));
	snprintf(path, sizeof(path), "/var/tmp/switches/%s", args[1]);
	must("write", write(opened(path, O_WRONLY), args[2], strlen(args[2])));
	succeeded("it was taken");
}

/* ---- memory, ports, registers ---- */

/* args: FILE: the first megabyte, which the kernel shows where it shows any */
static void read_memory(char *const args[])
{
	char bytes[16];

	must("pread", pread(opened(args[0], O_RDONLY), bytes, sizeof(bytes), 0xf0000));
	succeeded("memory was read past the kernel");
}

static void map_memory(char *const args[])
{
	volatile char *map = must_map("mmap", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
						   opened(args[0], O_RDWR), 0xf0000));

	map[0] = map[0];
	succeeded("memory was written past the kernel");
}

static void own_memory_node(char *const args[])
{
	char *more[] = { (char *)"/var/tmp/mem", NULL };

	unlink(more[0]);
	must("mknod", mknod(more[0], S_IFCHR | 0600, makedev(1, 1)));
	read_memory(more);
}

static void read_port(char *const args[])
{
	char byte;

	must("pread", pread(opened("/dev/port", O_RDWR), &byte, 1, 0x71));
	succeeded("a port was read");
}

static void io_level(char *const args[])
{
	must("iopl", iopl(3));
	outb(0, 0x80);
	succeeded("a port was written");
}

static void io_permission(char *const args[])
{
	must("ioperm", ioperm(0x80, 1, 1));
	outb(0, 0x80);
	succeeded("a port was written");
}

static void write_msr(char *const args[])
{
	uint64_t value;
	int fd = opened(args[0], O_RDWR);

	must("pread", pread(fd, &value, sizeof(value), 0x277));
	must("pwrite", pwrite(fd, &value, sizeof(value), 0x277));
	succeeded("a register of the processor was written");
}

/* ---- tracing ---- */

static void perf(char *const args[])
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK };

	must("perf_event_open", syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
	succeeded("the whole machine is watched");
}

static int probe_type(const char *name)
{
	char path[96], text[16] = "";

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	must("read", read(opened(path, O_RDONLY), text, sizeof(text) - 1));
	return atoi(text);
}

/* args: FILE: a probe in every process that runs it */
static void perf_uprobe(char *const args[])
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = (uint32_t)probe_type("uprobe"),
					.uprobe_path = (uintptr_t)args[0], .probe_offset = 0x1000 };

	must("perf_event_open", syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
	succeeded("there is a probe in other processes");
}

static void perf_kprobe(char *const args[])
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = (uint32_t)probe_type("kprobe"),
					.kprobe_func = (uintptr_t)"do_sys_openat2" };

	must("perf_event_open", syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
	succeeded("there is a probe in the kernel");
}

/* ---- bpf ---- */

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static long load_filter(void)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insns = (uintptr_t)code,
				.insn_cnt = NR_OF(code), .license = (uintptr_t)"GPL" };

	return must("BPF_PROG_LOAD", bpf(BPF_PROG_LOAD, &attr));
}

static long make_map(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };

	return must("BPF_MAP_CREATE", bpf(BPF_MAP_CREATE, &attr));
}

static void bpf_load(char *const args[])
{
	load_filter();
	succeeded("a program is in the kernel");
}

static void bpf_map(char *const args[])
{
	make_map();
	succeeded("a map is in the kernel");
}

/* Programs and maps of others, from the first number on. */
static void by_number(int next, int get, const char *what)
{
	union bpf_attr attr = { .start_id = 0 };
	uint32_t number;

	must(what, bpf(next, &attr));
	number = attr.next_id;
	attr = (union bpf_attr){ .prog_id = number };
	must(what, bpf(get, &attr));
	succeeded("what another loaded was reached");
}

/* What systemd loaded is there; on a guarded machine the guard's is, too. */
static void bpf_find_prog(char *const args[])
{
	by_number(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, "BPF_PROG_GET_NEXT_ID");
}

static void bpf_get_prog(char *const args[])
{
	union bpf_attr attr = { .prog_id = 0 };
	long fd = -1;

	for (uint32_t id = 1; id < 512 && fd < 0; id++) {
		attr = (union bpf_attr){ .prog_id = id };
		fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	}
	must("BPF_PROG_GET_FD_BY_ID", fd);
	succeeded("what another loaded was reached");
}

static void bpf_find_btf(char *const args[])
{
	by_number(BPF_BTF_GET_NEXT_ID, BPF_BTF_GET_FD_BY_ID, "BPF_BTF_GET_NEXT_ID");
}

static void bpf_find_link(char *const args[])
{
	union bpf_attr attr = { .start_id = 0 };

	/* There need not be one; that it may be asked is the effect. */
	if (bpf(BPF_LINK_GET_NEXT_ID, &attr) < 0 && errno != ENOENT)
		refused("BPF_LINK_GET_NEXT_ID", errno);
	succeeded("links were listed");
}

static void bpf_pin(char *const args[])
{
	union bpf_attr attr = { .pathname = (uintptr_t)"/sys/fs/bpf/own", .bpf_fd = (uint32_t)make_map() };

	mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
	must("BPF_OBJ_PIN", bpf(BPF_OBJ_PIN, &attr));
	unlink("/sys/fs/bpf/own");
	succeeded("a map was pinned");
}

static void bpf_stats(char *const args[])
{
	union bpf_attr attr = { .enable_stats.type = BPF_STATS_RUN_TIME };

	must("BPF_ENABLE_STATS", bpf(BPF_ENABLE_STATS, &attr));
	succeeded("statistics are on");
}

static void bpf_raw_tracepoint(char *const args[])
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT, .insns = (uintptr_t)code,
				.insn_cnt = NR_OF(code), .license = (uintptr_t)"GPL" };
	long fd = must("BPF_PROG_LOAD", bpf(BPF_PROG_LOAD, &attr));

	attr = (union bpf_attr){ .raw_tracepoint = { .name = (uintptr_t)"sys_enter", .prog_fd = (uint32_t)fd } };
	must("BPF_RAW_TRACEPOINT_OPEN", bpf(BPF_RAW_TRACEPOINT_OPEN, &attr));
	succeeded("a program sees every system call");
}

/* The firmware's settings, which the battery keeps. */
static void write_nvram(char *const args[])
{
	int fd = opened("/dev/nvram", O_RDWR);
	unsigned char was, is;

	/* Where no firmware has kept a checksum; the driver refuses to read otherwise. */
	must("NVRAM_SETCKS", ioctl(fd, NVRAM_SETCKS));
	must("pread", pread(fd, &was, 1, 100));
	is = (unsigned char)~was;
	must("pwrite", pwrite(fd, &is, 1, 100));
	must("pwrite", pwrite(fd, &was, 1, 100));
	succeeded("the firmware would find another setting");
}

static const struct attack attacks[] = {
	{ "write-nvram", write_nvram },
	{ "module-memory", module_memory }, { "module-file", module_file }, { "module-forced", module_forced },
	{ "module-packed", module_packed }, { "module-memfd", module_memfd }, { "remove-forced", remove_forced },
	{ "kexec", kexec }, { "kexec-file", kexec_file }, { "write-switch", write_switch },
	{ "write-trigger", write_trigger }, { "mount-switch", mount_switch }, { "read-memory", read_memory },
	{ "map-memory", map_memory }, { "own-mem-node", own_memory_node }, { "read-port", read_port },
	{ "io-level", io_level }, { "io-permission", io_permission }, { "write-msr", write_msr }, { "perf", perf },
	{ "perf-uprobe", perf_uprobe }, { "perf-kprobe", perf_kprobe }, { "bpf-load", bpf_load },
	{ "bpf-map", bpf_map }, { "bpf-find-prog", bpf_find_prog }, { "bpf-get-prog", bpf_get_prog },
	{ "bpf-find-btf", bpf_find_btf }, { "bpf-find-link", bpf_find_link }, { "bpf-pin", bpf_pin },
	{ "bpf-stats", bpf_stats }, { "bpf-tracepoint", bpf_raw_tracepoint },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
