# SPDX-License-Identifier: MIT
"""Content changed while it is run, policies swapped while they are used, jobs opened and closed meanwhile.

  stock machine --- the same races, where unlisted bytes come in (no network)

  +-----------------------------+  10.0.2.100:8443   +--------+
  | ATM, two processors         |--------------------| center |  takes records
  |   (in full: again on four)  |                    +--------+
  | /attack: race, swap, flee,  |
  |   stray; what is raced for, |
  |   listed and not            |
  +-----------------------------+
     | hand: the racers; policies signed by the vendor; grants signed here with the center's key
"""

import os
import struct
import sys

from tests.machine import disk, machine, maintenance, quiet, signing, story, vendor
from tests.machine.quiet import share

ATTACK = disk.ATTACK_DIR + "/"
RACE, SWAP, FLEE, STRAY = (ATTACK + name for name in ("race", "swap", "flee", "stray"))
DIAGNOSE = story.TESTS + "/diagnose"
LISTED, UNLISTED = ATTACK + "listed.elf", ATTACK + "unlisted.elf"
# Attempts of each kind, of every day and of make check-all.  Mapping is what costs least.
ATTEMPTS = {"map": (20000, 1000000), "exec": (4000, 50000), "script": (400, 5000), "module": (600, 20000)}
STRAYS = (1000, 20000)
# How many of the attempts must have met a quiet file, or the race was none.
GOOD_SHARE = 200
ROUNDS = {"first-map": (1000, 50000), "first-exec": (200, 5000)}
POLICIES, STORMS = (16, 200), (5, 50)
TIMEOUT_S = (600, 14400)
VERSION_AT = 24  # of a policy: signing.POLICY_HEADER


