# SPDX-License-Identifier: MIT
"""A copy of the guest's disk with files of a test on it, made without mounting or privilege."""

import os
import re
import subprocess
import tempfile

import machine

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


def prepare(kernel, to, trust, copy, stock):
    """Makes the copy of KERNEL's disk at `to`, with the files in /attack."""
    commands = attack_commands(trust + copy)
    copy_image(os.path.join(machine.BUILD, "images", kernel, "root.img"), to)
    if trust and not stock:
        raise DiskError("--trust needs the policy, which is not built yet")
    debugfs(to, commands)
