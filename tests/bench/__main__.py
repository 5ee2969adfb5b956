# SPDX-License-Identifier: MIT
"""Counts what atmguard costs against the budgets of doc/ARCHITECTURE.md.

The guests count instructions (QEMU -icount), so the numbers do not depend on
this host; those in milliseconds do.  Prints tables and writes build/bench.json.
"""

import argparse
import json
import os
import sys
import tempfile

from tests.bench import guest, hooks, scales
from tests.machine import disk, machine

BOOT_BAR = 1.03
# A processor whose vector unit is twice as wide as that of machine.CPU.
AVX2_CPU = "Haswell-noTSX,+rdrand"


def boot_work(kernel, image, stock, append="", then=None, **more):
    """Boots, and returns the work until systemd is up and what `then` makes of the running guest."""
    with guest.boot(kernel, image, stock, append, **more) as box:
        box.wait_up()
        work = guest.busy_seconds(box)
        return work, then(box) if then else None


def boot_row(what, stock, guarded, bar=None):
    return {"what": what, "stock": stock, "guarded": guarded, "ratio": guarded / stock, "bar": bar}


def compare(kernel, scratch):
    scale = scales.Scales(kernel, scratch)
    image = guest.make_disk(kernel, scratch, scale.tiny, [*hooks.files(kernel, scratch), *scale.files])
    stock, hook_rows = boot_work(kernel, image, True, then=hooks.measure)
    guarded, _ = boot_work(kernel, image, False)
    bare, _ = boot_work(kernel, image, True, guest.WITHOUT_AGENT)
    alone, scale_rows = boot_work(kernel, image, False, guest.WITHOUT_AGENT, then=scale.measure)
    wide = [boot_work(kernel, image, kind, guest.WITHOUT_AGENT, cpu=AVX2_CPU)[0] for kind in (True, False)]
    return {"kernel": kernel, "hooks": hook_rows, "scales": scale_rows, "boots": [
        boot_row("guard alone", bare, alone, BOOT_BAR),
        boot_row("guard alone, AVX2", *wide, BOOT_BAR),
        boot_row("with agent and screen", bare, guarded),
        boot_row("the same, idle in stock", stock, guarded)]}


def print_hooks(rows):
    print(f"\n{'instructions':<26} {'stock':>11} {'no-op':>11} {'atmguard':>11} {'no-op/':>7} {'ratio':>7} {'bar':>6}")
    for r in rows:
        print(f"{r['what']:<26} {r['stock']:>11.0f} {r['noop']:>11.0f} {r['guarded']:>11.0f} "
              f"{r['noop_ratio']:>7.4f} {r['ratio']:>7.4f} {r['bar']:>6.3f}")


def print_boots(rows):
    print(f"\n{'boot, 10^9 instructions':<26} {'stock':>11} {'':>11} {'atmguard':>11} {'':>7} {'ratio':>7} {'bar':>6}")
    for r in rows:
        print(f"{r['what']:<26} {r['stock']:>11.2f} {'':>11} {r['guarded']:>11.2f} {'':>7} {r['ratio']:>7.3f} "
              f"{r['bar'] or '':>6}")


def print_scales(rows):
    print(f"\n{'policy: entries':<16} {'load, instr.':>13} {'judge':>7} {'mapped':>7} {'bytes/entry':>11} "
          f"{'verify':>8} {'check':>8} {'look-up':>8}")
    for r in rows:
        print(f"{r['entries']:<16} {r['load']:>13} {r['judged']:>7} {r['mapped']:>7} {r['bytes_each']:>11.1f} "
              f"{r['host_verify_ms']:>5.1f} ms {r['host_check_ms']:>5.1f} ms {r['host_find_ns']:>5.0f} ns")
    print(f"bars: {scales.BAR_BYTES} bytes an entry; {scales.BAR_MS} ms for verify and check of "
          f"{scales.BAR_MS_AT} entries, which are this host's user space")


def main():
    parser = argparse.ArgumentParser(prog="tests/run bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"))
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="bench-") as scratch:
            found = compare(given.kernel, scratch)
    except (guest.BenchError, machine.MachineError, disk.DiskError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"kernel {given.kernel}, processor {machine.CPU}")
    print_hooks(found["hooks"])
    print_boots(found["boots"])
    print_scales(found["scales"])
    with open(os.path.join(machine.BUILD, "bench.json"), "w", encoding="ascii") as file:
        json.dump(found, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
