#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which files of compiled C need which, from their objects: circles, and names public for nobody."""
import argparse
import glob
import os
import re
import subprocess
import sys


def symbols(path):
    """The global names that an object defines, and those it needs."""
    defined, needed = set(), set()
    lines = subprocess.run(["nm", "-g", path], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        kind, name = line.split()[-2:]
        (needed if kind in "Uwv" else defined).add(name)
    return defined, needed


def graph(objects):
    """{object: {needed object: names}}; main() is a program's own and nobody's need."""
    table = {path: symbols(path) for path in objects}
    home = {name: path for path, (defined, _) in table.items() for name in defined}
    arrows = {path: {} for path in objects}
    for path, (_, needed) in table.items():
        for name in needed & home.keys():
            arrows[path].setdefault(home[name], set()).add(name)
    return arrows


def reach(arrows, start):
    """All that `start` needs, directly or not; itself only if it lies on a circle."""
    found, todo = set(), [start]
    while todo:
        for path in arrows[todo.pop()]:
            if path not in found:
                found.add(path)
                todo.append(path)
    return found


def circles(arrows):
    """Sets of objects each of which needs all others of its set."""
    reached = {path: reach(arrows, path) for path in arrows}
    found = {frozenset(other for other in reached[path] if path in reached[other])
             for path in arrows if path in reached[path]}
    return sorted(sorted(circle) for circle in found)


def words_of(source):
    """The words of a file of C outside of its comments."""
    with open(source, encoding="utf-8") as file:
        return set(re.findall(r"\w+", re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read(), flags=re.S)))


def public_for_nobody(objects, sources):
    """Names that an object defines for all and no other file of `sources` mentions."""
    words = {path: words_of(path) for path in sources}
    for path in objects:
        own = next((s for s in sources if path.endswith("/" + os.path.splitext(s)[0] + ".o")), None)
        for name in sorted(symbols(path)[0] - {"main"}):
            if not any(name in words[source] for source in sources if source != own):
                yield f"{own or path}: {name}"


def print_circles(arrows):
    """Each circle, and by which names."""
    top = os.path.commonpath([os.path.dirname(path) for path in arrows])

    def name(path):
        return os.path.relpath(path, top)

    for circle in circles(arrows):
        print("a circle of " + ", ".join(name(path) for path in circle))
        for path in circle:
            for other in circle:
                if other in arrows[path]:
                    print(f"  {name(path)} needs {name(other)}: " + ", ".join(sorted(arrows[path][other])))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["circles", "nobody", "count"])
    parser.add_argument("objects", nargs="+", metavar="OBJECT")
    parser.add_argument("--users", nargs="+", default=["."], metavar="DIRECTORY",
                        help="with nobody: where the files lie that may use a name")
    args = parser.parse_args()
    if args.what == "nobody":
        sources = [path for top in args.users for path in glob.glob(top + "/**/*.c", recursive=True)]
        for line in public_for_nobody(args.objects, sources):
            print(line)
        return
    arrows = graph(args.objects)
    if args.what == "circles":
        print_circles(arrows)
    else:
        print(f"{len(arrows)} objects, {sum(map(len, arrows.values()))} arrows, "
              f"{len(circles(arrows))} circles")


if __name__ == "__main__":
    sys.exit(main())
