# SPDX-License-Identifier: MIT
"""
What policies of growing size cost: loading, memory, and the judgement of a file.

The policies are made, compiled and signed as a vendor would, of what the guest
needs and of random digests, and loaded in a locked guest one after the other.
"""

import os
import re
import subprocess

from tests.bench import guest
from tests.machine import disk, machine

SIZES = (1000, 100_000, 1_000_000)
# Small files that are judged again under each policy.
NR_TINY = 200
# Entries of the guest's policy that stay, so that the measuring programs run.
NEEDED = re.compile(r" (/usr)?/(lib/atmguard-tests|lib64|lib/x86_64-linux-gnu/(ld-|libc\.)|bin/(cat|true))")
# Bytes of kernel memory for each entry, and milliseconds for 100,000 on bare metal.
BAR_BYTES, BAR_MS, BAR_MS_AT = 40, 50, 100_000
# Of ag_policy_header.nr_entries in include/atmguard/object.h.
NR_ENTRIES_AT = 124
VENDOR = [os.path.join(machine.BUILD, "keys", "vendor", "vendor." + end) for end in ("key", "pem")]


def make_tiny(scratch):
    """Small files that count as libraries."""
    paths = []
    for number in range(NR_TINY):
        paths.append(os.path.join(scratch, f"tiny{number:03}"))
        with open(paths[-1], "wb") as file:
            file.write(b"\x7fELF and no more, number %d\n" % number)
    return paths


def needed_lines(kernel, version, trust):
    """The guest's policy without what is not needed."""
    with open(os.path.join(machine.BUILD, "images", kernel, "policy.txt"), encoding="utf-8") as file:
        lines = [line for line in file if " sha256:" not in line or NEEDED.search(line)]
    lines = [f"policy-version {version}\n" if line.startswith("policy-version ") else line for line in lines]
    return lines + [disk.policy_line(path) for path in trust]


def compile_lines(lines, binary):
    """Compiles a policy's text and returns how many entries it has, as its header says."""
    text = binary + ".txt"
    with open(text, "w", encoding="utf-8") as file:
        file.writelines(lines)
    disk.tool("compile", "-o", binary, text)
    os.unlink(text)
    with open(binary, "rb") as file:
        file.seek(NR_ENTRIES_AT)
        return int.from_bytes(file.read(4), "little")


def make_policy(kernel, scratch, version, trust, size):
    """A signed policy of so many entries, filled up with random digests; paths of object and signature."""
    binary, signature = (os.path.join(scratch, f"policy-{size}.{end}") for end in ("bin", "p7s"))
    lines = needed_lines(kernel, version, trust)
    more = size - compile_lines(lines, binary)
    lines += (f"library sha256:{os.urandom(32).hex()} /none/{number}\n" for number in range(more))
    if (entries := compile_lines(lines, binary)) != size:
        raise guest.BenchError(f"a policy of {entries} entries instead of {size}")
    disk.tool("sign", "--key", VENDOR[0], "--cert", VENDOR[1], "-o", signature, binary)
    return binary, signature


class Scales:
    """Makes the files for the disk, then measures in a locked guest that has them."""

    def __init__(self, kernel, scratch, sizes=SIZES):
        self.tiny = make_tiny(scratch)
        self.policies = {size: make_policy(kernel, scratch, 2 + number, [*guest.PROGRAMS, *self.tiny], size)
                         for number, size in enumerate(sizes)}
        self.files = [path for pair in self.policies.values() for path in pair]

    def judge(self, box):
        return map(int, guest.ask(box, "/attack/scale", "judge",
                                  *("/attack/" + os.path.basename(path) for path in self.tiny)).split())

    def measure_size(self, box, size):
        pair = ["/attack/" + os.path.basename(path) for path in self.policies[size]]
        load, entries, memory = map(int, guest.ask(box, "/attack/scale", "load", *pair).split())
        if entries != size:
            raise guest.BenchError(f"{entries} entries instead of {size}")
        judged, mapped = self.judge(box)
        verify_ms, hash_ms, check_ms, find_ns = map(float, subprocess.run(
            [os.path.join(machine.BUILD, "bench", "check"), *self.policies[size], VENDOR[1]],
            check=True, capture_output=True, text=True).stdout.split())
        return {"entries": size, "load": load, "bytes_each": memory / entries, "judged": judged, "mapped": mapped,
                "host_verify_ms": verify_ms, "host_hash_ms": hash_ms, "host_check_ms": check_ms,
                "host_find_ns": find_ns}

    def measure(self, box):
        self.judge(box)  # their verdicts get their memory here
        return [self.measure_size(box, size) for size in self.policies]
