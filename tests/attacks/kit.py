# SPDX-License-Identifier: MIT
"""What the intruder brings: taken-over programs that are listed, payloads that are not, media, a share."""

import lzma
import os
import shutil
import subprocess

import disk
import machine
import story

BUILT = os.path.join(machine.BUILD, "attacks")
DEMO = os.path.join(machine.BUILD, "demo")
# Listed: they stand for listed programs that were taken over.
TOOLS = ("memory",)
# Listed files that attacks on files take, one each: a program that says "the listed one".
NR_VICTIMS = 24
# A module of the stock kernel that is not loaded.
MODULE = "nlmon"


def module_bytes(kernel, name):
    """A module as the kernel's package has it, and whether it is compressed."""
    root = os.path.join(machine.BUILD, "kernel", kernel, "modules", "lib", "modules")
    for directory, _, files in os.walk(root):
        for end in (".ko.xz", ".ko"):
            if name + end in files:
                with open(os.path.join(directory, name + end), "rb") as file:
                    return file.read(), end == ".ko.xz"
    raise story.StoryError(f"no module {name} below {root}")


class Kit:
    def __init__(self, kernel, scratch):
        self.kernel, self.scratch = kernel, scratch
        self.trusted = [os.path.join(BUILT, name) for name in TOOLS]
        self.unlisted = [os.path.join(DEMO, name) for name in ("payload", "payload.so")]
        self.unlisted.append(self._file("code.bin", b"\xb8\x2a\0\0\0\xc3" + bytes(4090)))
        self._modules()
        self.share = os.path.join(scratch, "share")
        os.mkdir(self.share)
        shutil.copy(os.path.join(DEMO, "payload"), self.share)
        self.foreign = self._foreign_disk()

    def _file(self, name, data, mode=0o644):
        path = os.path.join(self.scratch, name)
        with open(path, "wb") as file:
            file.write(data)
        os.chmod(path, mode)
        return path

    def _modules(self):
        """The same code as a listed module, but not the same bytes."""
        data, is_compressed = module_bytes(self.kernel, MODULE)
        plain = (lzma.decompress(data) if is_compressed else data) + b"\0"
        self.unlisted += [self._file("unlisted.ko", plain),
                          self._file("unlisted.ko.xz", lzma.compress(plain, check=lzma.CHECK_CRC32))]

    def _foreign_disk(self):
        path = os.path.join(self.scratch, "foreign.img")
        with open(path, "wb") as file:
            file.truncate(16 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", self.share, path], check=True)
        return path

    def image(self, stock=True):
        """A disk with all of it; the stock machine's."""
        path = os.path.join(self.scratch, "root.img")
        disk.prepare(self.kernel, path, self.trusted, self.unlisted, stock)
        return path
