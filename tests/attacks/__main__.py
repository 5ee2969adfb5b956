# SPDX-License-Identifier: MIT
"""Tries every attack of doc/THREATS.md on a stock machine, where it must work, and on a guarded one, where it must not.

  stock machine ---- the same kernel, disk and devices; no network
       | each attack on both, side by side
  +----+----------------+  10.0.2.100:8443   +--------+
  | ATM, locked, with   |--------------------| center |  takes the records of atmguard
  | atmguard or a rival |  ttyS1             +-----------+
  |                     |--------------------| dispenser |  after each family: 3 notes more
  +---------------------+                    +-----------+
     disk FOREIGN (virtio), stick FOREIGN in port 8, a share of the host (9p, read-only)

  X52: three machines started with edited command lines; X50: one, and its disk with an older policy

Both run the same kernel from the same disk.  What counts as worked is the
effect itself; what counts as stopped is the error that the intruder was given
and the audit record of the hook that gave it.  Exit status 0 only if every
attack worked there and was stopped here.

With another protection in atmguard's place the table tells how many variants
it stops, by effect alone.  Exit status 0 if every attack worked on the stock
machine and the other one was under its protection before each.
"""

import argparse
import concurrent.futures
import contextlib
import importlib
import itertools
import json
import os
import sys
import threading
import time

from tests.attacks import boots, kit, row, rows_rivals, subject
from tests.machine import dispenser, machine, rivals, story

FAMILIES = ("memory", "process", "code", "scripts", "carriers", "files", "kernel", "tricks", "guard")
WIDTHS = (5, 64, 34)


def all_rows():
    rows = []
    for family in FAMILIES:
        for entry in importlib.import_module("tests.attacks.rows_" + family).ROWS:
            entry.family = family
            rows.append(entry)
    return rows


def release_of(kernel):
    """Its version as numbers: (6, 12)."""
    with open(os.path.join(machine.BUILD, "kernel", kernel, "release"), encoding="utf-8") as file:
        return tuple(int(number) for number in file.read().split(".")[:2])


def arguments():
    parser = argparse.ArgumentParser(prog="tests/run attacks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"), help="default: 6.12")
    parser.add_argument("--subject", default="atmguard", choices=("atmguard", "ima", "fapolicyd"),
                        help="what guards the machine, default: atmguard")
    parser.add_argument("--only", metavar="X13,X20", help="these rows")
    parser.add_argument("--list", action="store_true", help="print the table without trying anything")
    return parser.parse_args()


def chosen(given):
    rows = all_rows() + rows_rivals.ROWS.get(given.subject, [])
    if not given.only:
        return rows
    numbers = given.only.split(",")
    unknown = set(numbers) - {entry.number for entry in rows} - set(boots.NUMBERS)
    if unknown:
        raise row.RowError(f"no row {', '.join(sorted(unknown))}")
    return [entry for entry in rows if entry.number in numbers]


class Judgement:
    """What both machines showed about one variant."""

    def __init__(self, variant, bare, guarded, release):
        self.variant, self.bare, self.guarded = variant, bare, guarded
        self.native, self.why_native = variant.refusal(release)
        self.is_absent = release < variant.since
        self.wrong = self._wrong_bare() or self._wrong_guarded()
        self.errors = sorted(guarded.errors() & set(variant.errors))
        self.hook = guarded.record["what"] if guarded.record else None

    def _wrong_bare(self):
        if self.native:
            if not self.bare.worked and self.bare.errors() & set(self.native):
                return ""
            return f"the stock machine does not refuse it by {' or '.join(self.native)}: {self.bare.done}"
        if self.bare.worked or "stock" in self.variant.unless:
            return ""
        return f"does not work on the stock machine: {self.bare.done}"

    def _wrong_guarded(self):
        done = self.guarded.done
        if self.guarded.worked:
            return f"SUCCEEDS on the guarded machine: {done}"
        if done.timed_out or (done.signal and "signal" not in self.variant.unless):
            return f"was not refused, but ended otherwise: {done}"
        if self.is_absent and self.guarded.errors() & set(self.native):
            return ""
        if "error" not in self.variant.unless and not self.guarded.errors() & set(self.variant.errors):
            return f"no {' or '.join(self.variant.errors)}: {done}"
        if self.variant.hooks and not self.guarded.record:
            return f"no record of {' or '.join(self.variant.hooks)}: {done}"
        return ""

    def as_data(self):
        return {"name": self.variant.name, "argv": self.variant.argv, "worked_on_stock": self.bare.worked,
                "worked_on_guarded": self.guarded.worked, "hook": self.hook, "errors": self.errors,
                "took_s": [round(self.bare.took_s, 1), round(self.guarded.took_s, 1)],
                "record": self.guarded.record, "unless": self.variant.unless,
                "refused_by_kernel": self.why_native, "wrong": self.wrong}


