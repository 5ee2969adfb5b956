#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts what an exec and an open cost under IMA appraisal, before and after in one boot, as bench.py does."""

import json
import os
import sys
import tempfile

import guest
import hooks
import rivals
from guest import disk, machine

KERNEL = "6.12"


def measure_ima(box):
    guest.ask(box, "/usr/bin/systemctl", "stop", *hooks.QUIET)
    guest.ask(box, "/usr/bin/sha256sum", *hooks.WARM)
    stock = hooks.measure_all(box)
    rivals.start_ima(box)
    ima = hooks.measure_all(box)
    return [{"what": name, "stock": stock[name][0], "ima": ima[name][0], "ratio": ima[name][0] / stock[name][0]}
            for name, _, _ in hooks.SUBJECTS]


def main():
    try:
        with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="bench-") as scratch:
            image = guest.make_disk(KERNEL, scratch, copy=hooks.files(KERNEL, scratch))
            rivals.label_ima(image, KERNEL, guest.PROGRAMS)
            with guest.boot(KERNEL, image, True) as box:
                box.wait_up()
                rows = measure_ima(box)
    except (guest.BenchError, rivals.RivalError, machine.MachineError, disk.DiskError, OSError) as error:
        print(f"bench-rivals: {error}", file=sys.stderr)
        return 1
    for r in rows:
        print(f"{r['what']:<6} stock {r['stock']:>10.0f}   IMA {r['ima']:>10.0f}   ratio {r['ratio']:.4f}")
    with open(os.path.join(machine.BUILD, "bench-rivals.json"), "w", encoding="ascii") as file:
        json.dump({"kernel": KERNEL, "rows": rows}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
