# SPDX-License-Identifier: MIT
"""The machines that are attacked: the same disk without any guard, with atmguard, with a rival protection.

Numbers like X42 are rows of doc/THREATS.md.
"""

import errno
import os
import re
import time

from tests.attacks import row, rows_guard
from tests.machine import hand, machine, quiet, rivals, story

KERNEL_TROUBLE = re.compile(r"BUG:|Oops|WARNING:|cut here|general protection|Call Trace|KASAN|refcount_t")
# A record lies in the ring before the caller has its answer; it has to come through the line.
RECORD_TIMEOUT_S = 1.0
TELLER = "/opt/atm/bin/teller"


class Outcome:
    """What came of one try: whether the effect was seen, the errors that were named, the record."""

    def __init__(self, done, said, worked):
        self.done, self.said, self.worked = done, said, worked
        self.record = None
        self.prepared = True  # False: refused before its first step
        self.harm = ""  # what it did to the machine besides
        self.took_s = 0.0

    def errors(self):
        """Names of the errors that the caller was told: by execve, by an attack program, or in words."""
        words = set(re.findall(r"\bE[A-Z0-9]{2,}\b", self.said))
        # Of two names for one number (EOPNOTSUPP, ENOTSUP) errorcode has only one.
        found = {name for name in words if hasattr(errno, name)}
        found |= {name for number, name in errno.errorcode.items() if os.strerror(number) in self.said}
        if self.done.errno:
            found.add(errno.errorcode[self.done.errno])
        return found


class Subject:
    """A running guest with the intruder's files on it, and what is known about attacks there."""

    name = None
    # Whether attacks are to succeed here: they are tried to see that they attack something.
    is_bare = False

    def __init__(self, guest):
        self.guest = guest

    def faces(self, entry):
        """Whether that row is about anything that is here."""
        return True

    def boot(self):
        self.guest.start()
        return self.guest.wait_up()

    def close(self):
        self.guest.close()

    def _step(self, step):
        if isinstance(step, row.Put):
            self.guest.put(step.data, step.path, mode=step.mode)
            return
        if isinstance(step, row.Try):
            self.guest.run(list(step.argv))
            return
        done = self.guest.run(list(step))
        if done.status:
            raise story.StoryError(f"preparation {' '.join(step)}: {done}")

    def prepare(self, variant):
        for step in variant.prepare:
            self._step(step)

    def _run(self, variant):
        done = self.guest.run(variant.argv, env=variant.env, stdin=variant.stdin, uid=variant.uid,
                              timeout=variant.timeout)
        said = done.out + done.err
        if variant.look:
            seen = self.guest.run(variant.look)
            said += seen.out + seen.err
        return Outcome(done, said, variant.proof in said)

    def attempt(self, variant):
        """Tries it, with what belongs before and after; an Outcome."""
        self.prepare(variant)
        outcome = self._run(variant)
        self.undo(variant)
        return outcome

    def undo(self, variant):
        for step in variant.undo:
            self.guest.run(list(step))

    def trouble(self):
        """Lines of the kernel's log that ought not to be there."""
        return quiet.troubles(self.guest.run(["/usr/bin/dmesg"]).out, KERNEL_TROUBLE)

    def pays(self):
        """What came of asking the ATM application for notes."""
        return self.guest.run([TELLER, "withdraw", "30000"])


class Stock(Subject):
    name, is_bare = "stock", True


class Atmguard(Subject):
    """Guarded; a denial must have left its record."""

    name = "atmguard"

    def __init__(self, atm):
        super().__init__(atm.machine)
        self.atm = atm

    def boot(self):
        return self.atm.boot()

    def close(self):
        self.atm.__exit__()

    def attempt(self, variant):
        self.prepare(variant)
        outcome = self._recorded(variant)
        if variant.hooks and not outcome.record and not outcome.worked:
            # An equal denial a moment ago is counted, not written again: see AG_FOLD_NS in kmod/audit.c.
            time.sleep(story.FOLD_S)
            self.prepare(variant)
            outcome = self._recorded(variant)
        self.undo(variant)
        return outcome

    def _recorded(self, variant):
        since = self.atm.seen_seq()
        outcome = self._run(variant)
        if variant.hooks:
            outcome.record = self.atm.find_record(since, lambda r: self._fits(r, variant), RECORD_TIMEOUT_S)
        return outcome

    @staticmethod
    def _fits(record, variant):
        return (record["event"] == variant.event and record["what"] in variant.hooks and
                (not variant.by or record["comm"] == variant.by) and variant.says in record["detail"])


