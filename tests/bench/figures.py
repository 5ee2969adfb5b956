# SPDX-License-Identifier: MIT
"""The figures of the last landing, kept in the tree, and whether a new one is dearer."""

import os

KEPT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "figures.tsv")
# By the first word of a figure's name: what it differs by without a change of the code.  An exec's ratio
# varies by some thousandths from boot to boot, by where its pages lie; the work of whole boots by hundredths.
SLACK = {"exec": 0.0040, "open": 0.0010, "boot": 0.03, "bytes": 0.2, "judged": 300, "mapped": 100}


def read(path=KEPT):
    """{kernel: {name: value}}"""
    kept = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                kernel, name, value = line.rstrip("\n").split("\t")
                kept.setdefault(kernel, {})[name] = float(value)
    return kept


def write(kernel, found, path=KEPT):
    """Keeps what was found for this kernel; what was not measured stays as it is."""
    kept = read(path)
    kept.setdefault(kernel, {}).update(found)
    with open(path, encoding="ascii") as file:
        head = [line for line in file if line.startswith("#")]
    with open(path, "w", encoding="ascii") as file:
        file.writelines(head)
        file.writelines(f"{kernel}\t{name}\t{value:.4f}\n" for kernel in sorted(kept)
                        for name, value in sorted(kept[kernel].items()))


def compare(kept, found):
    """For each figure found (name, kept or None, found, whether it is dearer than it was)."""
    rows = []
    for name, value in found.items():
        before = kept.get(name)
        rows.append((name, before, value,
                     before is not None and value > before + SLACK[name.split()[0]]))
    return rows
