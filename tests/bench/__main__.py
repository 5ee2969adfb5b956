# SPDX-License-Identifier: MIT
"""Counts what atmguard costs, against the bars of doc/COSTS.md and the figures kept in the tree.

The guests count instructions (QEMU -icount), so the numbers do not depend on
this host; those in milliseconds do.  Each table is printed as soon as it is
known, and a part that fails does not take the others with it.  Exit status 0
only if all was measured and nothing is dearer than tests/bench/figures.tsv
says.  Writes build/bench.json.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile

from tests.bench import figures, guest, hooks, scales
from tests.machine import disk, machine

BOOT_BAR = 1.10
# A processor whose vector unit is twice as wide as that of machine.CPU.
AVX2_CPU = "Haswell-noTSX,+rdrand"
FAULTS = (guest.BenchError, machine.MachineError, disk.DiskError, OSError, ValueError)


class Bench:
    """Measures part by part; what one part found stays whatever becomes of the next."""

    def __init__(self, kernel, scratch, is_short):
        self.kernel, self.is_short = kernel, is_short
        self.scale = scales.Scales(kernel, scratch, scales.SIZES[:1] if is_short else scales.SIZES)
        self.image = guest.make_disk(kernel, scratch, self.scale.tiny,
                                     [*hooks.files(kernel, scratch), *self.scale.files])
        self.found = {"kernel": kernel, "hooks": [], "boots": [], "scales": []}
        self.work = {}
        self.failed = []

    @contextlib.contextmanager
    def part(self, name):
        try:
            yield
        except FAULTS as fault:
            self.failed.append(name)
            print(f"\n{name}: could not be measured: {fault}", flush=True)

    @contextlib.contextmanager
    def boot(self, name, stock, append="", **more):
        """A running guest, whose work until systemd was up is kept under this name."""
        with guest.boot(self.kernel, self.image, stock, append, **more) as box:
            box.wait_up()
            self.work[name] = guest.busy_seconds(box)
            yield box

    def boot_only(self, name, *kind, **more):
        with self.boot(name, *kind, **more):
            pass

    def measure_hooks(self):
        with self.part("hooks"):
            rows = self.boot_hooks()
            for _ in range(guest.TRIES - 1):
                if not any(dearer for *_, dearer in figures.compare(self.kept(), ratios(rows))):
                    break
                rows = [min(pair, key=lambda row: row["ratio"]) for pair in zip(rows, self.boot_hooks())]
            self.found["hooks"] = rows
            print_hooks(rows)

    def boot_hooks(self):
        """
        Rows of one boot, or of the next if the guest itself drifted in between.  For
        some seconds of some boots an open costs 509 instructions more, with a guard
        or without; why is not known, so nothing is called dearer by one boot alone.
        """
        for left in reversed(range(guest.TRIES)):
            try:
                with self.boot("stock", True) as box:
                    return hooks.measure(box, 1 if self.is_short else hooks.REPEATS)
            except guest.BenchError as fault:
                if not left:
                    raise
                print(f"hooks: once more: {fault}", flush=True)

    def kept(self):
        return figures.read().get(self.kernel, {})

    def measure_scales(self):
        with self.part("policies"):
            with self.boot("alone", False, guest.WITHOUT_AGENT) as box:
                for row in self.scale.measure(box):
                    self.found["scales"].append(row)
                    print_scale(row)
            print(f"bars: {scales.BAR_BYTES} bytes an entry; {scales.BAR_MS} ms for verify and check of "
                  f"{scales.BAR_MS_AT} entries, which are this host's user space", flush=True)

    def measure_boots(self):
        with self.part("boots"):
            self.boot_only("bare", True, guest.WITHOUT_AGENT)
            self.add_boot("guard alone", "bare", "alone", BOOT_BAR)
            self.boot_only("guarded", False)
            self.add_boot("with agent and screen", "bare", "guarded")
            self.add_boot("the same, idle in stock", "stock", "guarded")
            for name, stock in (("bare wide", True), ("alone wide", False)):
                self.boot_only(name, stock, guest.WITHOUT_AGENT, cpu=AVX2_CPU)
            self.add_boot("guard alone, AVX2", "bare wide", "alone wide", BOOT_BAR)

    def add_boot(self, what, stock, guarded, bar=None):
        if missing := {stock, guarded} - set(self.work):
            raise guest.BenchError(f"{what}: no boot of {', '.join(sorted(missing))}")
        row = {"what": what, "stock": self.work[stock], "guarded": self.work[guarded],
               "ratio": self.work[guarded] / self.work[stock], "bar": bar}
        self.found["boots"].append(row)
        print_boot(row, is_first=len(self.found["boots"]) == 1)

    def figures(self):
        """What is compared with the last time, by name."""
        found = ratios(self.found["hooks"])
        found.update((f"boot {row['what']}", row["ratio"]) for row in self.found["boots"])
        for row in self.found["scales"]:
            found.update((f"{what} at {row['entries']} entries", row[key]) for what, key in
                         (("bytes", "bytes_each"), ("judged", "judged"), ("mapped", "mapped")))
        return found


def ratios(rows):
    return {f"{row['what']} ratio": row["ratio"] for row in rows}


def print_hooks(rows):
    print(f"\n{'instructions':<26} {'stock':>11} {'no-op':>11} {'atmguard':>11} {'no-op/':>7} {'ratio':>7} {'bar':>6}")
    for r in rows:
        print(f"{r['what']:<26} {r['stock']:>11.0f} {r['noop']:>11.0f} {r['guarded']:>11.0f} "
              f"{r['noop_ratio']:>7.4f} {r['ratio']:>7.4f} {r['bar']:>6.3f}", flush=True)


def print_boot(r, is_first):
    if is_first:
        print(f"\n{'boot, 10^9 instructions':<26} {'stock':>11} {'':>11} {'atmguard':>11} {'':>7} {'ratio':>7} {'bar':>6}")
    print(f"{r['what']:<26} {r['stock']:>11.2f} {'':>11} {r['guarded']:>11.2f} {'':>7} {r['ratio']:>7.3f} "
          f"{r['bar'] or '':>6}", flush=True)


def print_scale(r):
    if r["entries"] == scales.SIZES[0]:
        print(f"\n{'policy: entries':<16} {'load, instr.':>13} {'judge':>7} {'mapped':>7} {'bytes/entry':>11} "
              f"{'verify':>8} {'check':>8} {'look-up':>8}")
    print(f"{r['entries']:<16} {r['load']:>13} {r['judged']:>7} {r['mapped']:>7} {r['bytes_each']:>11.1f} "
          f"{r['host_verify_ms']:>5.1f} ms {r['host_check_ms']:>5.1f} ms {r['host_find_ns']:>5.0f} ns", flush=True)


def print_change(kept, found):
    """Compares with what the tree keeps; returns whether something is dearer."""
    rows = figures.compare(kept, found)
    print(f"\n{'against the kept figures':<44} {'kept':>10} {'now':>10}")
    for name, before, now, is_dearer in rows:
        print(f"{name:<44} {'-' if before is None else f'{before:.4f}':>10} {now:>10.4f}{'  DEARER' if is_dearer else ''}")
    return any(is_dearer for *_, is_dearer in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"))
    parser.add_argument("--short", action="store_true", help="exec, open, and the smallest policy; two boots")
    parser.add_argument("--keep", action="store_true", help="keep what is found as the figures to compare with")
    given = parser.parse_args()
    print(f"kernel {given.kernel}, processor {machine.CPU}", flush=True)
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="bench-") as scratch:
        try:
            bench = Bench(given.kernel, scratch, given.short)
        except FAULTS as fault:
            print(f"bench: {fault}", file=sys.stderr)
            return 1
        bench.measure_hooks()
        bench.measure_scales()
        if not given.short:
            bench.measure_boots()
    is_dearer = print_change(bench.kept(), bench.figures())
    with open(os.path.join(machine.BUILD, "bench.json"), "w", encoding="ascii") as file:
        json.dump(bench.found, file, indent=1)
    if given.keep and not bench.failed:
        figures.write(given.kernel, bench.figures())
    if bench.failed:
        print(f"bench: not measured: {', '.join(bench.failed)}", file=sys.stderr)
    return 1 if bench.failed or (is_dearer and not given.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
