# SPDX-License-Identifier: MIT
"""A copy of the guest's disk with files of a test on it, made without mounting or privilege."""

import hashlib
import os
import re
import subprocess
import tempfile

from tests.machine import machine

ATTACK_DIR = "/attack"


class DiskError(Exception):
    """A file cannot be put on the disk."""


def copy_image(image, to):
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", image, to], check=True)


def debugfs(image, commands):
    """Runs debugfs commands on the image, and believes none that says anything."""
    with tempfile.NamedTemporaryFile("w", suffix=".debugfs") as script:
        script.write("\n".join(commands) + "\n")
        script.flush()
        done = subprocess.run(["debugfs", "-w", "-f", script.name, image], check=True,
                              capture_output=True, text=True, env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/sbin:/usr/sbin"})
    said = [line for line in (done.stdout + done.stderr).splitlines()
            if line and not line.startswith(("debugfs", "Allocated inode"))]
    if said:
        raise DiskError("debugfs: " + "; ".join(said))


def write_commands(source, path, mode):
    """The debugfs commands that put the file source at path, owned by root."""
    return [f'write "{os.path.realpath(source)}" "{path}"', f'sif "{path}" mode 0{0o100000 | mode:o}',
            f'sif "{path}" uid 0', f'sif "{path}" gid 0']


def read(image, path):
    """The bytes of a file on the image."""
    with tempfile.NamedTemporaryFile() as to:
        debugfs(image, [f'dump "{path}" "{to.name}"'])
        return to.read()


def put(image, path, data, mode=0o644):
    """Makes a file on the image."""
    with tempfile.NamedTemporaryFile() as source:
        source.write(data)
        source.flush()
        debugfs(image, write_commands(source.name, path, mode))


def remove(image, path):
    debugfs(image, [f'rm "{path}"'])


def replace(image, path, data, mode=0o644):
    """Puts other bytes in a file's place, as somebody does who holds the disk in his hands."""
    remove(image, path)
    put(image, path, data, mode)


def attack_commands(files):
    commands, seen = [], set()
    for source in files:
        name = os.path.basename(source)
        if not os.path.isfile(source):
            raise DiskError(f"no such file: {source}")
        if not re.fullmatch(r"[A-Za-z0-9._+-]+", name):
            raise DiskError(f"{name!r}: only letters, digits and ._+- in names, please")
        if name in seen:
            raise DiskError(f"two files named {name}")
        seen.add(name)
        mode = 0o755 if os.access(source, os.X_OK) else 0o644
        commands += write_commands(source, f"{ATTACK_DIR}/{name}", mode)
    return commands


def listed_as(content):
    """What a trusted file becomes in the policy, by its first bytes."""
    if content.startswith(b"\x7fELF"):
        return "program+library"
    return "script" if content.startswith(b"#!") else "data"


def policy_line(source):
    with open(source, "rb") as file:
        content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    return f"{listed_as(content)} sha256:{digest} {ATTACK_DIR}/{os.path.basename(source)}\n"


def tool(*args):
    done = subprocess.run([os.path.join(machine.BUILD, "bin", "atmguard-policy"), *args],
                          check=False, capture_output=True, text=True)
    if done.returncode:
        raise DiskError(done.stderr.strip())


def compile_policy(kernel, trust, scratch, text_lines=""):
    """The bytes of the image's policy with the trusted files and the lines in it."""
    text, binary = (os.path.join(scratch, "trust." + end) for end in ("txt", "bin"))
    with open(text, "w", encoding="utf-8") as file:
        file.writelines(policy_line(source) for source in trust)
        file.write(text_lines)
    tool("compile", "-o", binary, os.path.join(machine.BUILD, "images", kernel, "policy.txt"), text)
    with open(binary, "rb") as file:
        return file.read()


def trust_commands(kernel, trust, text_lines, scratch):
    """Compiles and signs that policy, as the vendor does."""
    compile_policy(kernel, trust, scratch, text_lines)
    binary, signature = (os.path.join(scratch, "trust." + end) for end in ("bin", "p7s"))
    vendor = os.path.join(machine.BUILD, "keys", "vendor", "vendor.")
    tool("sign", "--key", vendor + "key", "--cert", vendor + "pem", "-o", signature, binary)
    state = "/var/lib/atmguard/policy/current."
    return [command for source, end in ((binary, "bin"), (signature, "p7s"))
            for command in [f"rm {state}{end}", *write_commands(source, state + end, 0o644)]]


def prepare(kernel, to, trust, copy, stock, text=""):
    """Makes the copy of KERNEL's disk at `to`, with the files in /attack and the lines in the policy."""
    commands = attack_commands(trust + copy)
    copy_image(os.path.join(machine.BUILD, "images", kernel, "root.img"), to)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(to)) as scratch:
        if (trust or text) and not stock:
            commands += trust_commands(kernel, trust, text, scratch)
        debugfs(to, commands)
