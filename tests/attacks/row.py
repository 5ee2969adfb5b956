# SPDX-License-Identifier: MIT
"""One row of the table of attacks: what is tried, what proves that it worked, and what must have stopped it."""

from dataclasses import dataclass, field

# Programs of the intruder that are listed: they stand for a listed program that was taken over.
HERE = "/attack"
# What every payload prints when it gets to run.
PAYLOAD = "PAYLOAD RUNS"
# What an attack program prints when it saw its effect (attack.h).
SUCCEEDED = "SUCCEEDED"

# Debian builds its newer kernels so (CONFIG_PROC_MEM_FORCE_PTRACE).
MEM_CLOSED = ((7, 0), ("EIO",), "which lets only a tracer write past page protections by /proc/PID/mem")


class RowError(Exception):
    """A row is written wrongly."""


def program(name):
    return f"{HERE}/{name}"


@dataclass
class Variant:
    """
    One way to make the attack.  It worked if `proof` stands in what `argv`, and
    then `look`, printed; it was stopped if that is missing, an error of
    `errors` was given, and a record of one of `hooks` was written meanwhile.

    `prepare` are commands or files that must go well on both machines, `undo`
    brings the stock machine back.  `unless` gives a reason in place of what
    has none: {"error": why, "record": why, "stock": why}.

    Kernels differ: one before `since` has not what the attack uses, and has to
    say so by one of `absent`, guarded or not; one from `closed[0]` on refuses
    by itself, by one of `closed[1]`, for the reason `closed[2]`.
    """

    name: str
    argv: list
    hooks: tuple = ()
    proof: str = SUCCEEDED
    errors: tuple = ("EPERM",)
    event: str = "DENY"  # of the record
    says: str = ""  # in the record's detail
    by: str = ""  # the record's comm
    env: dict = field(default_factory=dict)
    stdin: bytes = None
    uid: int = 0
    prepare: list = field(default_factory=list)
    look: list = None
    undo: list = field(default_factory=list)
    unless: dict = field(default_factory=dict)
    timeout: int = 60
    since: tuple = ()
    absent: tuple = ("ENOSYS",)
    closed: tuple = ()

    def __post_init__(self):
        if not self.hooks and "record" not in self.unless:
            raise RowError(f"{self.name}: neither a hook nor a reason for none")
        if not self.errors and "error" not in self.unless:
            raise RowError(f"{self.name}: neither an error nor a reason for none")
        if self.hooks and not (self.by or self.says):
            raise RowError(f"{self.name}: no word by which its record is known")

    def refusal(self, release):
        """The errors by which a stock kernel of that release refuses this by itself, and why; none: it does not."""
        if release < self.since:
            return self.absent, "comes with Linux %d.%d" % self.since
        if self.closed and release >= self.closed[0]:
            return self.closed[1:]
        return (), ""

    def denial(self):
        """What makes two denials equal to the guard, as far as it is known before."""
        return self.hooks, self.says


@dataclass
class Row:
    """An attack of the catalogue, stopped only if every variant of it is."""

    number: str
    title: str
    variants: list
    family: str = ""


@dataclass
class Try:
    """A step of preparation that need not go well everywhere."""

    argv: list


@dataclass
class Put:
    """A step of preparation: a file in the guest."""

    path: str
    data: bytes
    mode: int = 0o755


def calls(tool, hooks, names, **more):
    """Variants that are words of an attack program; `names` are "WORD" or ("WORD", argument…)."""
    variants = []
    for entry in names:
        word, *rest = (entry,) if isinstance(entry, str) else entry
        variants.append(Variant(word, [program(tool), word, *rest], hooks, **{"by": word[:15], **more}))
    return variants
