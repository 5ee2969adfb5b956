# SPDX-License-Identifier: MIT
"""The figures of the last landing, kept in the tree, and whether a new one is dearer."""

import json
import os

KEPT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "figures.json")
# By the first word of a figure's name: what it may differ by without a change of the code.  Ratios of
# instruction counts of one boot repeat to a few in ten thousand, work of whole boots to some hundredths.
SLACK = {"exec": 0.0010, "open": 0.0010, "boot": 0.03, "bytes": 0.2, "judged": 300, "mapped": 100}


def read(path=KEPT):
    with open(path, encoding="ascii") as file:
        return json.load(file)


def write(kernel, found, path=KEPT):
    """Keeps what was found for this kernel; what was not measured stays as it is."""
    kept = read(path) if os.path.exists(path) else {}
    kept.setdefault(kernel, {}).update({name: round(value, 4) for name, value in found.items()})
    with open(path, "w", encoding="ascii") as file:
        json.dump(kept, file, indent=1, sort_keys=True)
        file.write("\n")


def compare(kept, found):
    """For each figure found (name, kept or None, found, whether it is dearer than it was)."""
    rows = []
    for name, value in found.items():
        before = kept.get(name)
        rows.append((name, before, value,
                     before is not None and value > before + SLACK[name.split()[0]]))
    return rows
