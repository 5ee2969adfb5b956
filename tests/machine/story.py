# SPDX-License-Identifier: MIT
"""Stories about one ATM and its center: verbs that do something for real and check what came of it."""

import errno
import json
import lzma
import os
import sys
import tempfile
import threading
import time

from tests.machine import center, disk, hand, machine, qmp, screen, took

ATMGUARDCTL = "/usr/sbin/atmguardctl"
TESTS = "/usr/lib/atmguard-tests"
SUBMIT = TESTS + "/submit"
# A record is written before the caller gets its answer; reading it takes a program start.
EVENT_TIMEOUT_S = 30
# Equal denials within this time are one record: AG_FOLD_NS in kmod/audit.c.
FOLD_S = 1

# What the screen may say to the three values.
ANSWERS = {"Work can start": "ok", "Not accepted": "ng", "The center cannot be reached": "unreachable",
           "The center's answer makes no sense": "garbled", "This machine refused the grant": "refused"}


class StoryError(Exception):
    """The story cannot go on: what follows would say nothing."""


class Tally:
    """Counts checks, prints each as a sentence, and writes the sum where make finds it."""

    def __init__(self, name, out=sys.stdout):
        self.name, self.out = name + os.environ.get("STORY_SUFFIX", ""), out
        self.passed = self.failed = 0

    def say(self, text=""):
        print(text, file=self.out, flush=True)

    def check(self, sentence, holds, detail=""):
        if holds:
            self.passed += 1
            self.say(f"  ok    {sentence}")
        else:
            self.failed += 1
            self.say(f"  FAIL  {sentence}")
            for line in str(detail).splitlines():
                self.say(f"        | {line}")
        return holds

    def finish(self):
        """Prints the closing line, leaves the counts in build/tests, returns the exit status."""
        self.say(f"{self.name}: {self.passed} passed, {self.failed} failed")
        directory = os.path.join(machine.BUILD, "tests")
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, self.name + ".count"), "w", encoding="ascii") as file:
            file.write(f"{self.name} {self.passed} {self.failed}\n")
        took.note(directory, self.name)
        return 1 if self.failed or not self.passed else 0


def wait_for(holds, timeout=60):
    """Asks until it holds; what it was at the end."""
    until = time.monotonic() + timeout
    while True:
        seen = holds()
        if seen or time.monotonic() > until:
            return seen
        time.sleep(0.2)


class Records:
    """The machine's audit records, followed as they are written."""

    def __init__(self, guest):
        self._changed = threading.Condition()
        self._records, self._rest = [], b""
        guest.begin([ATMGUARDCTL, "log", "--json", "--follow"], on_out=self._take)

    def _take(self, data):
        lines = (self._rest + data).split(b"\n")
        with self._changed:
            self._rest = lines.pop()
            self._records += [json.loads(line) for line in lines]
            self._changed.notify_all()

    def all(self):
        with self._changed:
            return list(self._records)

    def next_seq(self):
        """The number after the newest that came so far."""
        with self._changed:
            return self._records[-1]["seq"] + 1 if self._records else 0

    def find(self, since, fits, timeout):
        def first():
            return next((r for r in self._records if r["seq"] >= since and fits(r)), None)

        with self._changed:
            return self._changed.wait_for(first, timeout)


