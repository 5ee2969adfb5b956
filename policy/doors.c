// SPDX-License-Identifier: MIT
// Programs that undo a whitelist when they are on it.
#include "doors.h"

#include <fnmatch.h>
#include <string.h>

/*
 * What is here can, once it runs, run other code under its own name, or write
 * where the guard looks.  The kernel part stops most of it all the same; a
 * program that is not listed needs no stopping.
 */
static const struct {
	const char *name;	/* of the file, fnmatch(3) */
	const char *reason;
} doors[] = {
	/* write into other programs */
	{ "gdb",		"a debugger puts code into any program" },
	{ "gdbserver",		"a debugger puts code into any program" },
	{ "lldb",		"a debugger puts code into any program" },
	{ "lldb-server",	"a debugger puts code into any program" },
	{ "rr",			"a debugger puts code into any program" },
	{ "strace",		"a tracer can inject system calls and change their results" },
	{ "ltrace",		"a tracer puts breakpoints into any program" },
	{ "valgrind",		"runs programs in an emulator that the guard does not see" },
	{ "perf",		"attaches probes to the kernel and to programs" },
	{ "bpftrace",		"loads BPF programs" },
	{ "bpftool",		"loads and detaches BPF programs" },
	{ "stap",		"loads kernel modules it makes up" },
	{ "staprun",		"loads kernel modules it is given" },
	{ "criu",		"restores program memory from a file" },
	{ "gcore",		"reads the memory of any program" },
	/* kernel modules that hand out memory or disks as devices */
	{ "phram.ko*",		"shows any physical memory as a device" },
	{ "slram.ko*",		"shows any physical memory as a device" },
	{ "block2mtd.ko*",	"opens a disk past the hooks on opening disks" },
	{ "speakup*.ko*",	"writes to a serial line of its choice" },
	{ "kgdboc.ko*",		"a debugger of the kernel on a serial line" },
	{ "kgdbts.ko*",		"a debugger of the kernel on a serial line" },
	{ "pktcdvd.ko*",	"opens a disk past the hooks on opening disks" },
	{ "nbd.ko*",		"a disk that somebody else serves" },
	{ "ublk_drv.ko*",	"a disk that a program serves" },
	{ "drbd*.ko*",		"opens a disk past the hooks on opening disks" },
	{ "rbd.ko*",		"a disk that somebody else serves" },
	{ "aoe.ko*",		"a disk that somebody else serves" },
	{ "iscsi_tcp.ko*",	"a disk that somebody else serves" },
	{ "nvme-tcp.ko*",	"a disk that somebody else serves" },
	{ "nvme-fabrics.ko*",	"a disk that somebody else serves" },
	{ "nvme-rdma.ko*",	"a disk that somebody else serves" },
	{ "nvme-fc.ko*",	"a disk that somebody else serves" },
	{ "target_core_*.ko*",	"opens disks and files past the hooks on opening them" },
	{ "nvmet*.ko*",		"opens disks and files past the hooks on opening them" },
	{ "vfio*.ko*",		"gives devices, and with them memory, to programs" },
	{ "uio*.ko*",		"gives devices, and with them memory, to programs" },
	{ "iommufd.ko*",	"gives devices, and with them memory, to programs" },
	{ "kvm*.ko*",		"runs code the guard does not see" },
	{ "firewire-*.ko*",	"a bus whose devices read and write memory by themselves" },
	{ "vhci-hcd.ko*",	"USB devices that a program or the network makes up" },
	{ "usbip-*.ko*",	"USB devices that a program or the network makes up" },
	{ "dummy_hcd.ko*",	"USB devices that a program makes up" },
	{ "raw_gadget.ko*",	"USB devices that a program makes up" },
	{ "hwpoison-inject.ko*", "breaks memory where it is told to" },
	{ "mce-inject.ko*",	"makes up faults of the machine" },
	{ "einj.ko*",		"makes up faults of the machine" },
	{ "acpi_configfs.ko*",	"loads code into the ACPI interpreter" },
	{ "test_*.ko*",		"a kernel self-test, made to break things" },
	/* run what is not a listed file */
	{ "busybox*",		"holds a shell and a hundred tools that one digest would list" },
	{ "toybox*",		"holds a shell and a hundred tools that one digest would list" },
	{ "qemu-*",		"an emulator runs any program as its data" },
	{ "wine*",		"runs Windows programs as its data" },
	{ "box64",		"an emulator runs any program as its data" },
	{ "tcc",		"compiles and runs code in one step" },
	{ "ld.so",		"as a program it starts others without their flags" },
	{ "docker*",		"brings file systems of its own" },
	{ "containerd*",	"brings file systems of its own" },
	{ "runc",		"brings file systems of its own" },
	{ "crun",		"brings file systems of its own" },
	{ "podman",		"brings file systems of its own" },
	{ "proot",		"rewrites the paths and calls of programs by ptrace" },
	/* change what a program is */
	{ "setarch",		"sets READ_IMPLIES_EXEC: every readable page becomes code" },
	{ "linux32",		"sets the personality, see setarch" },
	{ "linux64",		"sets the personality, see setarch" },
	{ "i386",		"sets the personality, see setarch" },
	{ "x86_64",		"sets the personality, see setarch" },
	{ "uname26",		"sets the personality, see setarch" },
	{ "unshare",		"makes namespaces in which paths mean other files" },
	{ "nsenter",		"enters namespaces in which paths mean other files" },
	{ "bwrap",		"makes namespaces in which paths mean other files" },
	{ "firejail",		"makes namespaces in which paths mean other files" },
	{ "execstack",		"marks programs as having an executable stack" },
	{ "patchelf",		"rewrites programs" },
	/* reach under the file system or the kernel */
	{ "dd",			"copies raw disks and memory" },
	{ "ddrescue",		"copies raw disks" },
	{ "debugfs",		"writes into a mounted file system from below" },
	{ "xfs_db",		"writes into a mounted file system from below" },
	{ "btrfs-corrupt-block", "writes into a mounted file system from below" },
	{ "hdparm",		"sends raw commands to disks" },
	{ "sg_raw",		"sends raw commands to disks" },
	{ "sg_dd",		"copies raw disks" },
	{ "sg_write_buffer",	"replaces the firmware of disks" },
	{ "nvme",		"sends raw commands to disks" },
	{ "blkdiscard",		"erases raw disks" },
	{ "qemu-nbd",		"attaches disk images as disks" },
	{ "nbd-client",		"attaches disks over the network" },
	{ "iscsiadm",		"attaches disks over the network" },
	{ "kexec",		"starts another kernel" },
	{ "flashrom",		"rewrites the firmware of the machine" },
	{ "efibootmgr",		"changes what the machine boots" },
	{ "mokutil",		"changes which boot loaders are trusted" },
	{ "setpci",		"writes PCI configuration space" },
	{ "devmem*",		"writes physical memory" },
	{ "wrmsr",		"writes registers of the processor" },
	{ "i2cset",		"writes to chips on the board" },
	{ "socat",		"connects terminals, sockets and programs in every way" },
};

