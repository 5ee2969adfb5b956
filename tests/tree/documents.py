# SPDX-License-Identifier: MIT
"""Finds lines of documents that are too wide, and names in backticks that the tree does not have.

usage: tests/run tree/documents lines FILE…    the documents
       tests/run tree/documents names FILE…    all files of the tree

lines  every line that does not fit into a window of COLUMNS_MAX
names  `ag_foo()` must be called or defined somewhere, `struct foo` be one, `--foo` be in the help of a program,
       `make foo` a target, `foo.c` a file, and every other identifier, or word that stands alone, be one of the
       code, comments left out; a star or an ellipsis stands for any letters.  $BUILD/bin has the programs.
"""
import collections
import fnmatch
import os
import re
import subprocess
import sys
import unicodedata

COLUMNS_MAX = 119

# Names of Linux and of other programs that the code has no use for: hooks it cannot
# have, what came after 6.12 and was tried, and what statements of a policy are for.
ELSEWHERE = {
    "security_add_hooks", "uselib", "SCM_RIGHTS", "slub_debug", "fsck", "endscript",
    "AT_EXECVE_CHECK", "BPF_TOKEN_CREATE", "FD_FAILFS_ROOT", "FSMOUNT_NAMESPACE", "IORING_OP_URING_CMD128",
    "OPEN_TREE_NAMESPACE", "PTRACE_SET_SYSCALL_INFO", "UNSHARE_EMPTY_MNTNS", "open_tree_attr",
}


def columns(line):
    """The width of a line on a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def wide_lines(paths):
    """Lines that are too wide, with their place."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if columns(line.rstrip("\n")) > COLUMNS_MAX:
                    yield f"{path}:{number}: {columns(line)} columns"


# ---- what the tree has ----

Tree = collections.namedtuple("Tree", "code words files targets options")


def lines_of(*command):
    """What a program prints."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, text=True, errors="replace").stdout.splitlines()


def code_of(path):
    """A source file without its comments."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if path.endswith((".c", ".h", ".def")):
        return re.sub(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', lambda match: match[1] or " ", text, flags=re.S)
    return re.sub(r"(?m)^\s*#(?!!).*$", "", text)


def helps():
    """What the programs with a manual page, and the commands of atmguard-policy, say of themselves."""
    for page in sorted(os.listdir("man")):
        program = os.path.join(os.environ.get("BUILD", "build"), "bin", page.rpartition(".")[0])
        about = lines_of(program, "--help")
        yield from about
        if page.startswith("atmguard-policy."):
            for command in filter(None, (re.match(r"  ([a-z]+) ", line) for line in about)):
                yield from lines_of(program, command[1], "--help")


def read_tree(files):
    """What there is to name."""
    sources = [path for path in files if not path.endswith(".md") and path != "tests/tree/documents.py"
               and not path.startswith(("LICENSES/", "man/", "tests/fuzz/corpus/"))]
    code = "\n".join(map(code_of, sources))
    rules = "\n".join(code_of(path) for path in sources if path.endswith((".mk", "Makefile")))
    return Tree(code, set(re.findall(r"[\w-]+", code)) | set(re.findall(r"\w+", code)),
                {os.path.basename(path) for path in files},
                {target for line in re.findall(r"(?m)^([\w .-]+):", rules) for target in line.split()},
                set(re.findall(r"--[a-z][a-z-]*", "\n".join([*helps(), *map(code_of, (
                    path for path in sources if path.startswith("tests/")))]))))


# ---- what documents name ----

def spans(path):
    """Every text in backticks, code blocks left out."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    text = re.sub(r"(?m)^(#.*|)\n(?: {4}.*\n)+", r"\1\n", text)
    return re.findall(r"`([^`]+)`", text)


def has_word(tree, word):
    """Whether the code has the word, in which * stands for any letters."""
    if word in ELSEWHERE:
        return True
    return bool(fnmatch.filter(tree.words, word)) if "*" in word else word in tree.words


def is_missing(tree, span):
    """What of a text in backticks is not there; None: all is."""
    span = span.replace("…", "*")
    if re.fullmatch(r"[\w.-]+\.(c|h|def|py|sh|mk|md|txt|rules)", span):
        return None if span in tree.files else span
    call = re.fullmatch(r"(\w+)\([^0-9]*\)", span)
    if call:
        return None if re.search(rf"\b{call[1]}\(", tree.code) or call[1] in ELSEWHERE else span
    kind = re.fullmatch(r"(struct|enum|union) (\w+)", span)
    if kind:
        return None if re.search(rf"\b{span}\b", tree.code) else span
    target = re.match(r"make ([a-z-]+)", span)
    if target and target[1] not in tree.targets:
        return span
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", span):
        if option not in tree.options:
            return option
    if span.startswith(("/", "$", "http")) or re.match(r"[a-z]+/", span):
        return None     # places of a machine, and of the tree, which have a check of their own
    words = [span] if re.fullmatch(r"[\w*-]+", span) else re.findall(r"[\w*]*_[\w*]+", span)
    return next((word for word in words if not has_word(tree, word)), None)


def missing_names(paths):
    """Names that nothing in the tree has, with the document that names them."""
    tree = read_tree(paths)
    for path in (path for path in paths if path.endswith(".md")):
        for name in sorted(set(filter(None, (is_missing(tree, span) for span in spans(path))))):
            yield f"{path} names {name}"


CHECKS = {"lines": wide_lines, "names": missing_names}
if sys.argv[1:2] == [] or sys.argv[1] not in CHECKS:
    sys.exit(__doc__)
found = list(CHECKS[sys.argv[1]](sys.argv[2:]))
print(*found, sep="\n", end="\n" if found else "")
sys.exit(bool(found))
