# SPDX-License-Identifier: MIT
"""Prints what Python files import without using it, and where they change the places that modules are looked for.

usage: tests/run imports FILE…
"""

import ast
import sys


def faults(tree):
    """(line, sentence) of each."""
    imported, used = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported.update(((alias.asname or alias.name).split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path":
            yield node.lineno, "changes sys.path"
    yield from ((line, f"does not use {name}") for name, line in imported.items() if name not in used)


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line, sentence in sorted(faults(ast.parse(file.read(), path))):
                print(f"{path}:{line} {sentence}")


if __name__ == "__main__":
    main()