class Atm:
    """A protected machine, its center and its technician's screen, on a scratch copy of the disk."""

    def __init__(self, tally, maintenance_center, kernel=machine.KERNEL, trust=(), copy=(), text="", **more):
        self.tally, self.center = tally, maintenance_center
        self._scratch = tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="story-")
        image = os.path.join(self._scratch.name, "root.img")
        disk.prepare(kernel, image, list(trust), list(copy), stock=False, text=text)
        self.machine = machine.Machine(kernel, image=image, center_port=maintenance_center.port, **more)
        self.screen = self._records = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.screen:
            self.screen.close()
        self.machine.close()
        self._scratch.cleanup()

    def boot(self):
        self.machine.start()
        word = self.machine.wait_up()
        self._records = Records(self.machine)
        self.screen = screen.Screen(self.machine.serial(3))
        self.screen.redraw()
        return word

    def cut_power(self):
        """Ends the machine at once; boot() starts it again on the same disk."""
        self.screen.close()
        self.machine.power_cut()

    # ---- looking ----

    def status(self):
        return json.loads(self.machine.run([ATMGUARDCTL, "status", "--json"]).out)

    def records(self):
        """All that were written so far."""
        self._records.find(self.next_seq() - 1, lambda r: True, EVENT_TIMEOUT_S)
        return self._records.all()

    def exists(self, path):
        """Whether there is a file of that name: a program that does not run says neither."""
        done = self.machine.run(["/usr/bin/test", "-e", path])
        if done.status not in (0, 1):
            raise StoryError(f"test -e {path}: {done}")
        return done.status == 0

    def next_seq(self):
        return self.status()["next_seq"]

    def seen_seq(self):
        """The same as far as records have come, without asking the machine."""
        return self._records.next_seq()

    def find_record(self, since, fits, timeout=EVENT_TIMEOUT_S):
        """The first record numbered from `since` on that fits, or None."""
        return self._records.find(since, fits, timeout)

    def agent_pid(self):
        """The agent's process number, "0" while it does not run."""
        return self.machine.run(["/usr/bin/systemctl", "show", "-P", "MainPID", "atmguardd.service"]).out.strip()

    # ---- requests of the device, as root can make them ----

    def submits(self, *words):
        """The error's name or "ok", the next record's number before, "unchanged" or not."""
        done = self.machine.run([SUBMIT, *words])
        said = done.out.splitlines()[-1].split() if done.out else []
        if done.status or len(said) != 3:
            raise StoryError(f"submit {' '.join(words)}: {done}")
        return said[0], int(said[1]), said[2]

    def hands_in(self, purpose, data, sig):
        self.machine.put(data, "/run/object")
        self.machine.put(sig, "/run/signature")
        return self.submits(purpose, "/run/object", "/run/signature")

    def nonce(self):
        return bytes.fromhex(self.machine.run([SUBMIT, "nonce"]).out.splitlines()[0])

    # ---- verbs ----

    def loads(self, sentence, policy):
        """A signed policy is taken while the machine runs."""
        said = self.hands_in("policy", *policy)
        return self.tally.check(sentence, said[0] == "ok", said)

    def allows(self, sentence, argv, says="", **more):
        done = self.machine.run(argv, **more)
        self.tally.check(sentence, done.status == 0 and says in done.out, done)
        return done

    def troubles(self, since=0):
        """What was denied, refused or alarming from that record on."""
        return [r for r in self.records() if r["seq"] >= since and r["event"] in ("DENY", "REFUSED", "ALARM")]

    def does(self, sentence, argv, says="", **more):
        """Legitimate use: it works, and nothing was denied meanwhile."""
        before = self.status()
        done = self.machine.run(argv, **more)
        # Counted where it is denied; the records may be folded or come later.
        denied = self.status()["denials"] - before["denials"]
        self.tally.check(sentence, done.status == 0 and says in done.out and not denied,
                         f"{done}\n{denied} denied: {self.troubles(before['next_seq'])}" if denied else done)
        return done

    def _attempt(self, argv, fits, **more):
        """Runs it; the result, the fitting record written meanwhile, and how many denials were counted."""
        before = self.status()
        done = self.machine.run(argv, **more)
        after = self.status()
        # The last of them has come: so have all before it.
        self._records.find(after["next_seq"] - 1, lambda r: True, EVENT_TIMEOUT_S)
        record = self._records.find(before["next_seq"], fits, 0)
        return done, record, after["denials"] - before["denials"]

    def denies(self, sentence, argv, hook, says="", reason=errno.EPERM, without="PAYLOAD RUNS", **more):
        """Refused with EPERM, as execve's errno or in what the program says, and recorded as `hook`."""
        def fits(record):
            return (record["event"] == "DENY" and record["what"] == hook and
                    record["errno"] == -reason and says in record["detail"])

        done, record, counted = self._attempt(argv, fits, **more)
        if counted and not record:
            # Counted as the repeat of an equal one a moment ago; it is written again when that is past.
            time.sleep(FOLD_S)
            done, record, counted = self._attempt(argv, fits, **more)
        said = done.out + done.err
        refused = (done.errno == errno.EPERM if not done.ran else
                   os.strerror(errno.EPERM) in said or "EPERM" in said.split())
        self.tally.check(sentence, refused and record and without not in said,
                         f"{done}\nrecord of hook {hook!r}: {record}; {counted} denials counted")
        return record

    def reports(self, sentence, since, fits, timeout=EVENT_TIMEOUT_S):
        record = self.find_record(since, fits, timeout)
        return self.tally.check(sentence, record, "no such record: " +
                                json.dumps(self.records()[-8:], indent=1) if not record else "")

    def types(self, otp, employee):
        """What the worker does at the screen, up to what stands there in the end: see ANSWERS."""
        self.screen.wait("Type the 9 digits")
        self.screen.enter(otp)
        self.screen.wait("Type your own employee number")
        self.screen.enter(employee)
        self.screen.wait("If both are right")
        self.screen.enter()
        word = self.screen.wait(list(ANSWERS))
        self.screen.wait(["Backspace * correct", "9 + Enter"])  # the last line: it is all there
        return ANSWERS[word]

    def clears(self):
        """Takes back what was typed, when it was not judged."""
        self.screen.type("\x7f" * (center.OTP_LEN + len(center.EMPLOYEE) + 2))
        self.screen.wait("Type the 9 digits")

    def answers(self, sentence, argv, word, **more):
        """A test program ran to its end and printed that word first."""
        done = self.machine.run(argv, **more)
        return self.tally.check(sentence, done.status == 0 and done.out.split()[:1] == [word], done)

    def finishes(self):
        """Reports the work complete at the screen."""
        self.screen.enter("9")
        self.screen.wait("Is the work complete?")
        self.screen.enter()
        self.screen.wait("LOCKED")


def unpack_module(directory, name, more):
    """The module as the guest's kernel gets it, out of its own package, with bytes behind it; its path."""
    root = os.path.join(machine.BUILD, "kernel", machine.KERNEL, "modules", "lib", "modules")
    for where, _, files in os.walk(root):
        if name + ".ko.xz" in files:
            path = os.path.join(directory, name + ".ko")
            with lzma.open(os.path.join(where, name + ".ko.xz")) as packed, open(path, "wb") as file:
                file.write(packed.read() + more)
            return path
    raise StoryError(f"no module {name} below {root}")


def run(name, tell, **more):
    """Tells one story with its own center and a place for its files; the exit status."""
    tally = Tally(name)
    try:
        with center.Center() as maintenance_center, \
                tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix=name + "-") as scratch:
            tell(tally, maintenance_center, scratch, **more)
    except (StoryError, machine.MachineError, center.CenterError, screen.ScreenError,
            disk.DiskError, hand.HandError, qmp.QmpError, OSError) as error:
        tally.check("the story comes to its end", False, error)
    return tally.finish()


def play(name, kind):
    """Tells the story that kind has the steps of."""
    def tell(*told):
        kind(*told).play()

    return run(name, tell)