class Observation(Judgement):
    """What became of a variant under another protection, of which nothing is demanded."""

    def __init__(self, variant, bare, guarded, release):
        super().__init__(variant, bare, guarded, release)
        self.wrong = self._wrong_bare()
        self.counts = bare.worked
        self.ending = ("succeeds" if guarded.worked else "timed out" if guarded.done.timed_out else
                       "stopped" if guarded.prepared else "machine lost" if guarded.harm else "not prepared")

    def note(self):
        """What a reader ought to know beyond its ending."""
        words = [self.ending] if self.ending == "timed out" else []
        return ", ".join(words + ([self.guarded.harm] if self.guarded.harm else []))

    def as_data(self):
        said = {"said": str(self.guarded.done)} if not self.guarded.worked else {}
        return {"name": self.variant.name, "argv": self.variant.argv, "worked_on_stock": self.bare.worked,
                "ending": self.ending, "harm": self.guarded.harm, **said,
                "took_s": [round(self.bare.took_s, 1), round(self.guarded.took_s, 1)], "wrong": self.wrong}


class Worker:
    """Makes the attacks of one family on one machine; outcomes are waited for as they come."""

    def __init__(self, who, variants):
        self.who = who
        self._left = list(variants)
        self._cold_at = {}
        self.outcomes = {id(variant): concurrent.futures.Future() for variant in variants}
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _next(self):
        """The first that no equal denial was just made for: it would be counted there, not written."""
        now = time.monotonic()
        variant = min(self._left, key=lambda v: max(self._cold_at.get(v.denial(), 0) - now, 0))
        self._left.remove(variant)
        return variant

    def _work(self):
        while self._left:
            variant = self._next()
            future = self.outcomes[id(variant)]
            try:
                began = time.monotonic()
                outcome = self.who.attempt(variant)
                outcome.took_s = time.monotonic() - began
                future.set_result(outcome)
            except Exception as error:  # whatever it is, it belongs to whoever waits for this one
                fault = story.StoryError(f"{self.who.name}, {variant.name}: {error}")
                for future in self.outcomes.values():
                    if not future.done():
                        future.set_exception(fault)
                return
            self._cold_at[variant.denial()] = time.monotonic() + story.FOLD_S

    def outcome(self, variant):
        return self.outcomes[id(variant)].result()


