# SPDX-License-Identifier: MIT
"""Counts what an exec and an open cost under other protections, before and after in one boot, as hooks.py does."""

import argparse
import json
import os
import sys
import tempfile

from tests.bench import guest, hooks
from tests.machine import disk, machine, rivals

KERNEL = "6.12"


def measure(box, rival, repeats):
    """Cost and page faults of each subject, without it and with it."""
    rival.install(box)
    guest.ask(box, "/usr/bin/systemctl", "stop", *hooks.QUIET)
    guest.ask(box, "/usr/bin/sha256sum", *hooks.WARM)
    stock = hooks.measure_all(box, repeats)
    rival.enforce(box)
    return stock, hooks.measure_all(box, repeats)


def rows_of(name, rival, repeats):
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="bench-") as scratch:
        image = guest.make_disk(KERNEL, scratch, copy=[*hooks.files(KERNEL, scratch), *rival.copy])
        rival.label(image)
        with guest.boot(KERNEL, image, True) as box:
            box.wait_up()
            stock, guarded = measure(box, rival, repeats)
    return [{"rival": name, "what": what, "stock": stock[what][0], "guarded": guarded[what][0],
             "ratio": guarded[what][0] / stock[what][0], "faults": [stock[what][1], guarded[what][1]]}
            for what, _, _ in hooks.SUBJECTS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="each number once")
    repeats = 1 if parser.parse_args().short else hooks.REPEATS
    rows = []
    try:
        for name, kind in rivals.KINDS.items():
            if kind.missing():
                print(f"{name} is left out: {kind.missing()}")
                continue
            for row in rows_of(name, kind(KERNEL, guest.PROGRAMS), repeats):
                print("{rival:<13} {what:<6} stock {stock:>10.0f}   guarded {guarded:>10.0f}   "
                      "ratio {ratio:.4f}".format(**row), flush=True)
                rows.append(row)
    except (guest.BenchError, machine.MachineError, disk.DiskError, OSError) as error:
        print(f"bench-rivals: {error}", file=sys.stderr)
        return 1
    with open(os.path.join(machine.BUILD, "bench-rivals.json"), "w", encoding="ascii") as file:
        json.dump({"kernel": KERNEL, "rows": rows}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
