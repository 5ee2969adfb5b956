# SPDX-License-Identifier: MIT
"""A disk of several partitions put together from images, and taken apart again, without mounting or privilege."""

import os
import subprocess

SECTOR = 512
# Where partitions begin: at whole MiB, the first behind the table.
ALIGN = 1 << 20
# What the policies of the tests name, as intruder.c sets it.
DATA_UUID = "da7ada7a-0000-4000-8000-00000000da7a"


def make_ext4(path, mib, *options, uuid=DATA_UUID, files=None):
    """An ext4 image; files: {path in it: file here}, all readable and startable."""
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-U", uuid, "-E", "root_owner=0:0", *options, path, f"{mib}M"],
                   check=True, stdin=subprocess.DEVNULL)
    commands = []
    for to, source in (files or {}).items():
        commands += [f'write "{os.path.realpath(source)}" "{to}"', f'sif "{to}" mode 0100755',
                     f'sif "{to}" uid 0', f'sif "{to}" gid 0']
    if commands:
        subprocess.run(["debugfs", "-w", "-f", "-", path], check=True, input="\n".join(commands) + "\n", text=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_vfat(path, mib, files):
    """A FAT image; files: {name in it: file here}."""
    subprocess.run(["mkfs.vfat", "-C", path, str(mib << 10)], check=True, stdout=subprocess.DEVNULL)
    for name, source in files.items():
        subprocess.run(["mcopy", "-i", path, source, "::" + name], check=True)


def copy_range(source, target, start, length):
    """Copies the beginning of one file into another at an offset, leaving out what is all zeros."""
    subprocess.run(["dd", f"if={source}", f"of={target}", f"bs={ALIGN}", f"seek={start // ALIGN}",
                    f"count={-(-length // ALIGN)}", "conv=sparse,notrunc", "status=none"], check=True)


def assemble(images, to):
    """A disk with a GPT and one partition for each image, in that order; returns where each begins."""
    starts, at = [], ALIGN
    for image in images:
        starts.append(at)
        at += -(-os.path.getsize(image) // ALIGN) * ALIGN
    with open(to, "wb") as file:
        file.truncate(at + ALIGN)
    table = "label: gpt\n" + "".join(
        f"start={start // SECTOR}, size={os.path.getsize(image) // SECTOR}, type=L\n"
        for start, image in zip(starts, images))
    subprocess.run(["sfdisk", "-q", to], input=table, text=True, check=True)
    for start, image in zip(starts, images):
        copy_range(image, to, start, os.path.getsize(image))
    return starts


def extract(overlay, start, length, to):
    """The bytes of one partition out of a machine's disk, for e2fsck(8)."""
    subprocess.run(["qemu-img", "dd", "-U", "-f", "qcow2", "-O", "raw", f"if={overlay}", f"of={to}",
                    f"bs={ALIGN}", f"skip={start // ALIGN}", f"count={(start + length) // ALIGN}"], check=True)
