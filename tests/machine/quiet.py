# SPDX-License-Identifier: MIT
"""Whether the kernel's log is free of trouble, and how long the long stories run."""

import os
import re

from tests.machine import machine, story

TROUBLE = re.compile(r"BUG:|Oops|WARNING:|cut here|general protection|Call Trace|K[AF]SAN|KFENCE|KCSAN|refcount_t|"
                     r"hung_task|blocked for more than|soft lockup|hard LOCKUP|rcu.*stall|"
                     r"circular locking|inconsistent lock|held lock|scheduling while atomic|"
                     r"page allocation failure|kmemleak|list_(add|del) corruption|atmguard: ")
# Said of every start, not of trouble.
FINE = re.compile(r"kfence: initialized|atmguard: loading out-of-tree|atmguard: SHA-256 is|module verification failed")
BUILT = os.path.join(machine.BUILD, "stress")


def is_full():
    """Whether the full numbers were asked for (make check-all), not those of every day."""
    return os.environ.get("STRESS") == "full"


def share(of):
    """Of (every day's, full) what is asked for."""
    return of[1] if is_full() else of[0]


def program(name):
    return os.path.join(BUILT, name)


def troubles(log, trouble=TROUBLE):
    """The lines of a kernel's log that tell of trouble."""
    lines = log.splitlines()
    # Memory that was made to run out is reported with a trace, which tells of no fault.
    return [line for at, line in enumerate(lines) if trouble.search(line) and not FINE.search(line) and
            not any("oom-killer" in before for before in lines[max(at - 8, 0):at])]


def check(tally, guest, when):
    """By the kernel's ring and by the console, which tells also of a machine that is off."""
    found = troubles(guest.console.text)
    if guest.is_running():
        dmesg = guest.run(["/usr/bin/dmesg"])
        tally.check(f"the kernel's log can be read {when}", dmesg.status == 0, dmesg)
        found += troubles(dmesg.out)
    tally.check(f"the kernel's log is free of trouble {when}", not found, "\n".join(found[:20]))


def numbers(text):
    """The last line "name N name N …" of a program's output, as a dictionary."""
    for line in reversed(text.splitlines()):
        words = line.split()
        if len(words) >= 4 and len(words) % 2 == 0 and all(word.isdigit() for word in words[1::2]):
            return dict(zip(words[::2], map(int, words[1::2])))
    raise story.StoryError(f"no counts in {text!r}")


def run(tally, guest, argv, timeout):
    """Runs a test program, shows how far it is, and returns its counts; None if it did not end well."""
    tally.say(f"        {' '.join(os.path.basename(word) for word in argv)}")
    done = guest.run(argv, timeout=timeout)
    for line in done.out.splitlines()[-12:]:
        tally.say(f"        | {line}")
    if done.status:
        tally.check(f"{' '.join(argv)} comes to its end", False, done)
        return None
    return numbers(done.out)
