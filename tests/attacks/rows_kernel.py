# SPDX-License-Identifier: MIT
"""The kernel under the guard (X36-X42, X46, X47 of doc/THREATS.md): no code, no settings, no way to its memory."""

from tests.attacks.row import HERE, Row, Variant, calls

MODULE = "nlmon"
PLAIN, PACKED = HERE + "/unlisted.ko", HERE + "/unlisted.ko.xz"
OUT = [["/usr/sbin/rmmod", MODULE]]


def kernel(hooks, *names, **more):
    return calls("kernel", hooks, names, **more)


def switch(path, value, **more):
    return kernel(("control",), ("write-switch", path, value), says=path.rsplit("/", 1)[-1], **more)[0]


def trigger(path, value, **more):
    return kernel(("control",), ("write-trigger", path, value), says=path.rsplit("/", 1)[-1], **more)[0]


ROWS = [
    Row("X36", "a module from memory", kernel(("module",), ("module-memory", PLAIN, MODULE), undo=OUT)),
    Row("X37", "a changed module from a file: plain, packed, by force, from a file in memory", [
        *kernel(("module",), ("module-file", PLAIN, MODULE), ("module-forced", PLAIN, MODULE), undo=OUT,
                says="unlisted.ko"),
        *kernel(("module",), ("module-packed", PACKED, MODULE), undo=OUT, says="unlisted.ko.xz"),
        *kernel(("module",), ("module-memfd", PLAIN, MODULE), undo=OUT, says="memfd"),
        Variant("insmod", ["/usr/sbin/insmod", PLAIN], ("module",), proof=MODULE + " ", by="insmod",
                look=["/usr/bin/cat", "/proc/modules"], undo=OUT)]),
    Row("X39", "another kernel by kexec", [
        *kernel(("kernel",), "kexec"), *kernel(("kernel",), ("kexec-file", HERE + "/vmlinuz"))]),
    Row("X40", "firmware from the intruder's directory",
        [switch("/sys/module/firmware_class/parameters/path", "/var/tmp")]),
    Row("X41", "bpf: programs, maps, those of others by number, statistics, tracing; ftrace switched off", [
        *kernel(("bpf",), "bpf-load", "bpf-map", "bpf-find-prog", "bpf-get-prog", "bpf-find-btf", "bpf-find-link",
                "bpf-pin", "bpf-stats", "bpf-tracepoint"),
        switch("/proc/sys/kernel/ftrace_enabled", "0", closed=(
            (7, 0), ("EOPNOTSUPP",), "whose ftrace is not to be disabled any more")),
        switch("/proc/sys/kernel/bpf_stats_enabled", "1")]),
    Row("X46", "programs that the kernel starts by itself, and keys it obeys", [
        switch("/proc/sys/kernel/core_pattern", "|/attack/payload"),
        switch("/proc/sys/kernel/modprobe", "/attack/payload"),
        switch("/proc/sys/kernel/poweroff_cmd", "/attack/payload"), trigger("/proc/sysrq-trigger", "h"),
        *kernel(("control",), ("mount-switch", "binfmt_misc", "register", ":own:M::own::/attack/payload:"),
                says="register", prepare=[["/usr/sbin/modprobe", "binfmt_misc"]]),
        *kernel(("control",), ("mount-switch", "cgroup", "release_agent", "/attack/payload"), says="release_agent")]),
    Row("X47", "memory, ports, registers, probes", [
        *kernel(("node",), ("read-memory", "/dev/mem"), ("map-memory", "/dev/mem"), "own-mem-node"),
        *kernel(("node",), "read-port"),
        *kernel(("node",), "write-nvram", prepare=[["/usr/sbin/modprobe", "nvram"]]),
        *kernel(("lockdown",), "io-level", "io-permission"),
        *kernel(("lockdown",), ("write-msr", "/dev/cpu/0/msr"), prepare=[["/usr/sbin/modprobe", "msr"]]),
        *kernel(("lockdown",), "perf", "perf-kprobe", ("perf-uprobe", "/usr/bin/true")),
        *kernel(("control", "lockdown"), ("mount-switch", "tracefs", "kprobe_events", "p:own do_sys_openat2"),
                ("mount-switch", "tracefs", "uprobe_events", "p:own2 /usr/bin/true:0x1000")),
        trigger("/sys/bus/usb/drivers_probe", "usb1")]),
]
