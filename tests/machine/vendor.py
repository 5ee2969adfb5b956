# SPDX-License-Identifier: MIT
"""The vendor's desk: makes and signs policies that differ from the one on the guest's image."""

import hashlib
import os
import re
import tempfile

from tests.machine import disk, machine, signing

ON_DISK = "/var/lib/atmguard/policy/current."


def text_of(kernel=machine.KERNEL):
    """The text of the policy that the image was made with."""
    with open(os.path.join(machine.BUILD, "images", kernel, "policy.txt"), encoding="utf-8") as file:
        return file.read()


def quote(word):
    """A word as the language has it, whatever bytes it holds."""
    return '"' + "".join(c if c.isalnum() or c in " ./-_&|;{}[]()=,:$" else f"\\x{ord(c):02x}" for c in word) + '"'


def entry(types, content, path, *flags):
    """The line that lists a content."""
    return " ".join([types, "sha256:" + hashlib.sha256(content).hexdigest(), path, *flags])


def change(text, version=None, mode=None, flags=None, without=()):
    """
    A text with another version or mode, other flags of some paths, and without
    the lines of others.  flags: {path: "flag flag"}, in place of those it has.
    """
    lines = []
    for line in text.splitlines():
        words = line.split()
        path = words[2] if len(words) > 2 and words[1].startswith("sha256:") else None
        if path in without:
            continue
        if flags and path in flags:
            line = " ".join(words[:3] + [flags[path]]).rstrip()
        lines.append(line)
    text = "\n".join(lines) + "\n"
    if version:
        text = re.sub(r"(?m)^policy-version .*$", f"policy-version {version}", text)
    return re.sub(r"(?m)^mode .*$", f"mode {mode}", text) if mode else text


def sign(text, *more_lines):
    """The signed policy of a text and further lines: (object, signature)."""
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="vendor-") as scratch:
        source, binary = (os.path.join(scratch, name) for name in ("policy.txt", "policy.bin"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text + "".join(line + "\n" for line in more_lines))
        disk.tool("compile", "-o", binary, source)
        with open(binary, "rb") as file:
            data = file.read()
    return data, signing.sign(data, signing.VENDOR)


def install(image, policy):
    """Puts a signed policy on a disk image, in place of the one that is there."""
    for end, data in zip(("bin", "p7s"), policy):
        disk.replace(image, ON_DISK + end, data)