/* Run code they read: without the flag `interpreter` they read anything. */
static const char *const interpreters[] = {
	"ash", "awk", "bash", "bc", "csh", "dash", "dc", "deno", "ed", "emacs*", "expect",
	"fish", "gawk", "gjs", "groovy", "guile*", "ipython*", "java", "jrunscript",
	"julia", "ksh*", "lua*", "luajit*", "m4", "mawk", "mksh", "mono", "node", "nodejs",
	"nvim", "original-awk", "perl", "perl[0-9]*", "php*", "pwsh", "pypy*",
	"python", "python[0-9]*", "rbash", "ruby*", "sh", "tclsh*", "tcsh",
	"vim*", "wish*", "yash", "zsh*",
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "gdb-12" and "strace5.10" are doors as gdb and strace are. */
static bool is_version_of(const char *name, const char *known)
{
	size_t len = strlen(known);

	if (strncmp(name, known, len) != 0 || !name[len])
		return false;
	return name[len + strspn(name + len, "-0123456789.")] == 0;
}

const char *ag_doors_find(const char *path)
{
	const char *name = base_name(path);

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (fnmatch(doors[i].name, name, 0) == 0 || is_version_of(name, doors[i].name))
			return doors[i].reason;
	return NULL;
}

bool ag_doors_is_interpreter(const char *path)
{
	const char *name = base_name(path);

	for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]); i++)
		if (fnmatch(interpreters[i], name, 0) == 0)
			return true;
	return false;
}

bool ag_doors_is_loader(const char *path)
{
	return fnmatch("ld-linux*.so.*", base_name(path), 0) == 0 ||
	       fnmatch("ld-[0-9]*.so", base_name(path), 0) == 0 ||
	       fnmatch("ld-musl-*.so.*", base_name(path), 0) == 0;
}
