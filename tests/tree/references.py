# SPDX-License-Identifier: MIT
"""Compares lists in doc/ with the tree and prints what contradicts.

usage: tests/run tree/references hooks
       tests/run tree/references numbers FILE…
       tests/run tree/calls --all DIRECTORY | tests/run tree/references layers

hooks    doc/HOOKS.md with the BPF programs, the maps at the heads of their
         files, the list that the seal demands, the hooks that records name,
         and the controls of doc/THREATS.md
numbers  the numbers of attacks and promises (X29, D28, P6) in the comments of
         files and in documents with the rows of doc/THREATS.md
layers   the drawing of kmod/ in doc/ARCHITECTURE.md with its calls
"""
import fnmatch
import glob
import re
import sys

HEAD_LINES = 45     # where a file says what its numbers mean


def read(path):
    """The text of a file of the tree."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def items(text):
    """(first text, {word: text}) of each item of a document's lists; the second is of its "- word: text" below."""
    for head, below in re.findall(r"^- (.*)\n((?:  - .*\n)*)", re.sub(r"\n +(?! |- )", " ", text), re.M):
        yield head, dict(re.findall(r"^  - (\w[\w ]*): (.*)$", below, re.M))


def numbers_in(text):
    """Every number of an attack or a promise in a text."""
    return re.findall(r"\b(?:X|D|P)[1-9][0-9]?\b", text)


# ---- hooks ----

def programs(path):
    """(hook, program, whether it sleeps) of each program in a file."""
    text = read(path)
    macros = dict(re.findall(r'#define (SEC_\w+) ("[^"]+")', read("bpf/core_fixes.bpf.h")))
    for section, program in re.findall(r"^SEC\((.*)\)\n+int (?:BPF_PROG\()?(\w+)", text, re.M):
        section = re.fullmatch(r'"\??lsm(\.s)?/(\w+)"', macros.get(section, section))
        if section:
            yield section[2], program, bool(section[1])


def rows_of_hooks():
    """The items of doc/HOOKS.md that are LSM hooks, by hook; the title above them names their file."""
    rows = {}
    for title, text in re.findall(r"^### (.*)\n((?:(?!#).*\n)*)", read("doc/HOOKS.md"), re.M):
        for head, words in items(text):
            hook = re.match(r"`(\w+)` \(`(ag_\w+)`(, sleeps)?\)", head)
            rows[hook[1]] = {"program": hook[2], "file": title.split("`")[1], "sleeps": bool(hook[3]),
                             "records": set(words.get("records", "").split(", ")) - {""},
                             "stops": set(numbers_in(words.get("stops", "")))}
    return rows


def compare(left_name, left, right_name, right):
    """Sentences for what only one of two sets has."""
    yield from (f"{left_name} has {item}, {right_name} does not" for item in sorted(left - right, key=str))
    yield from (f"{right_name} has {item}, {left_name} does not" for item in sorted(right - left, key=str))


def map_of(path):
    """The hooks that the comment at the head of a file explains."""
    return set(re.findall(r"^ \* (\w+)  +\S", read(path).split("#ifndef")[0], re.M))


def recorded_in(path):
    """The hooks that a file's denials name in their records."""
    return {name.lower() for name in re.findall(r"ATMGUARD_HOOK_(\w+)", read(path))}


def attacks(head):
    """The numbers that the item of an attack or a promise begins with."""
    number = re.match(r"\*\*((?:[XDP]\d+(?:, )?)+)\*\*", head)
    return numbers_in(number[1]) if number else []


def controls():
    """(attack, hook as it stands among the controls, with * for any letters)."""
    for head, words in items(read("doc/THREATS.md")):
        for hook in re.findall(r"`([a-z_*]+)`", words.get("control", "")):
            yield from ((attack, hook) for attack in attacks(head))


def contradictions_of_hooks(_):
    """What the table of hooks and the tree say differently."""
    rows = rows_of_hooks()
    files = sorted(glob.glob("bpf/*.bpf.h"))
    code = {(hook, program, path, sleeps) for path in files for hook, program, sleeps in programs(path)}
    table = {(hook, row["program"], row["file"], row["sleeps"]) for hook, row in rows.items()}
    yield from compare("the code", code, "doc/HOOKS.md", table)
    sealed = {hook for path in glob.glob("kmod/*.[ch]") for hook in re.findall(r'"bpf_lsm_(\w+)"', read(path))}
    yield from compare("the seal", sealed, "doc/HOOKS.md", set(rows))
    for path in files:
        yield from compare(f"the map of {path}", map_of(path), "its code", {hook for hook, *_ in programs(path)})
        listed = set().union(*(row["records"] for row in rows.values() if row["file"] == path))
        yield from (f"{path} records {name}, no row of its hooks does" for name in sorted(recorded_in(path) - listed))
    known = set().union(*map(recorded_in, files + glob.glob("kmod/*.c")))
    for hook, row in rows.items():
        yield from (f"{hook} records {name}, which no code does" for name in sorted(row["records"] - known))
    for attack, pattern in controls():
        for hook in fnmatch.filter(rows, pattern):
            if attack not in rows[hook]["stops"]:
                yield f"doc/THREATS.md has {hook} against {attack}, doc/HOOKS.md does not"


# ---- numbers ----

def comments(path):
    """What of a source file is for readers: of C the comments, of other languages all."""
    text = read(path)
    if path.endswith((".c", ".h", ".def")):
        tokens = re.findall(r'"(?:\\.|[^"\\\n])*"|(/\*.*?\*/|//[^\n]*)', text, re.S)
        return "\n".join(filter(None, tokens))
    return text


def contradictions_of_numbers(paths):
    """Numbers without a row, and files that do not say where their numbers have one."""
    known = {number for head, _ in items(read("doc/THREATS.md")) for number in attacks(head)}
    for path in paths:
        used = set(numbers_in(comments(path)))
        yield from (f"{path} names {number}, which has no row" for number in sorted(used - known))
        head = read(path).splitlines()[:HEAD_LINES]
        if used and not path.endswith(".md") and not any("doc/THREATS.md" in line for line in head):
            yield f"{path} does not say at its head that {min(used)} is a row of doc/THREATS.md"


# ---- layers ----

def contradictions_of_layers(_):
    """Calls that do not lead down in the drawing of kmod/, and files that only one of the two has."""
    drawing = re.search(r"^   main$.*?(?=^```)", read("doc/ARCHITECTURE.md"), re.M | re.S)
    lines = {file: number for number, line in enumerate(drawing[0].splitlines()) for file in line.split()}
    calls = {file: callees.split() for file, callees in re.findall(r"^kmod/(\w+): (.*)$", sys.stdin.read(), re.M)}
    yield from compare("kmod/", set(calls), "the drawing of doc/ARCHITECTURE.md", set(lines))
    for file, callees in calls.items():
        yield from (f"{file} calls {callee[5:]}, which does not lie below it in doc/ARCHITECTURE.md" for callee in callees
                    if callee.startswith("kmod/") and lines.get(file, 0) >= lines.get(callee[5:], sys.maxsize))


CHECKS = {"hooks": contradictions_of_hooks, "numbers": contradictions_of_numbers, "layers": contradictions_of_layers}
if sys.argv[1:2] == [] or sys.argv[1] not in CHECKS:
    sys.exit(__doc__)
found = list(CHECKS[sys.argv[1]](sys.argv[2:]))
print(*found, sep="\n", end="\n" if found else "")
sys.exit(bool(found))