class Rival(Subject):
    """
    The stock machine with another protection.  It is in force before each
    attack: one that took it away, or the machine, is followed by a new boot.
    """

    # Attacks on what only atmguard has: pinned programs, signed policies.
    NOT_FACED = ("X42", "X49")

    def __init__(self, guest, rival, modules):
        super().__init__(guest)
        self.name, self.rival = rival.name, rival
        self._modules = modules  # that preparations load: no protection of the rest is to depend on them

    def faces(self, entry):
        return entry.number not in self.NOT_FACED and (entry.number != "X43" or self.rival.daemon)

    def boot(self):
        word = super().boot()
        self.guest.run(["/usr/sbin/modprobe", "-a", *self._modules])
        self.rival.install(self.guest)
        self.rival.enforce(self.guest)
        return word

    def _boot_anew(self):
        self.guest.power_cut()
        self.guest.forget()
        self.boot()

    def _aimed(self, step):
        """What is done to atmguard's agent is done to the rival's daemon."""
        return [self.rival.daemon if word == rows_guard.AGENT else word for word in step]

    def _step(self, step):
        super()._step(row.Try(self._aimed(step.argv)) if isinstance(step, row.Try) else step)

    def undo(self, variant):
        for step in variant.undo:
            self.guest.run(self._aimed(step))

    def attempt(self, variant):
        outcome = self._unprepared("")
        try:
            outcome = self._prepared(variant)
            self.undo(variant)
            outcome.harm = self._harm()
        except machine.MachineError as error:
            outcome.harm = f"the machine is gone or hangs: {str(error).splitlines()[0]}"
        if outcome.harm:
            self._boot_anew()
        return outcome

    def _prepared(self, variant):
        try:
            self.prepare(variant)
        except story.StoryError as error:
            return self._unprepared(str(error))
        return self._run(variant)

    @staticmethod
    def _unprepared(why):
        outcome = Outcome(hand.Result(125, "", why), why, False)
        outcome.prepared = False
        return outcome

    def _harm(self):
        """What the last attack has left behind, if the rival does not refuse any more."""
        done = self.rival.tries(self.guest)
        if self.rival.is_refusal(done):
            return ""
        return "the machine hangs" if done.timed_out else f"the rival is out of force: {done}"


def extra_devices(files):
    """What both machines have besides their disk: a foreign disk, a share of the host."""
    return ["-drive", f"if=none,id=foreign,format=raw,snapshot=on,file={files.foreign}",
            "-device", "virtio-blk-pci,drive=foreign,serial=FOREIGN",
            "-fsdev", f"local,id=share,path={files.share},security_model=none,readonly=on",
            "-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
            "-drive", f"if=none,id=stick,format=raw,snapshot=on,file={files.foreign}",
            "-device", "usb-storage,bus=xhci.0,port=8,drive=stick,serial=FOREIGN"]


def modules_of(rows):
    """What the rows' preparations load."""
    return sorted({word for entry in rows for variant in entry.variants for step in variant.prepare
                   if isinstance(step, list) and step[0] == "/usr/sbin/modprobe" for word in step[1:]})


def make_rival(kernel, files, rows, rival):
    image = files.image(rival.name + ".img", rival.copy)
    rival.label(image)
    guest = machine.Machine(kernel, stock=True, image=image, extra=extra_devices(files))
    return Rival(guest, rival, modules_of(rows))


def make(name, tally, center, kernel, files, rows):
    """The subject of that name, not booted."""
    if name == "atmguard":
        atm = story.Atm(tally, center, kernel, trust=files.trusted, copy=files.unlisted, extra=extra_devices(files))
        files.mark(atm.machine.image)
        return Atmguard(atm)
    if name == "stock":
        return Stock(machine.Machine(kernel, stock=True, image=files.image(), extra=extra_devices(files)))
    return make_rival(kernel, files, rows, rivals.KINDS[name](kernel, files.trusted))
