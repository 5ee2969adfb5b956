# SPDX-License-Identifier: MIT
"""Without memory, tasks, descriptors or disk, and without the agent: nothing opens, nothing stops being enforced.

  +------------------------+  10.0.2.100:8443   +--------+
  | ATM, two processors    |--------------------| center |  takes records; a job in the end
  | /attack: press and     |                    +--------+
  |   listed.elf listed,   |
  |   unlisted.elf not     |
  +------------------------+
     | hand: press takes away memory, tasks, descriptors, disk, time; signals to the agent;
       grants signed here with the center's key
"""

import errno
import sys
import time

from tests.machine import center, disk, machine, maintenance, quiet, signing, story
from tests.machine.quiet import share

PRESS, LISTED, UNLISTED = (disk.ATTACK_DIR + "/" + name for name in ("press", "listed.elf", "unlisted.elf"))
AGENT_GROUP = "/sys/fs/cgroup/system.slice/atmguardd.service"
TIMEOUT_S = 3600
# Of every day, and of make check-all.
STARVES, HOG_S, TASKS, FILES, FLOOD, KILLS = (128, 1280), (20, 120), (300, 3000), (4000, 100000), (20000, 200000), (7, 20)
# An inode with its storage, dentry and buffers is some KiB; what stays behind after all were removed is none of them.
SLAB_SLACK_KIB = 16 * 1024
JOB_S = 20
RING = 4096  # AG_AUDIT_RING in kmod/audit.h


