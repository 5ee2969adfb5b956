# SPDX-License-Identifier: MIT
"""Policies that follow each other on a running machine: the flag jit, `mode observe`, and enforcing again.

  +-----------------------------+  10.0.2.100:8443   +--------+
  | ATM, locked                 |--------------------| center |  takes records, opens no job
  | LuaJIT, scripts and modules |                    +--------+
  | of it, listed and not       |  USB
  +-----------------------------+------ a stick that no policy lists, while it observes
     | hand: the vendor's policies, as root hands them in

  policy 2 - 3: LuaJIT has the flag jit - 4: mode observe - 5: enforce again
"""

import errno
import os
import signal
import sys

from tests.machine import disk, machine, story, vendor

INTRUDER = story.TESTS + "/intruder"
LUAJIT = "/usr/bin/luajit"
PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
MODULES = "/usr/share/lua/5.1"
UNLISTED_LUA = "/var/tmp/unlisted.lua"
EVIL = b"print('PAYLOAD RUNS')\n"

# Says whether the loop ran as machine code: only then is there a trace.
SUM = b"""#!/usr/bin/luajit
local util = require "jit.util"
local sum = 0
for i = 1, 1e6 do sum = sum + i % 7 end
print(sum, util.traceinfo(1) and "compiled" or "interpreted")
"""
GOOD = b"#!/usr/bin/luajit\nprint(require 'listed')\n"
BAD = b"#!/usr/bin/luajit\nprint(require 'unlisted')\n"
LISTED = b"return 'a listed module'\n"
SCRIPTS = {"/opt/atm/bin/sum": SUM, "/opt/atm/bin/good": GOOD, "/opt/atm/bin/bad": BAD}


