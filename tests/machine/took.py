# SPDX-License-Identifier: MIT
"""What the program of the tests that runs here has taken so far, and how much of it while its machines started."""

import contextlib
import json
import os
import resource
import time

_began = time.monotonic()
# When machines were switched on, those too that stay off, and the spans in which it was waited for one to be up.
_boots, _waits = [], []


def boot():
    """A machine is switched on."""
    _boots.append(time.monotonic())


@contextlib.contextmanager
def booting():
    """While it is waited for a machine to be up."""
    began = time.monotonic()
    try:
        yield
    finally:
        _waits.append((began, time.monotonic()))


def _covered(spans):
    """How long there was one of the spans: several machines may start at once."""
    total, end = 0, 0
    for first, last in sorted(spans):
        total += max(last - max(first, end), 0)
        end = max(end, last)
    return total


def processor_s():
    """Of this program and of all it has started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def note(directory, name):
    """Leaves a line for tests/run times; each is whole, though several programs write."""
    line = {"program": name, "wall_s": time.monotonic() - _began, "processor_s": processor_s(),
            "boots": len(_boots), "booting_s": _covered(_waits)}
    with open(os.path.join(directory, "took"), "a", encoding="ascii") as file:
        file.write(json.dumps(line) + "\n")
