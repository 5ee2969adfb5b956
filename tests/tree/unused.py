# SPDX-License-Identifier: MIT
"""Prints functions, macros and fields that nothing uses.

usage: tests/run tree/unused FILE…     the files of the tree

A function or variable that is not static is unused if no object but its own
refers to it.  The objects are those that `make all` and `make kmod` left in
build/.  Where there are none (tests, BPF programs), or one is missing or older
than its source (kmod, often), the sources count: whatever they name is used.

A macro, or in a header an inline function or a field of a structure, is unused
if its name stands nowhere in the tree but in its definition, and no macro pastes it together of a
prefix and a row of a table (*.def).  What include/ has is for others as well,
and a name that begins with _ for the C library.
"""
import collections
import os
import re
import subprocess
import sys

BUILD = os.environ.get("BUILD", "build")
ROOMS = {"lib": "obj", "core": "obj", "policy": "obj", "agent": "obj", "center": "obj", "kmod": "kmod/6.12/src"}
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)
INLINE_OR_FIELD = re.compile(r"^static (?:__always_)?inline [^;{(]*?\b(\w+)\(|^\t+\w[\w \t]*[ \t*](\w+)(?:\[.*\])?;", re.M)


def read(path):
    """The text of a file, whatever its bytes are."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def objects(paths):
    """(source, object) for every source of the rooms that are compiled as they are now."""
    for room, place in ROOMS.items():
        sources = [path for path in paths if path.startswith(room + "/") and path.endswith(".c")]
        pairs = [(path, os.path.join(BUILD, place, path[:-2] + ".o")) for path in sources]
        if all(os.path.exists(compiled) and os.path.getmtime(compiled) >= os.path.getmtime(path)
               for path, compiled in pairs):
            yield from pairs


def symbols(compiled):
    """The names that an object defines for others, and those it needs from them."""
    listing = subprocess.run(["nm", "-g", compiled], capture_output=True, text=True, check=True).stdout
    defined, needed = set(), set()
    for line in listing.splitlines():
        kind, name = line.split()[-2:]
        (needed if kind in "Uw" else defined if kind in "TDBRC" else set()).add(name)
    return defined, needed


def unused_symbols(paths):
    """Sentences for what no other object and no test refers to."""
    compiled = dict(objects(paths))
    others = (path for path in paths if path.endswith((".c", ".bpf.h")) and
              path not in compiled and path != "bpf/kfuncs.bpf.h")
    named = {"main"}.union(*(re.findall(r"\w+", read(path)) for path in others))
    table = [(source, *symbols(compiled[source])) for source in compiled]
    needed = named.union(*(names for _, _, names in table))
    for source, defined, _ in table:
        yield from (f"{source}: {name} is used by no other file" for name in sorted(defined - needed))


def unused_words(paths):
    """Sentences for macros, inline functions and fields that are named once only."""
    texts = {path: read(path) for path in paths if not path.startswith(("LICENSES/", "tests/fuzz/corpus/"))}
    words = collections.Counter(word for text in texts.values() for word in re.findall(r"\w+", text))
    rows = {word for path, text in texts.items() if path.endswith(".def") for word in re.findall(r"\w+", text)}
    pasted = {prefix + word for text in texts.values() for prefix in re.findall(r"(\w+)##", text) for word in rows}
    for path, text in texts.items():
        if path.endswith((".c", ".h")) and not path.startswith("include/"):
            names = MACRO.findall(text)
            if path.endswith(".h"):
                names += ["".join(match) for match in INLINE_OR_FIELD.findall(text)]
            yield from (f"{path}: {name} is used nowhere"
                        for name in names if words[name] == 1 and not name.startswith("_") and name not in pasted)


found = [*unused_symbols(sys.argv[1:]), *unused_words(sys.argv[1:])]
print(*found, sep="\n", end="\n" if found else "")
sys.exit(bool(found))
