# SPDX-License-Identifier: MIT
"""Shows that the compiler refuses every change of the ABI, and prints what it accepts.

The headers of the ABI are compiled with abi.h as they are, which must succeed,
and with one field inserted, removed, swapped with its neighbour or resized,
for every field of every structure they define, which must be refused: all of
it in C, the changes of each structure's first field in the other languages.
The changes are made from the headers, not from abi.def, so a structure that
the table lacks shows as one that may be changed.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HEADERS = ("include/uapi/linux/atmguard.h", "include/atmguard/object.h", "include/atmguard/verdict.h")
SYSTEM = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
COMPILERS = {
    "C": ["gcc", "-std=gnu11", "-x", "c"],
    "32-bit C": ["gcc", "-std=gnu11", "-m32", "-isystem", f"/usr/include/{SYSTEM}", "-x", "c"],
    "C++": ["g++", "-std=c++17", "-x", "c++"],
    "BPF": [os.environ.get("CLANG", "clang"), "-target", "bpf", "-isystem", f"/usr/include/{SYSTEM}", "-x", "c"],
}
# A refusal must be the proof's, not a slip of the mutation.
PROOF = re.compile(r"static.assert|no member named")
WIDER = {"8": "16", "16": "32", "32": "64", "64": "32"}


class Field:
    """One field as it is declared: its type, its name, its dimension with brackets."""

    def __init__(self, kind, name, dimension):
        self.kind, self.name, self.dimension = kind, name, dimension

    def __str__(self):
        return f"\t{self.kind} {self.name}{self.dimension};"

    def resized(self):
        """The same field with another size."""
        if self.dimension:
            return Field(self.kind, self.name, f"[1 + {self.dimension[1:-1]}]")
        return Field(re.sub(r"\d+$", lambda digits: WIDER[digits[0]], self.kind), self.name, "")


def fields_of(body):
    """The fields between the braces of a structure."""
    for declaration in filter(None, (part.strip() for part in body.split(";"))):
        kind, names = re.fullmatch(r"((?:struct )?\w+)\s+(.*)", declaration, re.S).groups()
        for name in names.split(","):
            yield Field(kind, *re.fullmatch(r"(\w+)(.*)", name.strip()).groups())


def mutations(fields):
    """What is done to a structure, in words, and the fields it has then."""
    extra = Field("__u8", "extra", "")
    for i, field in enumerate(fields):
        before, after = fields[:i], fields[i + 1:]
        yield f"{field.name} with a field before it", before + [extra, field] + after
        yield f"{field.name} removed", before + after
        yield f"{field.name} resized", before + [field.resized()] + after
        if after:
            yield f"{field.name} behind {after[0].name}", before + [after[0], field] + after[1:]
    yield f"{fields[-1].name} with a field behind it", fields + [extra]


def mutants(header):
    """(languages, structure, words, text of the header) for each change."""
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for match in re.finditer(r"struct (\w+) \{\n(.*?)\n\};", text, re.S):
        original = list(fields_of(match[2]))
        for words, fields in mutations(original):
            languages = COMPILERS if words.split()[0] == original[0].name else ["C"]
            body = "\n".join(map(str, fields))
            yield languages, match[1], words, text[:match.start(2)] + body + text[match.end(2):]


def compiled(language, directory=None):
    """What the compiler says of abi.h, with the headers of directory before those of the tree."""
    places = ([directory] if directory else []) + ["include", "include/uapi"]
    command = COMPILERS[language] + ["-fsyntax-only", *(f"-I{place}" for place in places), "-"]
    done = subprocess.run(command, input="#include <atmguard/abi.h>\n", capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def judged(header, languages, structure, words, text):
    """A sentence for each language in which the change is not refused by the proof."""
    with tempfile.TemporaryDirectory() as directory:
        place = os.path.join(directory, *header.split("/")[-2:])
        os.mkdir(os.path.dirname(place))
        with open(place, "w", encoding="utf-8") as file:
            file.write(text)
        for language in languages:
            status, said = compiled(language, directory)
            if status == 0:
                yield f"{language} accepts {structure}: {words}"
            elif not PROOF.search(said):
                yield f"{language} refuses {structure}, {words}, for another reason: {said.splitlines()[0]}"


def main():
    failed = []
    for language in COMPILERS:
        status, said = compiled(language)
        if status:
            failed.append(f"{language} refuses the headers as they are: {said}")
    changes = [(header, *mutant) for header in HEADERS for mutant in mutants(header)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for sentences in pool.map(lambda change: list(judged(*change)), changes):
            failed += sentences
    if "-v" in sys.argv[1:]:
        print(f"{len(changes)} changes of {len({change[2] for change in changes})} structures, "
              f"in {', '.join(COMPILERS)}")
    print(*failed, sep="\n", end="\n" if failed else "")
    return bool(failed)


sys.exit(main())
