# SPDX-License-Identifier: MIT
"""Machine code in a process's own memory (X8-X15, X18 of doc/THREATS.md): nothing that was written runs."""

from tests.attacks.row import HERE, MEM_CLOSED, Row, calls

LIBC = "/lib/x86_64-linux-gnu/libc.so.6"
CODE = HERE + "/code.bin"
# Listed, for jobs with the scope tools only.
TECHNICIANS = "/usr/lib/atmguard-tests/diagnose"


def memory(hooks, *names, **more):
    return calls("memory", hooks, names, **more)


def implied(*names):
    return memory(("persona",), *names, errors=(),
                  unless={"error": "the call succeeds, and the bit is missing afterwards"})


ROWS = [
    Row("X8", "an unlisted file, mapped readable, then executable; a technician's program mapped", [
        *memory(("mprotect",), ("read-to-exec", CODE)),
        *memory(("mmap",), ("map-unlisted", CODE), says="code.bin"),
        *memory(("mmap",), ("map-program", TECHNICIANS), says=TECHNICIANS)]),
    Row("X9", "pages of a listed file, executable, made writable",
        memory(("mprotect",), ("exec-to-write", LIBC), ("exec-write-exec", LIBC), ("write-beside", LIBC))),
    Row("X10", "pages of a listed file, written, made executable (execmod)",
        memory(("mprotect",), ("write-to-exec", LIBC))),
    Row("X11", "a file mapped writable and executable at once", [
        *memory(("mmap",), ("file-rwx", LIBC), says="libc"),
        *memory(("mmap",), ("file-shared-rwx", "/var/tmp/rwx"), says="/var/tmp/rwx",
                prepare=[["/usr/bin/cp", CODE, "/var/tmp/rwx"]])]),
    Row("X12", "a file in memory or on the disk mapped twice, writable and executable", [
        *memory(("mmap",), "memfd-twice", "memfd-sealed", says="memfd"),
        *memory(("mmap",), "dev-shm", says="/code"),
        *memory(("mmap",), "remap-pages", says="memfd"),
        *memory(("mmap",), ("file-twice", "/var/tmp/twice"), says="/var/tmp/twice"),
        *memory(("mmap",), ("tmpfile-twice", "/var/tmp")),
        *memory(("mmap",), ("tmpfile-twice", "/dev/shm")),
        *memory(("mmap",), "sysv-shm"),
        *memory(("mprotect",), "sysv-mprotect")]),
    Row("X13", "anonymous executable memory", [
        *memory(("anon",), "anon-rwx", "anon-shared", "grows-down", "userfault", "moved-over"),
        *memory(("mmap",), "dev-zero-exec", says="/dev/zero"),
        *memory(("mprotect",), "anon-to-exec", "anon-exec-only", "pkey-exec", "none-to-exec", "grows-mprotect",
                "heap-mprotect", "stack-mprotect", "dev-zero"),
        *memory(("control", "mmap"), "huge-page",
                undo=[["/bin/sh", "-c", "echo 0 >/proc/sys/vm/nr_hugepages"]])]),
    Row("X14", "personality READ_IMPLIES_EXEC, then a mapping",
        implied("implied-map", "implied-shm")),
    Row("X15", "personality READ_IMPLIES_EXEC, then the heap, by either system call",
        implied("implied-brk", "implied-32")),
    Row("X18", "writing to one's own text through /proc",
        memory(("ptrace",), "own-mem", "thread-mem", "task-mem", closed=MEM_CLOSED)),
]
