# SPDX-License-Identifier: MIT
"""Finds hooks, events, scopes and purposes in programs of the tests that the vocabulary does not have.

usage: tests/run tree/words WORDS FILE…

WORDS is what `names-table words` prints. A word is found as an argument of a
parameter called `hook`, `hooks`, `event` or `scope`, whoever has one, and where
a record's member `event` is compared. A list called SCOPES, EVENTS or HOOKS has
all names in their order. Prints what is wrong, a line each, and whether a kind
was found nowhere, which would mean that this looks in the wrong places.
"""

import ast
import collections
import sys

KINDS = {"hook": "hook", "hooks": "hook", "event": "event", "scope": "scope", "scopes": "scope"}
LISTS = {"SCOPES": "scope", "EVENTS": "event", "HOOKS": "hook"}
# A hook that a purpose stands for: records of REFUSED have it in the same place.
ALSO = {"hook": ("purpose", "relock")}


def read_words(path):
    """Kind to names, in the order of their numbers."""
    words = collections.defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, _, name = line.rstrip("\n").split(" ", 2)
            words[kind].append(name)
    return words


def parameters(tree):
    """Name of each function or dataclass to its parameters, as a caller counts them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.posonlyargs + node.args.args]
            yield node.name, names[1:] if names[:1] == ["self"] else names
        elif isinstance(node, ast.ClassDef):
            yield node.name, [n.target.id for n in node.body
                              if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]


def strings(node):
    """The words a literal consists of; nothing, if it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [word for element in node.elts for word in strings(element)]
    return []


def arguments(call, known):
    """Parameter and node of each argument, as far as the callee is known by its name."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)
    for i, argument in enumerate(call.args):
        for names in known.get(name, ()):
            if i < len(names):
                yield names[i], argument
    for keyword in call.keywords:
        yield keyword.arg, keyword.value


def is_member(node, name):
    return isinstance(node, ast.Subscript) and strings(node.slice) == [name]


def uses(tree, known):
    """Kind, node and words of all that names something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for parameter, value in arguments(node, known):
                if parameter in KINDS:
                    yield KINDS[parameter], value, strings(value)
        elif isinstance(node, ast.Compare) and is_member(node.left, "event"):
            for value in node.comparators:
                yield "event", value, strings(value)


def short_lists(tree, words):
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            kind = LISTS.get(node.targets[0].id)
            if kind and strings(node.value) != words[kind]:
                yield node.lineno, f"{node.targets[0].id} is not {' '.join(words[kind])}"


def main(words_path, *paths):
    words, trees, known, seen = read_words(words_path), {}, collections.defaultdict(list), set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            trees[path] = ast.parse(file.read(), path)
        for name, names in parameters(trees[path]):
            known[name].append(names)
    for path, tree in trees.items():
        for line, what in short_lists(tree, words):
            print(f"{path}:{line}: {what}")
        for kind, node, found in uses(tree, known):
            seen.update([kind] if found else [])
            allowed = {word for k in (kind, *ALSO.get(kind, ())) for word in words[k]}
            for word in found:
                if word not in allowed:
                    print(f"{path}:{node.lineno}: no {kind} is called {word!r}")
    for kind in sorted(set(KINDS.values()) - seen):
        print(f"no {kind} is named in any of {len(paths)} files")


if __name__ == "__main__":
    main(*sys.argv[1:])
