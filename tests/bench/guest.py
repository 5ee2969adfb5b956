# SPDX-License-Identifier: MIT
"""What the measurements share: the guest's disk with their programs on it, and guests that count instructions."""

import contextlib
import os

from tests.machine import disk, machine

PROGRAMS = [os.path.join(machine.BUILD, "bench", name) for name in ("cost", "late", "scale")]
# Of the guest's services those that exist for atmguard's sake, beside the guard itself.
AGENT = ("atmguardd.service", "atmguard-maint@ttyS3.service")
WITHOUT_AGENT = " ".join(f"systemd.mask={unit}" for unit in AGENT)
TIMEOUT_S = 1800
# Attempts at a boot.
TRIES = 3


class BenchError(Exception):
    """A measurement says nothing."""


def make_disk(kernel, scratch, trust=(), copy=()):
    """A copy of the guest's disk with the measuring programs, listed, and these files; its path."""
    image = os.path.join(scratch, "root.img")
    disk.prepare(kernel, image, [*PROGRAMS, *trust], list(copy), stock=False)
    return image


@contextlib.contextmanager
def boot(kernel, image, stock, append="", **more):
    """
    A running guest.  When it is idle its clock jumps to the next timer, also
    when it waits for this host to read the disk, so that on a busy host the
    timeouts of systemd's start jobs may pass: such a boot is begun anew.
    """
    for left in reversed(range(TRIES)):
        box = machine.Machine(kernel, stock=stock, image=image, icount=True, append="quiet " + append, **more)
        try:
            box.start()
        except machine.MachineError:
            box.close()
            if not left:
                raise
            continue
        break
    try:
        yield box
    finally:
        box.close()


def ask(guest, *argv):
    """Runs a program as root to its end; what it printed."""
    done = guest.run(list(argv), uid=0, timeout=TIMEOUT_S)
    if done.status:
        raise BenchError(f"{' '.join(argv)}: status {done.status}: {done.err.strip()}")
    return done.out


def busy_seconds(guest):
    """What the processor has done so far, in 10^9 instructions: its seconds that were not idle."""
    user, nice, system, _idle, _iowait, irq, softirq = map(
        int, ask(guest, "/bin/cat", "/proc/stat").split("\n")[0].split()[1:8])
    return (user + nice + system + irq + softirq) / 100
