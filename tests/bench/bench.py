#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts what an exec and an open cost with atmguard, against the same kernel without it.

Both guests count instructions (QEMU -icount), so the numbers do not depend on
this host and repeat to about 0.3 %.  Prints a table and writes it to
build/bench.json.
"""

import argparse
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "vm"))
import disk  # noqa: E402
import machine  # noqa: E402

COST = os.path.join(machine.BUILD, "demo", "cost")
# What is measured, on what, and the ratio that doc/ARCHITECTURE.md allows.
SUBJECTS = (("exec", "/usr/bin/true", 1.010), ("open", "/attack/unlisted", 1.035))
REPEATS = 3
# What an exec of the subject maps.
PROGRAM_FILES = ("/usr/bin/true", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6",
                 "/etc/ld.so.cache")
# Services that would run in between, differently in the two guests.
QUIET = ("atmguardd.service", "atmguard-maint@ttyS3.service", "systemd-networkd.socket",
         "systemd-networkd.service")


def measure(kernel, image, stock, boots):
    """The least of several medians for each subject; the boot's work goes to `boots`."""
    with machine.Machine(kernel, stock=stock, image=image, icount=True, append="quiet") as guest:
        guest.wait_up()
        boots.append(busy_seconds(guest))
        guest.run(["/usr/bin/systemctl", "stop", *QUIET], uid=0, timeout=300)
        # Wholly in the page cache in both: atmguard has read every byte to hash it, and the
        # faults that map a program are fewer when all of its pages are there.
        guest.run(["/usr/bin/sha256sum", *PROGRAM_FILES], uid=0, timeout=300)
        costs = {}
        for name, target, _ in SUBJECTS:
            runs = [guest.run(["/attack/cost", name, target], uid=0, timeout=900) for _ in range(REPEATS)]
            for run in runs:
                if run.status:
                    raise machine.MachineError(f"cost {name}: status {run.status}: {run.err}")
            costs[name] = min(float(run.out) for run in runs)
        return costs


def busy_seconds(guest):
    """What the processor has done so far, in 10^9 instructions: its seconds that were not idle."""
    said = guest.run(["/bin/cat", "/proc/stat"], uid=0, timeout=300).out
    user, nice, system, _idle, _iowait, irq, softirq = map(int, said.split("\n")[0].split()[1:8])
    return (user + nice + system + irq + softirq) / 100


def compare(kernel):
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="bench-") as scratch:
        image = os.path.join(scratch, "root.img")
        unlisted = os.path.join(scratch, "unlisted")
        with open(unlisted, "w", encoding="ascii") as file:
            file.write("a file that no policy lists\n")
        disk.prepare(kernel, image, [COST], [unlisted], stock=False)
        boots = []
        stock = measure(kernel, image, True, boots)
        guarded = measure(kernel, image, False, boots)
    rows = [{"what": name, "stock": stock[name], "guarded": guarded[name],
             "ratio": guarded[name] / stock[name], "bar": bar} for name, _, bar in SUBJECTS]
    rows.append({"what": "boot", "stock": boots[0], "guarded": boots[1],
                 "ratio": boots[1] / boots[0], "bar": 1.03})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"))
    given = parser.parse_args()
    try:
        rows = compare(given.kernel)
    except (machine.MachineError, disk.DiskError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"kernel {given.kernel}; exec and open in instructions, boot in 10^9 instructions until systemd is up")
    print(f"{'what':<6} {'stock':>12} {'atmguard':>12} {'ratio':>7} {'bar':>6}")
    for row in rows:
        print(f"{row['what']:<6} {row['stock']:>12.7g} {row['guarded']:>12.7g} {row['ratio']:>7.4f} {row['bar']:>6.3f}")
    with open(os.path.join(machine.BUILD, "bench.json"), "w", encoding="ascii") as file:
        json.dump({"kernel": given.kernel, "rows": rows}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
