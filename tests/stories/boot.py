# SPDX-License-Identifier: MIT
"""What somebody achieves who changed the disk while the machine was off: at most a machine that stays off.

                  +- ATM, policy/current spoilt --- 10.0.2.100:8443 --- center     up: good policy, records
  a copy of the   |     ttyS3: screen
  image for each, +- ATM, policy/current gone, receipt broken; no network          up: good policy
  changed while   |
  it is off       +- six ATMs at once, 512 MiB, no network                         off, by themselves
                        both policies bad, none, of another class; identity of
                        another disk, of a stranger, none
"""

import contextlib
import errno
import os
import sys

from tests.machine import disk, machine, signing, story

STATE = "/var/lib/atmguard/"
CURRENT, GOOD = STATE + "policy/current", STATE + "policy/good"
IDENTITY, RECEIPT = STATE + "identity", STATE + "receipt"
# A program nothing needs at boot.
CHANGED = "/usr/bin/nl"
OTHER_UUID = bytes.fromhex("b8b8b8b800004000800000000000b8b8")
# Six machines at once, emulated on two processors, and ten seconds in which the reason can be read.
OFF_TIMEOUT_S = 240


def turn_bit(image, path):
    disk.replace(image, path, signing.flip(disk.read(image, path), 1000))


def policy_of_nothing(image, name, **more):
    """A policy that is signed by the vendor, and not for this machine."""
    data = signing.policy(entries=[(bytes(32), 1, 0, 0)], **more)
    disk.replace(image, name + ".bin", data)
    disk.replace(image, name + ".p7s", signing.sign(data, signing.VENDOR))


def other_identity(image, signer, uuid=None, atm=None):
    fields = list(signing.IDENTITY.unpack(signing.identity_of()[0]))
    fields[4] = atm.encode() if atm else fields[4]
    fields[6] = uuid or fields[6]
    data = signing.IDENTITY.pack(*fields)
    disk.replace(image, IDENTITY + ".bin", data)
    disk.replace(image, IDENTITY + ".p7s", signing.sign(data, signer))


class Boot:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch

    def image(self, name):
        path = os.path.join(self.scratch, name + ".img")
        disk.copy_image(os.path.join(machine.BUILD, "images", machine.KERNEL, "root.img"), path)
        return path

    # ---- machines that start ----

    def falls_back(self):
        with story.Atm(self.tally, self.center) as atm:
            image = atm.machine.image
            turn_bit(image, CURRENT + ".bin")
            program = disk.read(image, CHANGED)
            disk.replace(image, CHANGED, signing.flip(program, len(program) // 2), 0o755)
            word = atm.boot()
            self.tally.check("with a bit of its policy turned the machine comes up", word == "running", word)
            self.tally.check("and says what is wrong with it",
                             "policy/current: signature does not fit" in atm.machine.console.text,
                             atm.machine.console.tail())
            atm.reports("the refusal is recorded", 0, lambda r: r["event"] == "REFUSED" and
                        r["what"] == "policy" and r["errno"] == -errno.EKEYREJECTED)
            status = atm.status()
            self.tally.check("it is locked, under the last good policy",
                             status["state"] == "locked" and status["policy_version"] == 1 and
                             status["policy_entries"] > 5000, status)
            atm.denies("a listed program that was changed on the disk does not start", [CHANGED], "exec")
            atm.allows("one that was not changed does", ["/usr/bin/tac", "/etc/hostname"])

    def starts_without(self):
        image = self.image("starts")
        disk.remove(image, CURRENT + ".bin")
        disk.put(image, RECEIPT + ".bin", b"no receipt")
        disk.put(image, RECEIPT + ".p7s", b"no signature")
        with machine.Machine(image=image) as guest:
            self.tally.check("with its policy removed the machine comes up under the last good one",
                             "policy/current: file missing" in guest.console.text, guest.console.tail())
            self.tally.check("a broken receipt is named", "/receipt: " in guest.console.text, guest.console.tail())
            done = guest.run([story.ATMGUARDCTL, "status"])
            self.tally.check("and the machine is locked", "locked" in done.out, done)
            done = guest.run([story.ATMGUARDCTL, "log"])
            self.tally.check("the broken receipt's refusal is recorded", "REFUSED receipt EMSGSIZE" in done.out, done)

    # ---- machines that do not ----

    def break_policies(self, image):
        turn_bit(image, CURRENT + ".bin")
        turn_bit(image, GOOD + ".bin")

    def remove_policies(self, image):
        disk.remove(image, CURRENT + ".bin")
        disk.remove(image, GOOD + ".p7s")

    def foreign_policies(self, image):
        policy_of_nothing(image, CURRENT, atm_class=b"other")
        policy_of_nothing(image, GOOD, atm_class=b"other")

    def identity_of_another_disk(self, image):
        other_identity(image, signing.IDENTITIES, uuid=OTHER_UUID)

    def identity_by_a_stranger(self, image):
        other_identity(image, signing.make_signer(self.scratch, "stranger"), atm="00099999")

    def no_identity(self, image):
        disk.remove(image, IDENTITY + ".bin")

    def stays_off(self):
        """All at once: each waits most of its time."""
        cases = (("both policies broken", self.break_policies, "policy/good: signature does not fit"),
                 ("no policy", self.remove_policies, "policy/good: file missing"),
                 ("policies of another class of machines", self.foreign_policies,
                  "policy/good: made for another machine"),
                 ("the identity of another disk", self.identity_of_another_disk,
                  "seal: made for another machine"),
                 ("an identity that a stranger signed", self.identity_by_a_stranger,
                  "identity: signed by a key this machine does not know"),
                 ("no identity", self.no_identity, "identity: file missing"))
        with contextlib.ExitStack() as stack:
            guests = []
            for what, change, _ in cases:
                image = self.image(change.__name__)
                change(image)
                guest = machine.Machine(image=image, memory_mib=512)
                stack.callback(guest.close)
                guest.start(wait=False)
                guests.append(guest)
            for (what, _, says), guest in zip(cases, guests):
                guest.wait_off(OFF_TIMEOUT_S)
                self.tally.check(f"with {what} the machine switches itself off, and says why",
                                 says in guest.console.text and "switched off" in guest.console.text,
                                 guest.console.tail())
                self.tally.check(f"with {what} nothing on its disk has run", not guest.hand.release)

    def play(self):
        self.falls_back()
        self.starts_without()
        self.stays_off()


if __name__ == "__main__":
    sys.exit(story.play("boot", Boot))
