# SPDX-License-Identifier: MIT
"""Files the policy knows by fs-verity: large ones start without being read, changed ones do not.

  root.img --> stock machine: fs-verity is enabled on files in /attack, then it is switched off
                   |
               changed.img: one bit turned in the blocks of two of them
                   |
  +----------------v-----------------+  10.0.2.100:8443   +--------+
  | ATM, locked: some files listed   |--------------------| center |  takes records, opens no job
  | by fs-verity, one by its content |                    +--------+
  +----------------------------------+
     hand: starts them, intruder enables fs-verity; switched off in the end
"""

import errno
import os
import random
import re
import signal
import subprocess
import sys

from tests.machine import machine, quiet, story

INTRUDER = story.TESTS + "/intruder"
PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
BIG_MIB = 200
# What may be read of the large one: headers, some pages of code, their part of the tree.
READ_KIB_MAX = 4096
BLOCK, SECTOR = 4096, 512


class Verity:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.scratch = tally, scratch
        files = {name: self.make(name, mib) for name, mib in (
            ("big", BIG_MIB), ("without", 1), ("by-content", 1), ("unlisted", 1), ("head-changed", 1),
            ("code-changed", 1), ("fresh", 1))}
        by_verity = [files[name] for name in ("big", "without", "head-changed", "code-changed", "fresh")]
        lines = self.lines(by_verity, "--verity") + self.lines([files["by-content"]])
        self.atm = story.Atm(tally, maintenance_center, text=lines, copy=list(files.values()))
        self.guest = self.atm.machine

    def make(self, name, mib):
        """A program that says PAYLOAD RUNS, with that much of nothing it needs behind it."""
        path = os.path.join(self.scratch, name)
        with open(PAYLOAD, "rb") as program, open(path, "wb") as file:
            file.write(program.read())
            file.write(random.Random(name).randbytes((mib << 20) - file.tell()))
        os.chmod(path, 0o755)
        return path

    def lines(self, paths, *options):
        done = subprocess.run([os.path.join(machine.BUILD, "bin", "atmguard-policy"), "list", "-p", "/attack", *options,
                               *paths], check=True, capture_output=True, text=True)
        return done.stdout

    # ---- without the guard ----

    def prepare(self):
        """Enables fs-verity as a vendor's installation does, then changes blocks past the file system."""
        with machine.Machine(stock=True, image=self.guest.image) as guest:
            guest.wait_up()
            for name in ("big", "by-content", "unlisted", "head-changed", "code-changed"):
                done = guest.run([INTRUDER, "enable-verity", f"/attack/{name}"], timeout=300)
                self.tally.check(f"fs-verity is enabled on {name}", done.out == "ok\n", done)
            guest.begin(["/usr/bin/systemctl", "poweroff"])
            guest.wait_off(180)
            changed = os.path.join(self.scratch, "changed.img")
            subprocess.run(["qemu-img", "convert", "-O", "raw", os.path.join(guest.dir, "root.qcow2"), changed], check=True)
        self.guest.image = changed
        self.change("head-changed", 0)
        self.change("code-changed", self.code_offset() // BLOCK)

    def code_offset(self):
        """Where in the file the program begins to run, of a file whose addresses are its offsets up to a page's."""
        said = subprocess.run(["readelf", "-hlW", PAYLOAD], check=True, capture_output=True, text=True).stdout
        entry = int(re.search(r"Entry point address: +(0x\w+)", said)[1], 16)
        for offset, address, size in re.findall(r"LOAD +(0x\w+) (0x\w+) 0x\w+ (0x\w+)", said):
            if int(address, 16) <= entry < int(address, 16) + int(size, 16):
                return int(offset, 16) + entry - int(address, 16)
        raise story.StoryError("the program has no entry")

    def change(self, name, block):
        """One bit in a data block of a file, as somebody does who has the disk in his hands."""
        said = subprocess.run(["debugfs", "-R", f"bmap /attack/{name} {block}", self.guest.image], check=True,
                              capture_output=True, text=True).stdout
        with open(self.guest.image, "r+b") as file:
            file.seek(int(said) * BLOCK + 8)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))

    # ---- with it ----

    def read_kib(self):
        """What was read from the machine's disk so far."""
        line = re.search(r" vda (.*)", self.guest.get("/proc/diskstats").decode())[1].split()
        return int(line[2]) * SECTOR >> 10

    def runs(self, sentence, name):
        self.atm.allows(sentence, [name], says="PAYLOAD RUNS")

    def large(self):
        before = self.read_kib()
        self.runs(f"a listed program of {BIG_MIB} MiB runs", "/attack/big")
        read = self.read_kib() - before
        self.tally.say(f"        {read} KiB were read from the disk for it")
        self.tally.check("and is not read whole for that", read < READ_KIB_MAX, f"{read} KiB")
        cached = self.guest.run(["/usr/bin/fincore", "--bytes", "--raw", "--noheadings", "-o", "RES", "/attack/big"])
        self.tally.check("nor is it in the page cache", int(cached.out) < READ_KIB_MAX << 10, cached)

    def other_forms(self):
        atm = self.atm
        self.runs("a file with fs-verity that is listed by its content runs", "/attack/by-content")
        atm.denies("one listed in neither way does not", ["/attack/unlisted"], "exec", says="unlisted")
        atm.denies("nor one listed by its fs-verity digest that has no fs-verity", ["/attack/without"], "exec",
                   says="without")

    def changed(self):
        # The kernel itself cannot read its first page, before it asks the guard.
        done = self.guest.run(["/attack/head-changed"])
        self.tally.check("a file changed at its head on the disk does not start",
                         not done.ran and done.errno == errno.EIO, done)
        done = self.guest.run(["/attack/code-changed"])
        self.tally.check("one changed in its code ends before the code runs",
                         done.signal == signal.SIGBUS and "PAYLOAD" not in done.out, done)

    def enabling(self):
        atm = self.atm
        atm.denies("while locked no protected file gets fs-verity", [INTRUDER, "enable-verity", "/attack/fresh"],
                   "control", says="fresh")
        atm.denies("so it does not start", ["/attack/fresh"], "exec", says="fresh")
        self.guest.run(["/usr/bin/cp", "/attack/fresh", "/attack/unlisted", "/usr/bin/true", "/var/tmp/"], timeout=60)
        atm.allows("a listed program elsewhere runs", ["/var/tmp/true"])
        atm.answers("and may get fs-verity", [INTRUDER, "enable-verity", "/var/tmp/true"], "ok")
        atm.allows("it runs as before", ["/var/tmp/true"])
        atm.answers("one that is listed so gets it", [INTRUDER, "enable-verity", "/var/tmp/fresh"], "ok")
        self.runs("and runs", "/var/tmp/fresh")
        atm.answers("an unlisted one gets it", [INTRUDER, "enable-verity", "/var/tmp/unlisted"], "ok")
        atm.denies("and does not", ["/var/tmp/unlisted"], "exec", says="unlisted")

    def ends(self):
        self.guest.begin(["/usr/bin/systemctl", "poweroff"])
        self.guest.wait_off(180)
        quiet.check(self.tally, self.guest, "up to its end")

    def play(self):
        self.prepare()
        with self.atm:
            word = self.atm.boot()
            self.tally.check("the machine is up", word == "running", word)
            self.large()
            self.other_forms()
            self.changed()
            self.enabling()
            self.ends()


if __name__ == "__main__":
    sys.exit(story.play("verity", Verity))
