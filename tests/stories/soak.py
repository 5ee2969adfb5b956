# SPDX-License-Identifier: MIT
"""Mixed load for SOAK_SECONDS under KFENCE: memory stays where it is, and the kernel's log free of trouble.

  +--------------------------+  10.0.2.100:8443   +--------+
  | ATM, two processors,     |--------------------| center |  a job every 25 s
  | KFENCE, /attack: race    |                    +--------+
  | and listed.* listed,     |  USB
  | unlisted.elf not         |------ an unknown stick, in and out every 15 s
  +--------------------------+
     | hand: races, programs, the log, a policy every 20 s, the agent killed in the first quarter
"""

import json
import os
import subprocess
import sys
import threading
import time

from tests.machine import center, disk, hand, machine, maintenance, quiet, signing, story

SOAK_S = int(os.environ.get("SOAK_SECONDS") or (3600 if quiet.is_full() else 60))
RACE, LISTED, UNLISTED = (disk.ATTACK_DIR + "/" + name for name in ("race", "listed.elf", "unlisted.elf"))
# A sample this often; many in an hour, at least twenty in a minute.
SAMPLE_S = min(15, max(2, SOAK_S // 30))
# What the second half may grow by, by its fitted line; caches are left out, the kernel takes those back.
GROWTH_KIB = {"SUnreclaim": 2048, "Percpu": 1024, "VmallocUsed": 2048, "KernelStack": 1024, "PageTables": 4096}
AGENT_GROWTH_KIB = 1024
AVAILABLE_SHARE = 0.05  # of all memory, the most that MemAvailable may fall
# Denser than by default (100 ms), so that an hour watches many objects.
APPEND = os.environ.get("SOAK_APPEND") or "kfence.sample_interval=10"
POLICY_EVERY_S, JOB_EVERY_S, AGENT_EVERY_S, PLUG_EVERY_S = 20, 25, 45, 15


def slope(samples):
    """Growth over all of the samples, [(time, value)], by least squares."""
    n = len(samples)
    mean_t = sum(t for t, _ in samples) / n
    mean_v = sum(v for _, v in samples) / n
    spread = sum((t - mean_t) ** 2 for t, _ in samples)
    fall = sum((t - mean_t) * (v - mean_v) for t, v in samples)
    return fall / spread * (samples[-1][0] - samples[0][0]) if spread else 0.0


class Soak:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.trust = [quiet.program(name) for name in ("race", "listed.elf", "listed.sh")]
        self.atm = story.Atm(tally, maintenance_center, trust=self.trust, copy=[quiet.program("unlisted.elf")],
                             smp=2, append=APPEND)
        self.guest = self.atm.machine
        self.until, self.errors, self.done = 0, [], {}
        self.samples = []
        self.locked = threading.Lock()  # jobs and policies exclude each other in the kernel
        self.version = 1000

    # ---- the loads ----

    def count(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    def repeat(self, load, every_s):
        """A thread that does it until the end; what goes wrong is kept."""
        def loop():
            while time.monotonic() < self.until:
                try:
                    load()
                    self.count(load.__name__)
                except (story.StoryError, machine.MachineError, center.CenterError, hand.HandError, OSError,
                        ValueError) as error:
                    self.errors.append(f"{load.__name__}: {error}")
                    return
                time.sleep(min(every_s, max(0, self.until - time.monotonic())))
        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        return thread

    def expect(self, holds, what):
        if not holds:
            self.errors.append(str(what))

    def runs(self):
        listed = self.guest.run([LISTED])
        unlisted = self.guest.run([UNLISTED])
        script = self.guest.run(["/usr/bin/which", "sh"])
        self.expect(listed.status == 0 and not unlisted.ran and script.status == 0, (listed, unlisted, script))

    def races(self):
        for words in ([RACE, "map", LISTED, UNLISTED, "500"], [RACE, "exec", LISTED, UNLISTED, "100"],
                      [RACE, "first-map", LISTED, "50"]):
            done = self.guest.run(words, timeout=600)
            self.expect(done.status == 0 and quiet.numbers(done.out)["wrong"] == 0, done)

    def reads_log(self):
        self.expect(self.guest.run([story.ATMGUARDCTL, "log", "--json"], timeout=120).status == 0, "log")

    def loads_policy(self):
        with self.locked:
            data = self.compiled
            self.version += 1
            data = data[:24] + self.version.to_bytes(8, "little") + data[32:]
            said = self.atm.hands_in("policy", data, signing.sign(data, signing.VENDOR))
            self.expect(said[0] == "ok", said)

    def opens_jobs(self):
        with self.locked:
            job, otp = self.center.open_job("diagnosis")
            opened = maintenance.unlock(self.guest, otp)
            self.expect(opened.status == 0, opened)
            self.guest.run([story.TESTS + "/diagnose"], timeout=1)
            closed = self.guest.run([story.ATMGUARDCTL, "complete"], timeout=120)
            self.expect(closed.status == 0, closed)
            self.expect(story.wait_for(lambda: self.center.job(job)["state"] == "completed", 120), self.center.job(job))

    def restarts_agent(self):
        """In the first quarter only: the agent's own memory is judged by one that lives on."""
        if time.monotonic() > self.until - 0.75 * SOAK_S:
            return
        with self.locked:
            before = self.atm.agent_pid()
            self.guest.run(["/usr/bin/systemctl", "kill", "--signal=SIGKILL", "atmguardd.service"])
            self.expect(story.wait_for(lambda: self.atm.agent_pid() not in ("", "0", before), 120), "no new agent")
            self.guest.wait_path("/run/atmguard/agent.sock")

    def plugs(self):
        ident = self.guest.plug(self.stick, "UNKNOWN-1")
        self.guest.wait_enumerated(ident)
        self.expect(not self.atm.exists("/dev/sda"), "a disk behind an unlisted stick")
        self.guest.unplug(ident)

    # ---- looking ----

    def sample(self):
        values = {}
        for line in self.guest.get("/proc/meminfo").decode().splitlines():
            words = line.replace(":", "").split()
            values[words[0]] = int(words[1])
        result, status = self.guest.hand.get(f"/proc/{self.atm.agent_pid()}/status")
        values["agent"] = next((int(line.split()[1]) for line in status.decode(errors="replace").splitlines()
                                if result.status == 0 and line.startswith("VmRSS:")), None)
        self.samples.append((time.monotonic(), values))

    def judge(self):
        half = self.samples[len(self.samples) // 2:]
        for field, bound in GROWTH_KIB.items():
            grown = slope([(t, values[field]) for t, values in half])
            self.tally.say(f"        {field}: {self.samples[0][1][field]} KiB at first, {half[0][1][field]} at half time, "
                           f"{half[-1][1][field]} at the end, line {grown:+.0f}")
            self.tally.check(f"{field} does not grow by more than {bound} KiB in the second half", grown <= bound, grown)
        falls = -slope([(t, values["MemAvailable"]) for t, values in half])
        self.tally.say(f"        MemAvailable: {self.samples[0][1]['MemAvailable']} KiB at first, "
                       f"{half[-1][1]['MemAvailable']} at the end, line {-falls:+.0f}")
        self.tally.check(f"MemAvailable does not fall by more than {AVAILABLE_SHARE:.0%} of memory",
                         falls <= AVAILABLE_SHARE * half[0][1]["MemTotal"], falls)
        agent = [(t, values["agent"]) for t, values in half if values["agent"]]
        self.tally.check(f"nor does the agent grow by more than {AGENT_GROWTH_KIB} KiB",
                         len(agent) > 2 and slope(agent) <= AGENT_GROWTH_KIB, agent[-5:])

    def prepare(self):
        self.compiled = disk.compile_policy(machine.KERNEL, self.trust, self.scratch)
        self.stick = os.path.join(self.scratch, "stick.img")
        with open(self.stick, "wb") as file:
            file.truncate(8 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", self.stick], check=True)

    def play(self):
        self.prepare()
        with self.atm:
            self.tally.say(f"  {machine.KERNEL}, {APPEND}: {self.atm.boot()}")
            if "kfence" in APPEND:
                self.tally.check("KFENCE watches", "kfence: initialized" in self.guest.run(["/usr/bin/dmesg"]).out)
            self.until = time.monotonic() + SOAK_S
            began = time.monotonic()
            threads = [self.repeat(load, every) for load, every in (
                (self.runs, 0.2), (self.races, 1), (self.reads_log, 5), (self.loads_policy, POLICY_EVERY_S),
                (self.opens_jobs, JOB_EVERY_S), (self.restarts_agent, AGENT_EVERY_S), (self.plugs, PLUG_EVERY_S))]
            while time.monotonic() < self.until:
                self.sample()
                if len(self.samples) % 20 == 0:
                    self.tally.say(f"        {time.monotonic() - began:.0f} s: {json.dumps(self.done)}, "
                                   f"{len(self.errors)} errors")
                time.sleep(SAMPLE_S)
            for thread in threads:
                thread.join(900)
            self.sample()
            self.tally.say(f"        {time.monotonic() - began:.0f} s: {json.dumps(self.done)}")
            self.tally.check(f"for {SOAK_S} s everything is answered as it must be",
                             not self.errors and not any(thread.is_alive() for thread in threads) and len(self.done) == 7,
                             "\n".join(map(str, self.errors[:8])))
            self.judge()
            self.tally.check("and the machine is locked", self.atm.status()["state"] == "locked")
            quiet.check(self.tally, self.guest, "after all of it")


if __name__ == "__main__":
    sys.exit(story.play("soak", Soak))
