# SPDX-License-Identifier: MIT
"""Counts what the first start of a listed program costs by its size, known by its content and by fs-verity.

Hashing once, the measure for the first, is what the same kernel needs for the
SHA-256 of the same file from its page cache (AF_ALG), by the code the guard
uses; beside it stands what its fastest driver needs.  The guests count
instructions (QEMU -icount).  Prints a table and writes it to build/first.json.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

from tests.machine import disk, machine

FIRST = os.path.join(machine.BUILD, "bench", "first")
PROGRAM = os.path.join(machine.BUILD, "demo", "payload")
INTRUDER = "/usr/lib/atmguard-tests/intruder"
SIZES_MIB = (1, 16, 128)
# The judgement of a file in the page cache against hashing it once; doc/COSTS.md.
BAR = 1.2
# By the kernel's library for SHA-256, which is plain C before 6.17 and after that what the name alone gives.
LIBRARY = {"6.12": "sha256-generic", "newest": "sha256"}
FASTEST = "sha256"
# Services that would run in between.
QUIET = ("atmguardd.service", "atmguard-maint@ttyS3.service", "systemd-networkd.socket",
         "systemd-networkd.service")
SLOW = 1800  # seconds; hashing 128 MiB in an emulated machine that counts takes minutes


def make_program(path, mib):
    """Runs at once, with that much of nothing it needs behind it."""
    with open(PROGRAM, "rb") as program, open(path, "wb") as file:
        file.write(program.read())
        file.write(random.Random(path).randbytes((mib << 20) - file.tell()))
    os.chmod(path, 0o755)
    return path


def lines_of(paths, *options):
    return subprocess.run([os.path.join(machine.BUILD, "bin", "atmguard-policy"), "list", "-p", "/attack", *options,
                           *paths], check=True, capture_output=True, text=True).stdout


def ask(guest, *words):
    done = guest.run(["/attack/first", *words], uid=0, timeout=SLOW)
    if done.status:
        raise machine.MachineError(f"first {' '.join(words)}: {done}")
    return [float(word) for word in done.out.split()]


def hash_costs(guest, kernel, names):
    """By library and by fastest driver.  Also enables fs-verity on the files that are to have it, for the machine that is started afterwards."""
    costs = {}
    for mib, (plain, verity) in names.items():
        ask(guest, "read", plain)
        costs[mib] = [ask(guest, "hash", plain, driver)[0] for driver in (LIBRARY[kernel], FASTEST)]
        if guest.run([INTRUDER, "enable-verity", verity], uid=0, timeout=SLOW).out != "ok\n":
            raise machine.MachineError(f"no fs-verity on {verity}")
    return costs


def start_costs(guest, names):
    """What the first start costs more than the second, cached whole (by content) or not at all (fs-verity)."""
    costs = {}
    for mib, (plain, verity) in names.items():
        ask(guest, "read", plain)
        ask(guest, "drop", verity)
        for kind, path in (("content", plain), ("verity", verity)):
            first, again = ask(guest, "exec", path)
            costs[mib, kind] = first - again
    return costs


def measure(kernel="6.12", sizes=SIZES_MIB):
    """Rows {what, mib, hash, fastest, cost, ratio, bar}; bar is None where there is none."""
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="first-") as scratch:
        plain = [make_program(os.path.join(scratch, f"plain{mib}"), mib) for mib in sizes]
        verity = [make_program(os.path.join(scratch, f"verity{mib}"), mib) for mib in sizes]
        names = {mib: tuple("/attack/" + os.path.basename(path) for path in pair)
                 for mib, *pair in zip(sizes, plain, verity)}
        image = os.path.join(scratch, "root.img")
        disk.prepare(kernel, image, [FIRST], plain + verity, stock=False,
                     text=lines_of(plain) + lines_of(verity, "--verity"))
        guest = machine.Machine(kernel, stock=True, image=image, icount=True)
        try:
            guest.start()
            guest.wait_up()
            hashes = hash_costs(guest, kernel, names)
            guest.begin(["/usr/bin/systemctl", "poweroff"])
            guest.wait_off(300)
            guest.stock = False  # the same disk, now with the guard
            guest.start()
            guest.wait_up()
            guest.run(["/usr/bin/systemctl", "stop", *QUIET], uid=0, timeout=300)
            costs = start_costs(guest, names)
        finally:
            guest.close()
    return [{"what": kind, "mib": mib, "hash": hashes[mib][0], "fastest": hashes[mib][1], "cost": cost,
             "ratio": cost / hashes[mib][0], "bar": BAR if kind == "content" else None}
            for (mib, kind), cost in costs.items()]


def main():
    parser = argparse.ArgumentParser(prog="tests/run bench/first", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"))
    parser.add_argument("--mib", type=int, action="append", help="a size, may be repeated; default: 1, 16, 128")
    given = parser.parse_args()
    try:
        rows = measure(given.kernel, given.mib or SIZES_MIB)
    except (machine.MachineError, disk.DiskError, OSError) as error:
        print(f"first: {error}", file=sys.stderr)
        return 1
    print(f"kernel {given.kernel}; thousands of instructions, first start less second")
    print(f"{'known by':<9} {'MiB':>4} {'hash once':>12} {'fastest':>12} {'first start':>12} {'ratio':>7} {'bar':>5}")
    for row in rows:
        print(f"{row['what']:<9} {row['mib']:>4} {row['hash'] / 1e3:>12.0f} {row['fastest'] / 1e3:>12.0f} {row['cost'] / 1e3:>12.0f} "
              f"{row['ratio']:>7.4f} {row['bar'] or '':>5}")
    with open(os.path.join(machine.BUILD, "first.json"), "w", encoding="ascii") as file:
        json.dump({"kernel": given.kernel, "rows": rows}, file, indent=1)
    return 0 if all(row["bar"] is None or row["ratio"] <= row["bar"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
