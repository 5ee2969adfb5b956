# SPDX-License-Identifier: MIT
"""
What the hooks cost an exec and an open, measured before and after in one boot.

Two boots differ in more than the guard (memory, page cache, random numbers),
by more than the guard costs.  So a guest without atmguard is measured, then
with a program that does nothing on each of atmguard's hooks, then without
again, then sealed by the module and the programs themselves.
"""

import errno
import os

from tests.bench import guest
from tests.machine import machine

# What is measured, on what, and the ratio that doc/COSTS.md allows.
SUBJECTS = (("exec", "/usr/bin/true", 1.010), ("open", "/attack/unlisted", 1.035))
REPEATS = 3
# The last stock numbers may differ from the first by as much; else nothing can be said.
DRIFT_MAX = 0.004
# Read once: mapping a program takes fewer faults when all of its pages are there.
WARM = ("/usr/bin/true", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6",
        "/etc/ld.so.cache", "/attack/cost")
# Would run in between.
QUIET = (*guest.AGENT, "systemd-networkd.socket", "systemd-networkd.service")


def files(kernel, scratch):
    """What the disk must have."""
    unlisted = os.path.join(scratch, "unlisted")
    with open(unlisted, "w", encoding="ascii") as file:
        file.write("a file that no policy lists\n")
    os.chmod(unlisted, 0o755)
    return [unlisted, os.path.join(machine.BUILD, "kmod", kernel, "atmguard.ko")]


def measure_one(box, name, target, repeats):
    """The least of several medians, with the page faults of that run."""
    return min(tuple(map(float, guest.ask(box, "/attack/cost", name, target).split()))
               for _ in range(repeats))


def measure_all(box, repeats=REPEATS):
    return {name: measure_one(box, name, target, repeats) for name, target, _ in SUBJECTS}


def measure_noop(box, repeats):
    late = box.begin(["/attack/late", "noop"], uid=0, stdin=True)
    late.wait_output("attached", guest.TIMEOUT_S)
    costs = measure_all(box, repeats)
    late.close_stdin()
    late.wait(guest.TIMEOUT_S)
    return costs


def seal(box):
    guest.ask(box, "/usr/sbin/insmod", "/attack/atmguard.ko")
    if "sealed" not in guest.ask(box, "/attack/late", "seal"):
        raise guest.BenchError("the guest was not sealed")


def check_sealed(box):
    """What was measured last was measured under the guard: it refuses what is not listed."""
    done = box.run(["/attack/unlisted"], uid=0)
    if "locked" not in guest.ask(box, "/usr/sbin/atmguardctl", "status") or done.errno != errno.EPERM:
        raise guest.BenchError(f"the guard is not at work: {done}")


def measure(box, repeats=REPEATS):
    """Rows for a running guest without atmguard, which is not one afterwards."""
    guest.ask(box, "/usr/bin/systemctl", "stop", *QUIET)
    guest.ask(box, "/usr/bin/sha256sum", *WARM)
    stock, noop, again = measure_all(box, repeats), measure_noop(box, repeats), measure_all(box, repeats)
    seal(box)
    guarded = measure_all(box, repeats)
    check_sealed(box)
    rows = []
    for name, _, bar in SUBJECTS:
        drift = again[name][0] / stock[name][0] - 1
        if abs(drift) > DRIFT_MAX:
            raise guest.BenchError(f"{name}: {stock[name]} before, {again[name]} after")
        base = (stock[name][0] + again[name][0]) / 2
        rows.append({"what": name, "stock": base, "noop": noop[name][0], "guarded": guarded[name][0],
                     "drift": drift, "noop_ratio": noop[name][0] / base,
                     "ratio": guarded[name][0] / base, "bar": bar,
                     "faults": [costs[name][1] for costs in (stock, noop, again, guarded)]})
    return rows
