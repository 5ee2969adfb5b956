#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What root cannot do on a locked machine, what still works there, and what scope tools adds."""

import errno
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
import center  # noqa: E402
import machine  # noqa: E402
import story  # noqa: E402

INTRUDER, DIAGNOSE = story.TESTS + "/intruder", story.TESTS + "/diagnose"
PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
LIBC = "/lib/x86_64-linux-gnu/libc.so.6"
SCRIPT, SOURCED = "/var/tmp/script.sh", "/var/tmp/sourced.sh"
# Modules of the stock kernel that are not loaded here.
MODULE, OTHER_MODULE = "dummy", "nlmon"
DISK, FOREIGN = "/dev/vda", "/dev/vdb"


class Locked:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.unlisted = story.unpack_module(scratch, OTHER_MODULE, b"\0")
        self.atm = story.Atm(tally, maintenance_center, copy=[PAYLOAD, self.unlisted],
                             extra=["-device", "pcie-root-port,id=hot,chassis=9,slot=9"])
        self.guest = self.atm.machine

    def intrudes(self, sentence, call, hook, *file, says="", reason=errno.EPERM):
        """A listed program that was taken over makes the call; it is refused and recorded."""
        return self.atm.denies(sentence, [INTRUDER, call, *file], hook, says=says, reason=reason)

    # ---- a clean system ----

    def runs_clean(self):
        word = self.atm.boot()
        self.tally.check("systemd reaches its target and no unit fails", word == "running", word)
        found = [r for r in self.atm.records() if r["event"] in ("DENY", "REFUSED", "ALARM")]
        self.tally.check("nothing was denied, refused or alarming while it booted", not found, found)
        since = self.atm.next_seq()
        for sentence, argv in (
                ("a unit restarts", ["/usr/bin/systemctl", "restart", "systemd-udevd.service"]),
                ("so does the journal", ["/usr/bin/systemctl", "restart", "systemd-journald.service"]),
                ("and the technician's screen", ["/usr/bin/systemctl", "restart", "atmguard-maint@ttyS3.service"]),
                ("logger writes to the journal", ["/usr/bin/logger", "counted", "the", "notes"]),
                ("files outside of what is protected can be made", ["/usr/bin/cp", "/etc/hostname", "/var/tmp/copy"]),
                ("listed scripts run, of the shell", ["/usr/bin/which", "sh"]),
                ("and of perl", ["/usr/bin/deb-systemd-helper", "--help"])):
            self.atm.allows(sentence, argv)
        self.atm.allows("what was logged can be read", ["/usr/bin/journalctl", "--no-pager", "-t", "root", "-n", "20"],
                        says="counted the notes")
        found = [r for r in self.atm.records() if r["seq"] >= since and r["event"] == "DENY"]
        self.tally.check("and nothing was denied by it", not found, found)

    # ---- code ----

    def memory(self):
        for sentence, call, hook, *file in (
                ("no memory is writable and executable at once", "anon-rwx", "anon"),
                ("memory that was written does not become executable", "anon-to-exec", "mprotect"),
                ("nor does the stack", "stack-to-exec", "mprotect"),
                ("nor a file in memory (memfd)", "memfd-exec", "mmap"),
                ("nor pages of a listed library that were changed", "patched-library", "mprotect", LIBC),
                ("an unlisted file is not mapped as code", "map-unlisted", "mmap", "/attack/payload"),
                ("nor turned into code afterwards", "unlisted-to-exec", "mprotect", "/attack/payload"),
                ("personality READ_IMPLIES_EXEC does not take", "read-implies-exec", "persona"),
                ("a program cannot write to its own memory through /proc", "own-mem", "ptrace"),
                ("nor name another file as the one it runs", "other-exe", "persona", "/usr/bin/true"),
                ("no process is traced", "attach", "ptrace"),
                ("nor asks to be", "traceme", "ptrace"),
                ("no process writes to another's memory", "write-other", "ptrace")):
            self.intrudes(sentence, call, hook, *file)

    def scripts(self):
        text = b"#!/bin/sh\necho PAYLOAD RUNS\n"
        self.guest.put(text, SCRIPT, mode=0o755)
        self.guest.put(b"echo PAYLOAD RUNS\n", SOURCED)
        self.guest.put(b"print('PAYLOAD RUNS')\n", "/var/tmp/module.py")
        atm = self.atm
        atm.denies("an unlisted script does not start by its first line", [SCRIPT], "exec", says=SCRIPT)
        atm.denies("nor handed to a shell", ["/bin/sh", SCRIPT], "interp", says="dash")
        atm.denies("nor to python", ["/usr/bin/python3", "/var/tmp/module.py"], "interp", says="python3")
        for what, name, argv, more in (
                ("in the arguments: sh -c", "dash", ["/bin/sh", "-c", "echo PAYLOAD RUNS"], {}),
                ("in the arguments: python3 -c", "python3", ["/usr/bin/python3", "-c", "print('PAYLOAD RUNS')"], {}),
                ("in the arguments: perl -e", "perl", ["/usr/bin/perl", "-e", "print 'PAYLOAD RUNS'"], {}),
                ("in the arguments: awk", "mawk", ["/usr/bin/mawk", "BEGIN { print \"PAYLOAD RUNS\" }"], {}),
                ("by standard input: bash", "bash", ["/usr/bin/bash"], {"stdin": text})):
            atm.denies(f"no code {what}", argv, "interp", says=name, **more)

    def environment(self):
        for what, argv, env in (
                ("BASH_ENV", ["/usr/bin/ldd", "--version"], {"BASH_ENV": SOURCED}),
                ("PYTHONPATH", ["/usr/bin/py3clean", "--help"], {"PYTHONPATH": "/var/tmp"}),
                ("PERL5LIB", ["/usr/bin/perldoc", "-V"], {"PERL5LIB": "/var/tmp"})):
            self.atm.denies(f"no code from where {what} says", argv, "interp", env=env)

    def copies(self):
        atm = self.atm
        self.guest.run(["/usr/bin/cp", "/usr/bin/true", "/run/true"])
        atm.denies("a listed program on another file system does not start", ["/run/true"], "exec", says="/run/true")
        self.guest.run(["/usr/bin/cp", "/usr/bin/true", "/var/tmp/true"])
        atm.allows("the same bytes on the machine's own disk do", ["/var/tmp/true"])
        self.intrudes("and can then not be changed", "open-write", "write", "/var/tmp/true", says="/var/tmp/true",
                      reason=errno.ETXTBSY)
        self.intrudes("nor cut", "truncate", "write", "/var/tmp/true", says="/var/tmp/true", reason=errno.ETXTBSY)

    # ---- what the machine consists of ----

    def files(self):
        for sentence, call, hook, path in (
                ("a listed program is not opened for writing", "open-write", "write", "/usr/bin/true"),
                ("nor cut", "truncate", "replace", "/usr/bin/cat"),
                ("nor removed", "unlink", "replace", "/usr/bin/cat"),
                ("nor moved away", "rename", "replace", "/usr/bin/cat"),
                ("nor given a second name", "link", "replace", "/usr/bin/cat"),
                ("nor made set-user-ID", "chmod", "replace", "/usr/bin/cat"),
                ("nothing new comes to a protected directory", "create", "replace", "/usr/bin/new"),
                ("no list of libraries to preload is made", "create", "replace", "/etc/ld.so.preload"),
                ("no unit is added", "create", "replace", "/etc/systemd/system/new.service"),
                ("a protected directory cannot be moved away", "rename", "replace", "/opt")):
            self.intrudes(sentence, call, hook, path, says=os.path.basename(path))

    def disks(self):
        self.intrudes("the disk cannot be written past its file system", "open-write", "block", DISK, says=DISK)
        self.intrudes("nor by a node of one's own", "own-node", "block", DISK, says="/var/tmp/disk")
        image = os.path.join(self.scratch, "foreign.img")
        with open(image, "wb") as file:
            file.truncate(8 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", image], check=True)
        self.guest.qmp.execute("blockdev-add", node_name="foreign", driver="raw",
                               file={"driver": "file", "filename": image})
        self.guest.add_device("virtio-blk-pci", "foreign-disk", bus="hot", drive="foreign")
        self.guest.wait_path(FOREIGN)
        self.guest.run(["/usr/bin/udevadm", "settle"])
        self.intrudes("a disk that was plugged in cannot be read", "open-read", "block", FOREIGN, says=FOREIGN)
        self.intrudes("nor written", "open-write", "block", FOREIGN, says=FOREIGN)
        self.guest.run(["/usr/bin/mkdir", "-p", "/mnt/foreign"])
        self.intrudes("nor mounted", "mount", "mount", FOREIGN)
        self.intrudes("nor mounted the new way", "fsmount", "mount", FOREIGN)
        self.guest.remove_device("foreign-disk")

    # ---- the kernel ----

    def modules(self):
        atm = self.atm
        listed = lambda: self.guest.get("/proc/modules").decode()  # noqa: E731
        atm.denies("an unlisted module is not loaded", ["/usr/sbin/insmod", "/attack/nlmon.ko"], "module")
        self.intrudes("nor by file", "module-from-file", "module", "/attack/nlmon.ko", says="nlmon.ko")
        self.intrudes("nor from memory", "module-from-memory", "module", "/attack/nlmon.ko")
        self.tally.check("and is not there", OTHER_MODULE not in listed(), listed())
        atm.allows("a listed one is loaded", ["/usr/sbin/modprobe", MODULE])
        self.tally.check("and is there", MODULE + " " in listed(), listed())
        atm.allows("and can be removed", ["/usr/sbin/rmmod", MODULE])
        since = atm.next_seq()
        done = self.guest.run([INTRUDER, "remove-guard"])
        record = atm.find_record(since, lambda r: r["what"] == "module" and "forced" in r["detail"])
        self.tally.check("the guard cannot be forced out of the kernel",
                         done.out.split()[:1] in (["EBUSY"], ["EWOULDBLOCK"], ["EAGAIN"]) and record and
                         "atmguard " in listed(), f"{done}\n{record}")

    def kernel(self):
        for sentence, call, hook, *file in (
                ("no BPF program is loaded", "load-bpf", "bpf"),
                ("nor the guard's found", "find-link", "bpf"),
                ("no other kernel is started", "kexec", "kernel"),
                ("nor one from a file", "kexec-file", "kernel", "/attack/payload"),
                ("the memory cannot be opened", "open-read", "node", "/dev/mem"),
                ("the core pattern cannot be set", "open-write", "control", "/proc/sys/kernel/core_pattern"),
                ("nor the program that loads modules", "open-write", "control", "/proc/sys/kernel/modprobe"),
                ("nor SysRq pressed", "open-write", "control", "/proc/sysrq-trigger"),
                ("no USB device is authorised by hand", "open-write", "control",
                 "/sys/bus/usb/devices/usb1/authorized"),
                ("nor probed for a driver", "open-write", "control", "/sys/bus/usb/drivers_probe")):
            self.intrudes(sentence, call, hook, *file)

    # ---- the agent ----

    def agent_pid(self):
        return self.guest.run(["/usr/bin/systemctl", "show", "-P", "MainPID", "atmguardd.service"]).out.strip()

    def loses_its_agent(self):
        atm, before = self.atm, self.agent_pid()
        self.guest.run(["/usr/bin/systemctl", "kill", "--signal=SIGKILL", "atmguardd.service"])
        atm.denies("with its agent killed the machine enforces as before", ["/attack/payload"], "exec")
        self.tally.check("and stays locked", atm.status()["state"] == "locked")
        self.tally.check("the agent is started again", story.wait_for(lambda: self.agent_pid() not in ("0", before)))

    # ---- scope tools ----

    def tools(self):
        atm = self.atm
        atm.denies("a maintenance program does not start while locked", [DIAGNOSE], "exec", says="diagnose")
        job, otp = self.center.open_job("diagnosis")
        self.tally.check("a job for diagnosis opens the machine", atm.types(otp, center.EMPLOYEE) == "ok")
        since = atm.next_seq()
        running = self.guest.begin([DIAGNOSE])
        running.wait_output("diagnosing")
        self.tally.check("now it starts", True)
        atm.reports("and that is recorded under the job", since,
                    lambda r: r["event"] == "RUN" and r["job"] == job and "diagnose" in r["detail"])
        atm.allows("a technician may type commands", ["/bin/sh", "-c", "echo typed"], says="typed")
        atm.denies("an unlisted program still does not start", ["/attack/payload"], "exec")
        atm.denies("nor from the technician's shell", ["/bin/sh", "-c", "/attack/payload; true"], "exec")
        self.intrudes("memory still does not become executable", "anon-rwx", "anon")
        self.intrudes("the disk still cannot be written", "open-write", "block", DISK)
        since = atm.next_seq()
        atm.finishes()
        self.tally.check("when the work is complete it is ended", running.wait(60).signal == signal.SIGKILL)
        atm.reports("and the record says that nothing survived", since,
                    lambda r: r["event"] == "RELOCK" and r["job"] == job and r["aux"] == 0)
        atm.denies("it does not start again", [DIAGNOSE], "exec", says="diagnose")
        atm.denies("nor may commands be typed", ["/bin/sh", "-c", "echo typed"], "interp", without="typed")

    def shuts_down(self):
        self.guest.begin(["/usr/bin/systemctl", "poweroff"])
        self.guest.wait_off(120)
        self.tally.check("the machine shuts down in order", "reboot: Power down" in self.guest.console.text or
                         "Powering off" in self.guest.console.text, self.guest.console.tail())

    def play(self):
        with self.atm:
            for step in (self.runs_clean, self.memory, self.scripts, self.copies, self.environment, self.files,
                         self.disks, self.modules, self.kernel, self.loses_its_agent, self.tools, self.shuts_down):
                step()


def tell(tally, maintenance_center):
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="locked-") as scratch:
        Locked(tally, maintenance_center, scratch).play()


if __name__ == "__main__":
    sys.exit(story.run("locked", tell))
