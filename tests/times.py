# SPDX-License-Identifier: MIT
"""Prints where the time of `make check` went: by part, and by program that starts machines, the longest first.

usage: tests/run times

Reads build/tests/took, a line for each that check.sh (parts) and the programs
themselves (tests/machine/took.py) have left there; writes build/tests/times.json.
"""

import json
import os
import sys

DIRECTORY = os.path.join(os.environ.get("BUILD") or "build", "tests")
COLUMNS = {"part": (("wall", "wall_s"), ("processors", "processor_s")),
           "program": (("wall", "wall_s"), ("processors", "processor_s"), ("boots", "boots"), ("booting", "booting_s"),
                       ("the rest", "rest_s"))}


def lines():
    """What was left there, with what a program did besides booting."""
    with open(os.path.join(DIRECTORY, "took"), encoding="ascii") as file:
        found = [json.loads(line) for line in file]
    for line in found:
        if "program" in line:
            line["rest_s"] = line["wall_s"] - line["booting_s"]
    return sorted(found, key=lambda line: -line["wall_s"])


def table(kind, rows):
    columns = COLUMNS[kind]
    print(f"{kind + ', seconds':24}" + "".join(f"{title:>12}" for title, _ in columns))
    for row in rows:
        print(f"{row[kind]:24}" + "".join(f"{row[key]:12.0f}" for _, key in columns))
    print(f"{'in all':24}" + "".join(f"{sum(row[key] for row in rows):12.0f}" for _, key in columns))


def main():
    found = lines()
    kinds = {kind: [line for line in found if kind in line] for kind in COLUMNS}
    for kind, rows in kinds.items():
        table(kind, rows)
    with open(os.path.join(DIRECTORY, "times.json"), "w", encoding="ascii") as file:
        json.dump({kind + "s": rows for kind, rows in kinds.items()}, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
