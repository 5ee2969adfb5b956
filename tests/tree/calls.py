# SPDX-License-Identifier: MIT
"""
Computes from objects which file needs which, and prints each circle.

usage: tests/run tree/calls [--all] DIRECTORY | OBJECT...

An object stands above another if it needs one of its symbols (nm), so a file
that calls, or reads the data of, one that leads back to it is found, through
however many others.  DIRECTORY is where the kernel's make left the objects that
DIRECTORY/Kbuild lists.  There, calls by a table of functions that was registered
with the kernel (file operations, notifiers, work, probes) do not count: they
come from outside.  An object that is missing, or a symbol that two define, is an
error; only main() is every program's own.  With --all the arrows are printed, too.
"""

import os
import re
import subprocess
import sys


def listed_objects(directory):
    """The objects that the module consists of, by path."""
    with open(os.path.join(directory, "Kbuild"), encoding="ascii") as file:
        text = file.read().replace("\\\n", " ")
    names = re.search(r"^atmguard-y :=(.*)$", text, re.MULTILINE).group(1).split()
    return [os.path.normpath(os.path.join(directory, name)) for name in names]


def symbols(path):
    """What an object defines for others, and what it needs."""
    defined, needed = set(), set()
    for line in subprocess.check_output(["nm", "--extern-only", path], text=True).splitlines():
        kind, name = line.split()[-2:]
        (needed if kind == "U" else defined).add(name)
    return defined - {"main"}, needed


def arrows(paths):
    """By object the objects that it needs, each by its name without ending."""
    top = os.path.commonpath([os.path.dirname(path) for path in paths])
    found = {os.path.relpath(path, top).removesuffix(".o"): symbols(path) for path in paths}
    owner = {}
    for name, (defined, _) in found.items():
        for symbol in defined:
            if owner.setdefault(symbol, name) != name:
                raise ValueError(f"{owner[symbol]} and {name} both define {symbol}")
    return {name: {owner[s] for s in needed if s in owner} - {name} for name, (_, needed) in found.items()}


def way_back(below, start):
    """The shortest way from start over others to itself, or None."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for name in sorted(below[way[-1]]):
            if name == start:
                return way + [start]
            if name not in seen:
                seen.add(name)
                ways.append(way + [name])
    return None


def circles(below):
    """A shortest circle for each object that is in one, every circle once."""
    found = {}
    for start in sorted(below):
        way = way_back(below, start)
        if way:
            found.setdefault(frozenset(way), way)
    return found.values()


def print_circles(paths, with_all):
    """The number of circles."""
    below = arrows(paths)
    found = circles(below)
    for way in found:
        print(" -> ".join(way))
    if with_all:
        for name in sorted(below):
            print(f"{name}: {' '.join(sorted(below[name]))}")
        print(f"{len(below)} objects, {sum(map(len, below.values()))} arrows, {len(found)} circles")
    return len(found)


def main():
    with_all = sys.argv[1:2] == ["--all"]
    paths = sys.argv[2 if with_all else 1:]
    if not paths:
        print(__doc__.strip().split("\n\n")[1], file=sys.stderr)
        return 2
    try:
        if os.path.isdir(paths[0]):
            paths = listed_objects(paths[0])
        return 1 if print_circles(paths, with_all) else 0
    except (OSError, subprocess.CalledProcessError, ValueError, AttributeError) as error:
        print(f"calls: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
