# SPDX-License-Identifier: MIT
"""Changing what is listed (X24, X27-X30, X48, X70, X71 of doc/THREATS.md): by any name, below the file system, in use."""

from tests.attacks.row import HERE, PAYLOAD, Row, Variant, calls

FILE, VICTIM, COPY, SOURCE = HERE + "/payload", HERE + "/victim", "/var/tmp/own-copy", "/var/tmp/source"
SOURCED = ["/usr/bin/cp", FILE, SOURCE]
PRE_CONTENT = {"since": (6, 14), "absent": ("EINVAL",)}
_victims = iter(range(2, 100))


def files(hooks, word, *more, **kinds):
    return calls("files", hooks, [(word, *more)], **kinds)[0]


def victim():
    """A listed file in a protected directory that no other attack uses."""
    return f"{HERE}/v{next(_victims):02d}"


def by_worker(kinds, path):
    """The kernel's own threads do the work of io_uring: they have names of theirs."""
    kinds.update(by="", says=path)


def replaces(hooks, word, **kinds):
    """The payload runs under the victim's name."""
    path = victim()
    if word.startswith("uring"):
        by_worker(kinds, path)
    kinds.setdefault("prepare", [SOURCED])
    return files(hooks, word, path, SOURCE, proof=PAYLOAD, look=[path], **kinds)


def newer(hooks, word, *more, **kinds):
    return calls("newer", hooks, [(word, *more)], **kinds)[0]


def spoils(hooks, word, path=None, **kinds):
    """The effect is told by the program that had it."""
    path = path or victim()
    if word.startswith("uring") and "replace" in hooks:
        by_worker(kinds, path)
    return files(hooks, word, path, SOURCE, **kinds)


def after_verdict(hooks, word, **kinds):
    """At a copy where files may be changed: it has run once, so that there is a verdict on it."""
    path = f"{COPY}-{word}"
    if word.startswith("uring"):
        by_worker(kinds, path)
    return files(hooks, word, path, SOURCE, proof=PAYLOAD, look=[path],
                 prepare=[SOURCED, ["/usr/bin/rm", "-f", path], ["/usr/bin/cp", VICTIM, path], [path]], **kinds)


def in_use(hooks, word, library=VICTIM, **kinds):
    path = f"{COPY}-{word}"
    return files(hooks, word, path, prepare=[["/usr/bin/rm", "-f", path], ["/usr/bin/cp", library, path]], **kinds)


ROWS = [
    Row("X24", "a second name, a mount elsewhere, another root for a listed file, then a write", [
        replaces(("replace",), "second-name"), replaces(("write",), "bind-write", undo=[
            ["/usr/bin/umount", "-l", "/var/tmp/bound"]]),
        replaces(("write",), "chroot-write"), replaces(("write",), "by-proc-root")]),
    Row("X27", "changing a listed file: write, cut, replace, mode, owner, attributes", [
        replaces(("write",), "overwrite"), replaces(("write",), "open-truncate"),
        replaces(("replace",), "rename-over"), replaces(("replace",), "exchange"),
        replaces(("write",), "splice-in"), replaces(("write",), "copy-range"), replaces(("write",), "reopen"),
        replaces(("write", "replace"), "by-handle"),
        spoils(("write", "replace"), "read-truncate"), spoils(("write", "replace"), "truncate"),
        spoils(("write",), "append"), spoils(("write",), "punch"),
        spoils(("replace",), "move-away"), spoils(("replace",), "remove"),
        spoils(("replace",), "set-user-id"), spoils(("replace",), "other-owner"),
        spoils(("replace",), "capability"), spoils(("replace",), "access-list"),
        spoils(("replace",), "remove-xattr", HERE + "/v01"),
        spoils(("control",), "immutable"), spoils(("control",), "project"),
        newer(("replace",), "file-setattr", victim(), since=(6, 17)),
        newer(("replace",), "setxattrat", victim(), since=(6, 13)),
        newer(("replace",), "removexattrat", HERE + "/otherexe.so", since=(6, 13)),
        spoils(("write", "control"), "move-extent", prepare=[SOURCED])]),
    Row("X27b", "a listed copy where files may be changed, after it has run", [
        after_verdict(("write",), "overwrite"), after_verdict(("write",), "open-truncate"),
        after_verdict(("write",), "splice-in"), after_verdict(("write",), "copy-range"),
        after_verdict(("write",), "reopen"), after_verdict(("write", "replace"), "by-handle"),
        after_verdict(("write", "control"), "swap-boot"),
        after_verdict(("write",), "uring-open"), after_verdict(("write",), "uring-async")]),
    Row("X27c", "new names in protected directories", [
        Variant("create", [HERE + "/files", "create", "/usr/bin/new", SOURCE], ("replace",), proof=PAYLOAD, by="create",
                look=["/usr/bin/new"], prepare=[SOURCED], undo=[["/usr/bin/rm", "-f", "/usr/bin/new"]]),
        files(("replace",), "link-nameless", "/usr/bin/nameless", SOURCE, proof=PAYLOAD, look=["/usr/bin/nameless"],
              prepare=[SOURCED], undo=[["/usr/bin/rm", "-f", "/usr/bin/nameless"]]),
        spoils(("replace",), "mkdir", "/usr/bin/directory"),
        spoils(("replace",), "rmdir", "/usr/local/games"),
        spoils(("replace",), "symlink", "/etc/systemd/system/new.service"),
        spoils(("replace",), "move-away", "/opt", undo=[["/usr/bin/mv", "/var/tmp/moved-opt", "/opt"]])]),
    Row("X71", "content that is put into a listed file when the kernel comes to read it (fanotify)", [
        newer(("write",), "pre-content", victim(), SOURCE, proof=PAYLOAD, prepare=[SOURCED], **PRE_CONTENT),
        newer(("write",), "pre-content", COPY + "-pre", SOURCE, proof=PAYLOAD, **PRE_CONTENT, prepare=[
            SOURCED, ["/usr/bin/rm", "-f", COPY + "-pre"], ["/usr/bin/cp", VICTIM, COPY + "-pre"],
            [COPY + "-pre"]])]),
    Row("X28", "a descriptor or a mapping for writing from before the verdict", [
        in_use(("mmap",), "write-behind", says="own-copy"), in_use(("mmap",), "shared-before", says="own-copy")]),
    Row("X70", "a listed content with code behind the end of the file, in its last page", [
        files(("mmap",), "behind-end", COPY + "-end", VICTIM, says="own-copy-end", prepare=[
            ["/usr/bin/rm", "-f", COPY + "-end"]])]),
    Row("X29", "writing to a library in use", [in_use(("write",), "write-library")]),
    Row("X30", "writing to the disk below the file system", [
        replaces(("block",), "raw-disk"), replaces(("block",), "own-node"), replaces(("block",), "mapped-disk")]),
    Row("X48", "io_uring: opens, renames, commands to drivers", [
        replaces(("write",), "uring-open"), replaces(("write",), "uring-async"),
        replaces(("replace",), "uring-rename"), spoils(("replace",), "uring-unlink"),
        spoils(("replace",), "uring-setxattr"), spoils(("control",), "uring-command", "/dev/null"),
        spoils(("control",), "uring-command128", "/dev/null", since=(6, 19), absent=("EINVAL",))]),
]