class Races:
    def __init__(self, tally, maintenance_center, scratch, smp):
        self.tally, self.center, self.scratch, self.smp = tally, maintenance_center, scratch, smp
        self.modules = [story.unpack_module(scratch, "dummy", b""), story.unpack_module(scratch, "nlmon", b"\0")]
        trust = [quiet.program(name) for name in ("race", "swap", "flee", "listed.elf", "listed-a.elf", "listed-b.elf",
                                                  "listed.sh")]
        self.copy = [quiet.program("unlisted.elf"), quiet.program("unlisted.sh"), *self.modules]
        self.trust = trust
        with open(quiet.program("stray"), "rb") as file:
            self.text = vendor.entry("program", file.read(), STRAY, "control") + "\n"
        self.copy.append(quiet.program("stray"))

    def race(self, guest, kind, attempts, timeout):
        listed, unlisted = {"script": (ATTACK + "listed.sh", ATTACK + "unlisted.sh"),
                            "module": tuple(ATTACK + os.path.basename(path) for path in self.modules)}.get(
                                kind, (LISTED, UNLISTED))
        return quiet.run(self.tally, guest, [RACE, kind, listed, unlisted, str(attempts)], timeout)

    # ---- the same on a machine without atmguard ----

    def stock(self):
        image = os.path.join(self.scratch, "stock.img")
        disk.prepare(machine.KERNEL, image, self.trust, self.copy, stock=True)
        with machine.Machine(stock=True, image=image, smp=self.smp) as guest:
            for kind in ATTEMPTS:
                counts = self.race(guest, kind, ATTEMPTS[kind][0], TIMEOUT_S[0])
                self.tally.check(f"without atmguard the race to {kind} lets unlisted bytes in",
                                 counts and counts["wrong"] > 0, counts)
            counts = self.strays(guest, STRAYS[0])
            self.tally.check("without atmguard a program comes up behind a chroot that came under its exec",
                             counts and counts["strayed"] > 0, counts)

    # ---- content ----

    def content(self, atm):
        for kind in ATTEMPTS:
            counts = self.race(atm.machine, kind, share(ATTEMPTS[kind]), share(TIMEOUT_S))
            self.tally.check(f"{kind}: of {share(ATTEMPTS[kind])} attempts on changing files none met unlisted bytes",
                             counts and counts["wrong"] == 0 and counts["counted"] == 0 and
                             counts["attempts"] >= share(ATTEMPTS[kind]), counts)
            if kind == "script":  # its name could be made another file's at any moment
                self.tally.check("script: outside of protected directories not even the listed one is read",
                                 counts and counts["good"] == 0 and counts["refused"] > 0 and
                                 counts["changes"] > 0, counts)
                continue
            self.tally.check(f"{kind}: some met the listed ones, and some were refused",
                             counts and counts["good"] * GOOD_SHARE >= counts["attempts"] and
                             counts["refused"] > 0 and counts["changes"] > 0, counts)
        for kind, rounds in ROUNDS.items():
            counts = quiet.run(self.tally, atm.machine, [RACE, kind, LISTED, str(share(rounds))], share(TIMEOUT_S))
            self.tally.check(f"{kind}: of all who are first at the same moment nobody is refused",
                             counts and counts["good"] == counts["attempts"] == share(rounds) * self.smp, counts)

    # ---- the root directory ----

    def strays(self, guest, attempts):
        return quiet.run(self.tally, guest, [STRAY, "/var/tmp/jail", str(attempts)], share(TIMEOUT_S))

    def root(self, atm):
        counts = self.strays(atm.machine, share(STRAYS))
        self.tally.check("a program with powers never runs behind a chroot, whenever another thread makes it",
                         counts and counts["strayed"] == counts["odd"] == 0 and counts["home"] > 0 and
                         counts["refused"] > 0, counts)
        self.tally.check("where it came too late for a refusal the program was ended", counts and counts["ended"] > 0,
                         counts)

    # ---- policies ----

    def policies(self, guest):
        """Signed policies of rising versions in the guest, and the list of them for swap."""
        lines = {"A": quiet.program("listed-a.elf"), "B": quiet.program("listed-b.elf")}
        always = [path for path in self.trust if path not in lines.values()]
        compiled = {which: disk.compile_policy(machine.KERNEL, always + [lines[one] for one in which], self.scratch)
                    for which in ("A", "B", "AB")}
        names = []
        for which, data in compiled.items():
            guest.put(data[VERSION_AT + 8:], f"/var/tmp/{which}.rest", timeout=300)
        for number in range(share(POLICIES)):
            which = ("A", "AB", "B", "A", "B", "AB")[number % 6]
            data = compiled[which]
            head = data[:VERSION_AT] + struct.pack("<Q", 1000 + number)
            name = f"/var/tmp/policy-{number}"
            guest.put(head, name + ".head")
            guest.put(signing.sign(head + data[VERSION_AT + 8:], signing.VENDOR), name + ".p7s")
            names.append(f"{which} {name}.head,/var/tmp/{which}.rest {name}.p7s\n")
        guest.put("".join(names).encode(), "/var/tmp/policies")

    def swaps(self, atm):
        self.policies(atm.machine)
        words = [SWAP, "/var/tmp/policies", ATTACK + "listed-a.elf", ATTACK + "listed-b.elf", LISTED]
        counts = quiet.run(self.tally, atm.machine, words, share(TIMEOUT_S))
        self.tally.check(f"{share(POLICIES)} policies are loaded while what they list is started and mapped",
                         counts and counts["loads"] == share(POLICIES), counts)
        self.tally.check("what a policy no longer lists does not start once its load has returned",
                         counts and counts["wrong"] == 0 and counts["refused"] > 0, counts)
        self.tally.check("what every policy lists starts at any moment",
                         counts and counts["late"] == 0 and counts["good"] > 0, counts)
        self.tally.check("and no unit was ended by it",
                         atm.machine.run(["/usr/bin/systemctl", "is-system-running"]).out.strip() == "running",
                         atm.machine.run(["/usr/bin/systemctl", "--failed", "--no-pager"]))

    # ---- jobs ----

    @staticmethod
    def grants(atm):
        """Opens a job for tools as the center would."""
        data = signing.grant(atm.nonce(), scopes=1 << maintenance.SCOPES.index("tools"))
        return atm.hands_in("grant", data, signing.sign(data, signing.GRANTS))[0]

    def storms(self, atm):
        guest, opened, closed, started, wrong = atm.machine, 0, 0, 0, []
        load = guest.begin([RACE, "first-exec", LISTED, str(share(STORMS) * 200)])
        for _ in range(share(STORMS)):
            opened += self.grants(atm) == "ok"
            running = [guest.begin([DIAGNOSE]) for _ in range(3)]
            running[0].wait_output("diagnosing")
            # From the technician's shell, so that its chains belong to the job.
            started += "fleeing" in guest.run(["/bin/sh", "-c", FLEE + " 4"]).out
            closed += atm.submits("relock")[0] == "ok"
            fled = guest.run(["/usr/bin/pgrep", "-l", "-r", "R,S,D", "-x", "flee"])
            after = guest.run([DIAGNOSE], timeout=5)
            if fled.status != 1 or after.ran or any(one.wait(60).status == 0 for one in running):
                wrong.append((fled, after))
        load.kill()
        load.wait(60)
        self.tally.check(f"{share(STORMS)} jobs are opened and closed in a row, under load",
                         opened == closed == started == share(STORMS), f"{opened} {closed} {started}")
        self.tally.check("after each relock nothing of the job runs or starts", not wrong, wrong)
        bad = [r for r in atm.records() if r["event"] == "RELOCK" and r["aux"]]
        self.tally.check("and no relock left survivors", not bad, bad)

    def play(self):
        self.stock()
        with story.Atm(self.tally, self.center, trust=self.trust, copy=self.copy, text=self.text,
                       smp=self.smp) as atm:
            self.tally.say(f"  {self.smp} processors, {machine.KERNEL}: {atm.boot()}")
            for step in (self.content, self.root, self.storms, self.swaps):
                step(atm)
            quiet.check(self.tally, atm.machine, f"after all races on {self.smp} processors")


def tell(*told):
    for smp in (2, 4) if quiet.is_full() else (2,):
        Races(*told, smp).play()


if __name__ == "__main__":
    sys.exit(story.run("races", tell))
