# SPDX-License-Identifier: MIT
"""What works on a locked machine, what it is without its agent, what scope tools adds: attacks are in tests/attacks.

  +--------------------------------+  10.0.2.100:8443   +--------+
  | ATM, locked                    |--------------------| center |  one job: diagnosis
  | /attack: memory, files listed, |                    +--------+
  |          payload not           |  ttyS3
  +--------------------------------+-------- screen: the technician types the three values
     | hand: programs as root

  locked - agent killed, started again - scope tools - locked - switched off
"""

import os
import signal
import sys

from tests.machine import center, machine, story

DIAGNOSE = story.TESTS + "/diagnose"
PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
TAKEN_OVER = [os.path.join(machine.BUILD, "attacks", name) for name in ("memory", "files")]
# A module of the stock kernel that is not loaded here.
MODULE = "dummy"


class Locked:
    def __init__(self, tally, maintenance_center, _scratch):
        self.tally, self.center = tally, maintenance_center
        self.atm = story.Atm(tally, maintenance_center, trust=TAKEN_OVER, copy=[PAYLOAD])
        self.guest = self.atm.machine

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

    def own_disk(self):
        """A listed program runs from where it lies on the machine's own disk."""
        self.guest.run(["/usr/bin/cp", "/usr/bin/true", "/var/tmp/true"])
        self.atm.allows("a copy of a listed program starts from the machine's own disk", ["/var/tmp/true"])
        self.guest.run(["/usr/bin/cp", "/usr/bin/true", "/run/true"])
        self.atm.denies("and from no other", ["/run/true"], "exec", says="/run/true")

    def modules(self):
        def loaded():
            return MODULE + " " in self.guest.get("/proc/modules").decode()

        self.atm.allows("a listed module is loaded", ["/usr/sbin/modprobe", MODULE])
        self.tally.check("and is there", loaded())
        self.atm.allows("and can be removed", ["/usr/sbin/rmmod", MODULE])
        self.tally.check("and is gone", not loaded())

    # ---- the agent ----

    def loses_its_agent(self):
        atm, before = self.atm, self.atm.agent_pid()
        self.guest.run(["/usr/bin/systemctl", "kill", "--signal=SIGKILL", "atmguardd.service"])
        atm.denies("with its agent killed the machine enforces as before", ["/attack/payload"], "exec")
        self.tally.check("and stays locked", atm.status()["state"] == "locked")
        self.tally.check("the agent is started again", story.wait_for(lambda: self.atm.agent_pid() not in ("0", before)))

    # ---- scope tools ----

    def tools(self):
        atm = self.atm
        atm.denies("a maintenance program does not start while locked", [DIAGNOSE], "exec", says="diagnose")
        job, otp = self.center.open_job("diagnosis")
        self.tally.check("a job for diagnosis opens the machine", atm.types(otp, center.EMPLOYEE) == "ok")
        since = atm.next_seq()
        running = self.guest.begin([DIAGNOSE])
        self.tally.check("now it starts", story.wait_for(lambda: b"diagnosing" in running.out))
        atm.reports("and that is recorded under the job", since,
                    lambda r: r["event"] == "RUN" and r["job"] == job and "diagnose" in r["detail"])
        atm.allows("a technician may type commands", ["/bin/sh", "-c", "echo typed"], says="typed")
        atm.denies("an unlisted program still does not start", ["/attack/payload"], "exec")
        atm.denies("nor from the technician's shell", ["/bin/sh", "-c", "/attack/payload; true"], "exec")
        atm.denies("memory still does not become executable", ["/attack/memory", "anon-rwx"], "anon")
        atm.denies("the disk still cannot be written", ["/attack/files", "raw-disk", "/attack/payload", "/attack/payload"],
                   "block", says="/dev/vda")
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
            for step in (self.runs_clean, self.own_disk, self.modules, self.loses_its_agent, self.tools,
                         self.shuts_down):
                step()


if __name__ == "__main__":
    sys.exit(story.play("locked", Locked))