class Pressure:
    def __init__(self, tally, maintenance_center, _scratch):
        self.tally, self.center = tally, maintenance_center
        self.atm = story.Atm(tally, maintenance_center, trust=[quiet.program("press"), quiet.program("listed.elf")],
                             copy=[quiet.program("unlisted.elf")], smp=2)
        self.guest = self.atm.machine

    def press(self, *words):
        return quiet.run(self.tally, self.guest, [PRESS, *map(str, words)], TIMEOUT_S)

    def holds(self, when):
        """The two things that must be true at any time."""
        self.atm.denies(f"{when} an unlisted program does not start", [UNLISTED], "exec", says="unlisted.elf")
        self.atm.allows(f"{when} a listed one does", [LISTED])

    # ---- memory ----

    def starves(self):
        counts = self.press("starve", LISTED, UNLISTED, share(STARVES))
        self.tally.check("under memory limits of 0 to 63 pages no unlisted program starts",
                         counts and counts["unlisted"] == 0 and counts["refused"] == share(STARVES), counts)
        self.tally.check("some limits were too small for the listed one, some were not",
                         counts and counts["kept-out"] > 0 and counts["listed"] > 0, counts)
        self.holds("without limits again")
        counts = self.press("hog", LISTED, UNLISTED, share(HOG_S))
        self.tally.check("with the machine's memory used up no unlisted program starts",
                         counts and counts["unlisted"] == 0 and counts["refused"] > 0, counts)
        killed = self.guest.run(["/usr/bin/dmesg"]).out.count("Out of memory")
        self.tally.check("and it was used up", killed > 0, killed)
        self.holds("with memory again")

    def forgets(self):
        done = self.guest.run([PRESS, "many", LISTED, str(share(FILES))], timeout=TIMEOUT_S)
        for line in done.out.splitlines()[-6:]:
            self.tally.say("        | " + line)
        self.tally.check(f"{share(FILES)} files are judged", quiet.numbers(done.out)["listed"] == share(FILES), done)
        slab = {line.split(":")[0]: int(line.split()[2]) for line in done.out.splitlines() if ": Slab " in line}

        def is_back():
            line = next(line for line in self.guest.get("/proc/meminfo").decode().splitlines() if "Slab:" in line)
            return int(line.split()[1]) < slab["before"] + SLAB_SLACK_KIB

        self.tally.check("their verdicts took kernel memory, and it comes back when they are gone",
                         slab["judged"] > slab["before"] and story.wait_for(is_back, 120),
                         f"{slab}\n{self.guest.get('/proc/meminfo').decode()}")

    # ---- tasks, descriptors, disk ----

    def crowds(self):
        counts = self.press("tasks", LISTED, UNLISTED, share(TASKS))
        self.tally.check(f"among {share(TASKS)} tasks no unlisted program starts, and the listed one does",
                         counts and counts["unlisted"] == 0 and counts["kept-out"] == 0, counts)
        counts = self.press("files", LISTED, UNLISTED, 8)
        self.tally.check("without descriptors neither", counts and counts["unlisted"] == 0 and
                         counts["listed"] > 0, counts)

    def fills(self):
        self.press("fill")
        done = self.guest.run(["/usr/bin/cp", "/usr/bin/perl", "/var/tmp/copy"])
        self.tally.check("the disk is full", "No space left" in done.err, done)
        self.holds("on a full disk")
        since = self.atm.next_seq()
        self.restarts_agent("on a full disk", "SIGKILL")
        agent = int(self.atm.agent_pid())
        # Asked for from before the restart: the new one may have shipped all there was by now.
        self.atm.reports("and ships records", since, lambda r: r["event"] == "RECEIPT" and r["pid"] == agent)
        self.press("drain")

    # ---- refusals ----

    def floods(self):
        before = self.atm.status()
        counts = self.press("flood", share(FLOOD))
        self.tally.check(f"{share(FLOOD)} refusals in a row, and not one let through",
                         counts and counts["refused"] == share(FLOOD), counts)
        after = self.atm.status()
        self.tally.check("each was counted", after["denials"] - before["denials"] >= share(FLOOD), after)
        written = after["next_seq"] - before["next_seq"]
        self.tally.check("most were folded or dropped, not written", written < share(FLOOD) / 2, written)
        self.holds("after the flood")
        shipped = story.wait_for(lambda: self.atm.status()["receipted_seq"] >= after["next_seq"], 300)
        self.tally.check("the agent ships what was kept", shipped, self.atm.status())
        log = self.guest.begin([story.ATMGUARDCTL, "log", "--raw"])
        log.wait(300)
        self.guest.put(bytes(log.out), "/run/records")
        self.atm.allows("and the records still form one chain", [story.ATMGUARDCTL, "verify", "/run/records"])

    def floods_silently(self):
        """With the agent stopped nothing is shipped: what came before the flood must outlive it."""
        self.signal_agent("SIGSTOP")
        job = self.open_job(JOB_S, "tools")
        self.atm.submits("relock")
        before = self.atm.status()
        self.press("flood", 8 * RING)
        after = self.atm.status()
        self.tally.check("a flood with nobody to read it drops itself and counts it", after["lost"] > before["lost"], after)
        events = {r["event"] for r in self.atm.records() if r["job"] == job}
        self.tally.check("and not the job that came before it", {"UNLOCK", "RELOCK"} <= events, events)
        done = self.guest.run([UNLISTED])
        last = self.atm.status()
        self.tally.check("with the ring full an unlisted program does not start, which is counted as lost",
                         done.errno == errno.EPERM and last["denials"] > after["denials"] and
                         last["lost"] > after["lost"], f"{done}\n{after}\n{last}")
        self.atm.allows("with the ring full a listed one does", [LISTED])
        self.signal_agent("SIGCONT")

    # ---- the agent ----

    def signal_agent(self, signal):
        self.guest.run(["/usr/bin/systemctl", "kill", f"--signal={signal}", "atmguardd.service"])

    def restarts_agent(self, when, signal):
        before = story.wait_for(lambda: self.atm.agent_pid() not in ("", "0") and self.atm.agent_pid())
        self.signal_agent(signal)
        self.tally.check(f"{when} the agent is started again",
                         story.wait_for(lambda: self.atm.agent_pid() not in ("", "0", before), 120), before)

    def open_job(self, duration_s, scope):
        """A grant as the center signs it, handed over by root; the job's number."""
        job = 9000 + self.atm.next_seq()
        data = signing.grant(self.atm.nonce(), job=job, scopes=1 << maintenance.SCOPES.index(scope), duration_s=duration_s)
        self.atm.hands_in("grant", data, signing.sign(data, signing.GRANTS))
        return job

    def closes_in_time(self, how, job_s=JOB_S, speed=1.0):
        """speed: of the clock of the records, which is CLOCK_BOOTTIME."""
        since = self.atm.next_seq()
        job = self.open_job(job_s, "tools")
        self.tally.check(f"{how}, a job is open", self.atm.status()["state"] == "maintenance", self.atm.status())
        opened = self.atm.find_record(since, lambda r: r["event"] == "UNLOCK" and r["job"] == job, 1)
        story.wait_for(lambda: self.atm.status()["state"] != "maintenance", job_s + 30)
        took = float(self.guest.get("/proc/uptime").split()[0]) - opened["boot_ns"] / 1e9
        self.tally.check("and the kernel closes it in time by itself", -1 <= took - job_s * speed <= 5, f"{took} s")
        # What is mapped is hashed before that, which takes an emulated processor its time.
        self.atm.reports("and says so when it has cleaned up", since,
                         lambda r: r["event"] == "RELOCK" and r["job"] == job, 60)
        self.holds("then")

    def slows_the_clock(self):
        """By a tenth: by its own measure the job ends early, in truth in time."""
        self.press("slow")
        self.closes_in_time("with the clock slowed down", 3 * JOB_S, 0.9)
        self.press("even")

    def loses_its_agent(self):
        for _ in range(share(KILLS)):
            self.restarts_agent("killed,", "SIGKILL")
        self.holds("with the agent killed")
        self.signal_agent("SIGSTOP")
        self.closes_in_time("with the agent stopped")
        self.signal_agent("SIGCONT")
        self.guest.put(b"1", AGENT_GROUP + "/cgroup.freeze")
        self.closes_in_time("with the agent frozen")
        self.guest.put(b"0", AGENT_GROUP + "/cgroup.freeze")
        before = self.atm.agent_pid()
        self.guest.put(b"0", AGENT_GROUP + "/memory.max")
        self.tally.check("without memory the agent is ended",
                         story.wait_for(lambda: self.atm.agent_pid() != before, 60), before)
        self.holds("with the agent out of memory")
        # Its group goes with it, and the limit with the group.
        self.tally.check("and then started again",
                         story.wait_for(lambda: self.atm.agent_pid() not in ("", "0", before), 120), before)
        self.guest.run(["/usr/bin/rm", "-rf", "/run/atmguard", "/run/atmguardd"])
        self.guest.run(["/usr/bin/rm", "-f", "/var/lib/atmguard/receipt"])
        self.holds("with the agent's files removed")
        self.guest.run(["/usr/bin/systemctl", "reset-failed", "atmguardd.service"])
        self.guest.run(["/usr/bin/systemctl", "start", "atmguardd.service"])
        self.restarts_agent("with its files removed", "SIGKILL")

    def opens_in_the_end(self):
        """The real way, after all of it."""
        self.guest.wait_path("/run/atmguard/agent.sock")
        _, otp = self.center.open_job("diagnosis")
        done = maintenance.unlock(self.guest, otp, center.EMPLOYEE)
        self.tally.check("after all of it a job of the center still opens the machine",
                         done.status == 0 and self.atm.status()["state"] == "maintenance", done)

    def play(self):
        with self.atm:
            began = time.monotonic()
            self.tally.say(f"  {machine.KERNEL}: {self.atm.boot()}")
            for step in (self.starves, self.forgets, self.crowds, self.slows_the_clock, self.loses_its_agent,
                         self.floods, self.floods_silently, self.fills, self.opens_in_the_end):
                step()
                self.tally.say(f"        {step.__name__}: {time.monotonic() - began:.0f} s")
            quiet.check(self.tally, self.guest, "after all pressure")


if __name__ == "__main__":
    sys.exit(story.play("pressure", Pressure))