class Table:
    """Tries the rows and prints one line for each."""

    def __init__(self, tally, name, kernel):
        self.tally, self.name = tally, name
        self._release = release_of(kernel)
        self.machines, self.guarded = (), None
        self.results, self._began = [], 0
        # Kept for good: a machine ends with the thread that started it.
        self._threads = concurrent.futures.ThreadPoolExecutor(2)

    def boot(self, bare, guarded):
        self.machines, self.guarded = (bare, guarded), guarded
        began = time.monotonic()
        words = list(self._threads.map(lambda who: who.boot(), self.machines))
        self.tally.say(", ".join(f"{who.name}: {word}" for who, word in zip(self.machines, words)) +
                       f", after {time.monotonic() - began:.0f} s")
        self._began = time.monotonic()

    def attack(self, rows):
        """Both machines at once, each as fast as it can; the rows in order."""
        variants = [variant for entry in rows for variant in entry.variants]
        workers = [Worker(who, variants) for who in self.machines]
        for entry in rows:
            self._judge(entry, [self.judgement(variant, *(worker.outcome(variant) for worker in workers),
                                               self._release)
                                for variant in entry.variants])
        for worker in workers:
            worker.thread.join()

    judgement = Judgement

    def _judge(self, entry, judged):
        wrong = [f"{j.variant.name}: {j.wrong}" for j in judged if j.wrong]
        hooks = sorted({j.hook for j in judged if j.hook})
        errors = sorted({error for j in judged for error in j.errors})
        recorded = sum(1 for j in judged if j.hook)
        line = " ".join((entry.number.ljust(WIDTHS[0]), f"{entry.title} ({len(judged)})".ljust(WIDTHS[1]),
                         f"{'/'.join(hooks)} {'/'.join(errors)}".ljust(WIDTHS[2]),
                         f"{recorded} of {len(judged)} recorded"))
        self.tally.check(line, not wrong, "\n".join(wrong))
        for judgement in judged:
            if judgement.native:
                self.tally.say(f"        {judgement.variant.name}: this kernel refuses it by itself, "
                               f"{judgement.why_native}")
        self.results.append({"row": entry.number, "title": entry.title, "family": entry.family,
                             "stopped": not wrong, "variants": [j.as_data() for j in judged]})

    def gap(self, number, sentence, reason, worked, detail):
        """A gap that doc/THREATS.md names: not caught, and shown to be so; if it were, the document would be wrong."""
        self.tally.check(f"{number.ljust(WIDTHS[0])} NOT CAUGHT, a known gap ({reason}): {sentence}", worked, detail)
        self.results.append({"row": number, "title": sentence, "family": "boots", "stopped": False,
                             "known_gap": reason, "variants": []})

    def still_works(self, notes, after):
        before = notes.count()
        done = self.guarded.pays()
        self.tally.check(f"after {after} the ATM application still pays out",
                         done.status == 0 and notes.count() == before + 3, f"{done}; {notes.count() - before} notes")
        trouble = self.guarded.trouble()
        self.tally.check("and the kernel has nothing to complain of", not trouble, "\n".join(trouble))
        self.tally.say(f"        {time.monotonic() - self._began:.0f} s since the machines were up")

    def write(self, kernel, **more):
        path = os.path.join(machine.BUILD, f"{self.tally.name}-{kernel}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"kernel": kernel, "subject": self.name, **more, "rows": self.results}, file, indent=1)


class RivalTable(Table):
    """Tells how many variants of each row another protection stops."""

    judgement = Observation

    def _judge(self, entry, judged):
        counted = [j for j in judged if j.counts]
        working = [j for j in counted if j.ending == "succeeds"]
        line = " ".join((entry.number.ljust(WIDTHS[0]), entry.title.ljust(WIDTHS[1]),
                         f"{len(working)} of {len(counted)} succeed"))
        self.tally.check(line, not any(j.wrong for j in judged),
                         "\n".join(f"{j.variant.name}: {j.wrong}" for j in judged if j.wrong))
        for j in judged:
            if j.note():
                self.tally.say(f"        {j.variant.name}: {j.note()}")
        self.results.append({"row": entry.number, "title": entry.title, "family": entry.family,
                             "variants": len(counted), "stopped": len(counted) - len(working),
                             "tried": [j.as_data() for j in judged]})

    def still_works(self, notes, after):
        done = self.guarded.pays()
        self.tally.say(f"        after {after} the ATM application {'still pays' if not done.status else 'fails'}; "
                       f"{len(self.guarded.trouble())} lines of trouble in the kernel's log; "
                       f"{time.monotonic() - self._began:.0f} s")

    def summary(self):
        """Over the table's own rows: how many variants were stopped, of how many that work on stock."""
        rows = [result for result in self.results if result["family"] in FAMILIES]
        stopped, variants = (sum(result[key] for result in rows) for key in ("stopped", "variants"))
        wholly = sum(1 for result in rows if result["stopped"] == result["variants"])
        self.tally.say(f"{self.name}: {stopped} of {variants} variants stopped, {wholly} of {len(rows)} rows wholly")
        return {"stopped": stopped, "variants": variants, "rows_stopped": wholly, "rows": len(rows)}


def play_rows(table, tally, maintenance_center, given, rows, scratch):
    files = kit.Kit(given.kernel, scratch)
    with contextlib.ExitStack() as stack:
        who = [stack.enter_context(contextlib.closing(
            subject.make(name, tally, maintenance_center, given.kernel, files, rows)))
               for name in ("stock", given.subject)]
        rows = [entry for entry in rows if who[1].faces(entry)]
        table.boot(*who)
        notes = dispenser.Notes(who[1].guest.serial_path(1), os.path.join(scratch, "dispenser.log"))
        for family, group in itertools.groupby(rows, lambda entry: entry.family):
            table.attack(list(group))
            table.still_works(notes, f"the attacks on {family}")


def play_rival(tally, maintenance_center, scratch, given, rows):
    table = RivalTable(tally, given.subject, given.kernel)
    play_rows(table, tally, maintenance_center, given, rows, scratch)
    summary = table.summary()
    table.write(given.kernel, release=table.guarded.guest.hand.release, what=table.guarded.rival.describe(),
                summary=summary)


def play(tally, maintenance_center, scratch, given, rows):
    table = Table(tally, given.subject, given.kernel)
    if rows:
        play_rows(table, tally, maintenance_center, given, rows, scratch)
    boots.play(table, given.kernel, scratch, given.only and given.only.split(","))
    table.write(given.kernel)


def main():
    given = arguments()
    try:
        rows = chosen(given)
    except row.RowError as error:
        print(f"attacks: {error}; --list shows them all", file=sys.stderr)
        return 2
    if given.list:
        for entry in rows:
            print(f"{entry.number.ljust(WIDTHS[0])}{entry.title}: {', '.join(v.name for v in entry.variants)}")
        for number, title in boots.NUMBERS.items():
            print(number.ljust(WIDTHS[0]) + title)
        return 0
    if given.subject != "atmguard":
        missing = rivals.KINDS[given.subject].missing()
        if missing:
            print(f"attacks: {given.subject} is left out: {missing}")
            return 0
        return story.run("attacks-" + given.subject, play_rival, given=given, rows=rows)
    name = "attacks" if given.kernel == "6.12" else f"attacks-{given.kernel}"
    return story.run(name, play, given=given, rows=rows)


if __name__ == "__main__":
    sys.exit(main())