class Modes:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally = tally
        self.stick = os.path.join(scratch, "stick.img")
        with open(self.stick, "wb") as file:
            file.truncate(4 << 20)
        self.atm = story.Atm(tally, maintenance_center, copy=[PAYLOAD])
        self.guest = self.atm.machine
        self.text = vendor.text_of()
        self.lines = [vendor.entry("script", text, path) for path, text in SCRIPTS.items()]
        self.lines.append(vendor.entry("data", LISTED, MODULES + "/listed.lua"))
        image = self.guest.image
        disk.debugfs(image, [f"mkdir {os.path.dirname(MODULES)}", f"mkdir {MODULES}"])
        for path, text in SCRIPTS.items():
            disk.put(image, path, text, 0o755)
        disk.put(image, MODULES + "/listed.lua", LISTED)
        disk.put(image, MODULES + "/unlisted.lua", EVIL)
        vendor.install(image, self.policy(2))

    # ---- verbs ----

    def policy(self, version, **more):
        return vendor.sign(vendor.change(self.text, version=version, **more), *self.lines)

    def fails(self, sentence, argv, hook, says="", error="", **more):
        """Does not do its work, and the record says why; for programs that do not pass errno on."""
        since = self.atm.next_seq()
        done = self.guest.run(argv, **more)
        record = self.atm.find_record(since, lambda r: r["event"] == "DENY" and r["what"] == hook and
                                      r["errno"] == -errno.EPERM and says in r["detail"])
        self.tally.check(sentence, done.status and not done.signal and error in done.err and record and
                         "PAYLOAD RUNS" not in done.out, f"{done}\nrecord of {hook}: {record}")

    def observes(self, sentence, argv, hook, says="", word="", **more):
        """Works, and is recorded as what would be denied."""
        since = self.atm.next_seq()
        done = self.guest.run(argv, **more)
        record = self.atm.find_record(since, lambda r: r["event"] == "DENY" and r["what"] == hook and
                                      says in r["detail"])
        self.tally.check(sentence, done.status == 0 and word in done.out and record,
                         f"{done}\nrecord of {hook}: {record}")

    # ---- the steps ----

    def boots(self):
        word = self.atm.boot()
        self.tally.check("the machine is up, nothing was denied", word == "running" and not self.atm.troubles(),
                         f"{word} {self.atm.troubles()}")

    def without_jit(self):
        self.atm.does("a listed Lua script runs with its listed module", ["/opt/atm/bin/good"], says="a listed module")
        self.fails("without the flag jit LuaJIT cannot make machine code, and ends", ["/opt/atm/bin/sum"], "mprotect",
                   error="restricted kernel")

    def with_jit(self):
        self.atm.loads("a policy with the flag jit for LuaJIT is taken",
                   self.policy(3, flags={LUAJIT: "interpreter jit"}))
        self.atm.does("now the script runs as machine code", ["/opt/atm/bin/sum"], says="compiled")
        self.atm.does("also named to luajit", [LUAJIT, "/opt/atm/bin/sum"], says="compiled")
        atm = self.atm
        self.guest.put(EVIL, UNLISTED_LUA)
        atm.denies("an unlisted Lua script still does not run", [LUAJIT, UNLISTED_LUA], "interp", says=UNLISTED_LUA)
        atm.denies("nor code in the arguments", [LUAJIT, "-e", "print('PAYLOAD RUNS')"], "interp", says="luajit")
        atm.denies("nor an option before the script", [LUAJIT, "-lunlisted", "/opt/atm/bin/good"], "interp",
                   says="-lunlisted")
        atm.denies("nor code from standard input", [LUAJIT, "-"], "interp", says="luajit", stdin=EVIL)
        self.fails("nor an unlisted module, where modules are looked for", ["/opt/atm/bin/bad"], "interp",
                   says=MODULES + "/unlisted.lua")
        for name, value in (("LUA_INIT", "print('PAYLOAD RUNS')"), ("LUA_PATH", "/var/tmp/?.lua"),
                            ("LUA_CPATH", "/var/tmp/?.so")):
            atm.denies(f"nor does {name} bring in code", ["/opt/atm/bin/good"], "interp", says="luajit",
                       env={name: value})
        atm.denies("no other program may make code", [INTRUDER, "anon-rwx"], "anon")

    def observing(self):
        since = self.atm.next_seq()
        self.atm.loads("a policy that observes is taken", self.policy(4, mode="observe"))
        self.atm.reports("which is an alarm", since, lambda r: r["event"] == "ALARM" and "observes" in r["detail"])
        status = self.atm.status()
        self.tally.check("and shows in the status", "observe" in status["flags"], status)
        self.observes("an unlisted program runs, and is recorded", ["/attack/payload"], "exec", says="payload",
                      word="PAYLOAD RUNS")
        self.observes("so does a command that is not listed", ["/bin/sh", "-c", "echo PAYLOAD RUNS"], "interp",
                      says="-c echo PAYLOAD RUNS", word="PAYLOAD RUNS")
        self.observes("an unlisted script", [LUAJIT, UNLISTED_LUA], "interp", says="luajit", word="PAYLOAD RUNS")
        self.observes("memory turned into code", [INTRUDER, "anon-rwx"], "anon", word="ok")
        self.observes("writing below /usr", [INTRUDER, "create", "/usr/bin/new"], "replace", says="new", word="ok")
        self.observes("opening a listed program for writing", [INTRUDER, "open-write", "/usr/bin/nl"], "write",
                      says="nl", word="ok")
        self.observes("a kernel switch", [INTRUDER, "open-write", "/proc/sys/kernel/core_pattern"], "control",
                      says="core_pattern", word="ok")
        # Taken from below, by a probe on the system call.
        self.observes("READ_IMPLIES_EXEC", [INTRUDER, "read-implies-exec"], "persona", word="ok")
        since = self.atm.next_seq()
        done = self.guest.run([INTRUDER, "remove-guard"])
        self.tally.check("the guard cannot be forced out all the same", done.out.split()[:1] != ["ok"] and
                         self.atm.find_record(since, lambda r: r["what"] == "module" and "forced" in r["detail"]) and
                         "atmguard " in self.guest.get("/proc/modules").decode(), done)
        since = self.atm.next_seq()
        self.plugged = self.guest.plug(self.stick, "NOBODYS-STICK")
        self.guest.wait_enumerated(self.plugged)
        self.atm.reports("an unlisted stick is recorded as refused", since,
                         lambda r: r["event"] == "USB" and r["errno"] and "NOBODYS-STICK" in r["detail"])
        self.tally.check("and gets its driver", story.wait_for(lambda: self.atm.exists("/dev/sda")))
        self.observes("its disk can be read", [INTRUDER, "open-read", "/dev/sda"], "block", says="/dev/sda", word="ok")

    def enforcing(self):
        running = self.guest.begin([LUAJIT, "-e", "print 'waiting' io.stdout:flush() while true do end"])
        running.wait_output("waiting")
        self.atm.loads("a policy that enforces ends it", self.policy(5))
        self.tally.check("the status says so", "observe" not in self.atm.status()["flags"])
        self.atm.denies("the program is refused", ["/attack/payload"], "exec", says="payload")
        self.atm.denies("and the command", ["/bin/sh", "-c", "echo PAYLOAD RUNS"], "interp")
        self.atm.denies("and the write", [INTRUDER, "create", "/usr/bin/newer"], "replace", says="newer")
        self.tally.check("what made code while the machine observed was ended",
                         running.wait(60).signal == signal.SIGKILL)
        self.tally.check("the stick has lost its driver", story.wait_for(lambda: not self.atm.exists("/dev/sda")))

    def play(self):
        with self.atm:
            for step in (self.boots, self.without_jit, self.with_jit, self.observing, self.enforcing):
                step()


if __name__ == "__main__":
    sys.exit(story.play("modes", Modes))
