# SPDX-License-Identifier: MIT
"""What the intruder brings: taken-over programs that are listed, payloads that are not, media, a share."""

import hashlib
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import zipfile

from tests.machine import disk, machine, signing, story

BUILT = os.path.join(machine.BUILD, "attacks")
DEMO = os.path.join(machine.BUILD, "demo")
# Listed: they stand for listed programs that were taken over, and for libraries of theirs.
TOOLS = ("memory", "exec", "process", "carrier", "files", "kernel", "trick", "newer", "victim", "otherexe.so",
         "stack.so", "stack-program")
SHAPES = ("payload-static", "payload-nopie", "payload-static-pie")
# Listed files that attacks are made at, one each: see victim.c.
NR_VICTIMS = 40
# Settings that lead a listed program to the unlisted library.
SETTINGS = {
    "preload": "/attack/payload.so\n",
    "pam": "auth required /attack/payload.so\naccount required /attack/payload.so\n",
    "gconv-modules": "module PAYLOAD// INTERNAL payload 1\nmodule INTERNAL PAYLOAD// payload 1\n",
    "openssl.cnf": "openssl_conf = all\n[all]\nengines = engines\n[engines]\nown = own\n"
                   "[own]\nengine_id = own\ndynamic_path = /attack/payload.so\ninit = 1\n",
}
# A module of the stock kernel that is not loaded.
MODULE = "nlmon"


def bss_program():
    """
    An ELF program whose one segment is code and longer in memory than in the
    file: what is added may be written and run.  It writes attack_code there,
    calls it, and says so.
    """
    base, at, said = 0x400000, 0x402000, b"SUCCEEDED: code of its own returned 42\n"
    write = (b"\xb8\1\0\0\0\xbf\1\0\0\0\xbe%s\xba%s\x0f\5" % (b"TEXT", struct.pack("<I", len(said))))
    code = (b"\xc7\x04\x25" + struct.pack("<I", at) + b"\xb8\x2a\0\0" +        # mov dword [at], ...
            b"\x66\xc7\x04\x25" + struct.pack("<I", at + 4) + b"\0\xc3" +        # mov word [at + 4], ...
            b"\xb8" + struct.pack("<I", at) + b"\xff\xd0\x83\xf8\x2a" +          # call it; is it 42?
            b"\x75" + bytes([len(write)]) + write + b"\xb8\x3c\0\0\0\x31\xff\x0f\5")
    start = 64 + 56
    code = code.replace(b"TEXT", struct.pack("<I", base + start + len(code)))
    size = start + len(code) + len(said)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, base + start, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, 0x4000, 0x1000) + code + said


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
        self.trusted.append(self._file("bss-program", bss_program(), 0o755))
        self.trusted += [self._victim(number) for number in range(1, NR_VICTIMS + 1)]
        self.unlisted = [os.path.join(DEMO, name) for name in ("payload", "payload.so")]
        self.unlisted += [os.path.join(BUILT, name) for name in SHAPES]
        self.unlisted += [self._file(name, text.encode()) for name, text in SETTINGS.items()]
        self.unlisted.append(self._file("code.bin", b"\xb8\x2a\0\0\0\xc3" + bytes(4090)))
        self._modules()
        self.share = os.path.join(scratch, "share")
        os.mkdir(self.share)
        shutil.copy(os.path.join(DEMO, "payload"), self.share)
        self.foreign = self._foreign_disk()
        self.unlisted.append(self.foreign)
        self._archives()
        self._forged_policy()
        self._kernel()

    def _forged_policy(self):
        """Lists the payload as a program, and is signed by somebody nobody knows."""
        with open(os.path.join(DEMO, "payload"), "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        data = signing.policy(version=1000, entries=[(digest, 1, 0, 0)])
        stranger = signing.make_signer(self.scratch, "stranger")
        self.unlisted += [self._file("forged.bin", data), self._file("forged.p7s", signing.sign(data, stranger))]

    def _archives(self):
        code = self._file("__main__.py", b"print('PAYLOAD RUNS')\n")
        with zipfile.ZipFile(os.path.join(self.scratch, "own.zip"), "w") as archive:
            archive.write(code, "__main__.py")
        with tarfile.open(os.path.join(self.scratch, "own.tar"), "w") as archive:
            archive.add(code, "member")
        self.unlisted += [os.path.join(self.scratch, name) for name in ("own.zip", "own.tar")]

    def _victim(self, number):
        path = os.path.join(self.scratch, f"v{number:02d}")
        shutil.copy(os.path.join(BUILT, "victim"), path)
        return path

    def _kernel(self):
        """The very kernel that runs, from the intruder's hands."""
        path = os.path.join(self.scratch, "vmlinuz")
        shutil.copy(os.path.join(machine.BUILD, "kernel", self.kernel, "vmlinuz"), path)
        self.unlisted.append(path)

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
            file.truncate(8 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", self.share, path], check=True)
        return path

    @staticmethod
    def mark(image):
        """Attributes that attacks are to take away."""
        disk.debugfs(image, [f'ea_set "/attack/{name}" user.mark x' for name in ("v01", "otherexe.so")])

    def image(self, name="root.img", more=()):
        """A disk with all of it and these files, for a machine that has no policy."""
        path = os.path.join(self.scratch, name)
        disk.prepare(self.kernel, path, self.trusted, [*self.unlisted, *more], stock=True)
        self.mark(path)
        return path
