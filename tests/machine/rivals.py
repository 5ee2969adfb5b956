# SPDX-License-Identifier: MIT
"""
Guests that another protection guards in atmguard's place, for measuring and for attacks.

Each is the stock guest, and believes what atmguard's policy lists.  It begins
to enforce while it runs, so that before and after can be compared in one boot.
"""

import errno
import hashlib
import os
import re
import tarfile
import tempfile
import time

from tests.machine import disk, machine

LISTED = re.compile(r"^(\S+) sha256:([0-9a-f]{64}) (/\S+)")
# A program that nobody listed, by which is seen that the rival refuses such.
UNLISTED = "/root/unlisted"
# A daemon first makes its database, after its unit counts as started.
ENFORCE_TIMEOUT_S = 300


class RivalError(machine.MachineError):
    """The rival cannot be had, or is not in force."""


def listed_files(kernel, extra=()):
    """Path, type and digest of what the guest's policy lists, and of these files in /attack."""
    with open(os.path.join(machine.BUILD, "images", kernel, "policy.txt"), encoding="utf-8") as text:
        found = [match.groups() for match in map(LISTED.match, text) if match]
    paths = {path for _, _, path in found}
    # A packed module is listed by what it unpacks to as well, under a name that no file has.
    listed = {path: (kind, bytes.fromhex(digest)) for kind, digest, path in found if path + ".xz" not in paths}
    for path in extra:
        with open(path, "rb") as file:
            listed[f"{disk.ATTACK_DIR}/{os.path.basename(path)}"] = "program", hashlib.sha256(file.read()).digest()
    return listed


def ask(guest, *argv, **more):
    done = guest.run(list(argv), uid=0, timeout=300, **more)
    if done.status:
        raise RivalError(f"{' '.join(argv)}: {done}")
    return done.out


class Rival:
    """A protection: label() a disk's image, start() the guest, install() what it needs, then enforce()."""

    name = None
    daemon = None  # the unit that decides, if one does
    copy = ()  # files that the disk must have in /attack

    def __init__(self, kernel, extra=()):
        self.listed = listed_files(kernel, extra)

    @classmethod
    def missing(cls):
        """Why it cannot be had here; None if it can."""
        return None

    def describe(self):
        """What it is, in a line."""
        raise NotImplementedError

    def label(self, image):
        """Marks what is listed on the disk."""

    def install(self, guest):
        """Brings it into the running guest; nothing is refused yet."""

    def enforce(self, guest):
        """From now on it refuses; there need not be a way back."""
        guest.put(open("/bin/true", "rb").read(), UNLISTED, mode=0o755)
        self._enforce(guest)
        until = time.monotonic() + ENFORCE_TIMEOUT_S
        while not self.is_refusal(done := self.tries(guest)) and time.monotonic() < until:
            time.sleep(0.5)
        if not self.is_refusal(done):
            raise RivalError(f"{self.name} does not refuse an unlisted program: {done}")
        ask(guest, "/usr/bin/true")

    def _enforce(self, guest):
        raise NotImplementedError

    @staticmethod
    def tries(guest):
        return guest.run([UNLISTED], uid=0, timeout=60)

    @staticmethod
    def is_refusal(done):
        return done.errno in (errno.EPERM, errno.EACCES)


class Ima(Rival):
    """
    IMA appraisal (Documentation/ABI/testing/ima_policy of the kernel): every
    listed program, library, script and module bears its digest in security.ima,
    and nothing else is executed, mapped executable or loaded, whoever owns it.
    """

    name = "ima"
    POLICY = "/sys/kernel/security/ima/policy"
    RULES = "".join(f"appraise func={func}\n" for func in (
        "BPRM_CHECK", "MMAP_CHECK", "MODULE_CHECK", "FIRMWARE_CHECK", "KEXEC_KERNEL_CHECK", "POLICY_CHECK"))
    # A plain digest (IMA_XATTR_DIGEST_NG), by SHA-256 (HASH_ALGO_SHA256).
    HEAD = bytes((4, 4))

    def describe(self):
        return "IMA appraisal of the kernel, by digests in security.ima"

    def label(self, image):
        with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="ima-") as scratch:
            commands = []
            for number, (path, (kind, digest)) in enumerate(self.listed.items()):
                if kind == "data":
                    continue
                value = os.path.join(scratch, str(number))
                with open(value, "wb") as file:
                    file.write(self.HEAD + digest)
                commands.append(f'ea_set -f "{value}" "{path}" security.ima')
            disk.debugfs(image, commands)

    def _enforce(self, guest):
        mounted = guest.run(["/bin/mount", "-t", "securityfs", "securityfs", "/sys/kernel/security"], uid=0)
        if mounted.status not in (0, 32):  # 32: is there already
            raise RivalError(mounted)
        # tee goes on where a write took a part; this file takes a rule at a time.
        ask(guest, "/usr/bin/tee", self.POLICY, stdin=self.RULES.encode())


class MeasuringIma(Ima):
    """The same, and what root reads is measured, as the kernel's own rules "tcb" do."""

    name = "ima-measuring"
    RULES = Ima.RULES + "measure func=FILE_CHECK mask=MAY_READ uid=0\n"


class Fapolicyd(Rival):
    """
    fapolicyd from Debian's package, with the package's "restrictive" rules but
    for two exceptions among them (dracut's in /var/tmp, rpm's updaters'), which
    no ATM needs, and with its configuration as strict as it can be set.
    """

    name, daemon, ACCOUNT = "fapolicyd", "fapolicyd.service", "fapolicyd"
    PACKAGE = os.path.join(machine.BUILD, "rivals", "fapolicyd")  # made by fapolicyd.sh
    LOADER = "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    SAMPLES, ETC = "/usr/share/fapolicyd/sample-rules", "/etc/fapolicyd"
    RULES = ("10-languages", "30-patterns", "40-bad-elf", "41-shared-obj", "43-known-elf", "71-known-python",
             "73-known-perl", "77-known-lua", "72-shell", "90-deny-execute", "91-deny-lang", "95-allow-open")
    SETTINGS = {"permissive": "0", "trust": "file", "integrity": "sha256", "allow_filesystem_mark": "1"}

    def __init__(self, kernel, extra=()):
        super().__init__(kernel, extra)
        self.copy = [os.path.join(self.PACKAGE, "fapolicyd.tar")]

    @classmethod
    def missing(cls):
        none = os.path.join(cls.PACKAGE, "none")
        if not os.path.exists(none):
            return None
        with open(none, encoding="ascii") as file:
            return file.read().strip()

    def describe(self):
        with open(os.path.join(self.PACKAGE, "version"), encoding="ascii") as file:
            return f"Debian's fapolicyd {file.read().strip()}, restrictive rules, integrity = sha256"

    def install(self, guest):
        ask(guest, "/usr/bin/tar", "-C", "/", "-xf", f"{disk.ATTACK_DIR}/fapolicyd.tar")
        # As its maintainer script does.
        ask(guest, "/usr/sbin/useradd", "--system", "--home-dir", "/run/fapolicyd", self.ACCOUNT)
        ask(guest, "/usr/bin/install", "-d", "-o", self.ACCOUNT, "-g", self.ACCOUNT, "/var/lib/fapolicyd",
            "/run/fapolicyd")
        ask(guest, "/usr/bin/cp", *(f"{self.SAMPLES}/{rule}.rules" for rule in self.RULES), self.ETC + "/rules.d/")
        # The package has left the loader's path out of its rule about it: no program would start.
        ask(guest, "/usr/bin/sed", "-i", f"s#path= #path={self.LOADER} #", self.ETC + "/rules.d/43-known-elf.rules")
        self._configure(guest)
        guest.put(self._trust(guest).encode(), self.ETC + "/fapolicyd.trust")
        ask(guest, "/usr/bin/systemctl", "daemon-reload")

    def _configure(self, guest):
        text = guest.get(self.ETC + "/fapolicyd.conf").decode()
        kept = [line for line in text.splitlines() if line.split("=")[0].strip() not in self.SETTINGS]
        kept += [f"{name} = {value}" for name, value in self.SETTINGS.items()]
        guest.put("".join(line + "\n" for line in kept).encode(), self.ETC + "/fapolicyd.conf")

    def _trust(self, guest):
        """A line for each listed file, and for each of its own: path, size and digest."""
        listed = {path: digest.hex() for path, (kind, digest) in self.listed.items() if kind != "module"}
        with tarfile.open(self.copy[0]) as package:
            listed.update(("/" + member.name, hashlib.sha256(package.extractfile(member).read()).hexdigest())
                          for member in package if member.isfile() and member.name.startswith("usr/"))
        sizes = ask(guest, "/usr/bin/xargs", "/usr/bin/stat", "--format=%n %s", stdin="\n".join(listed).encode())
        return "".join(f"{line} {listed[line.split()[0]]}\n" for line in sizes.splitlines())

    def _enforce(self, guest):
        ask(guest, "/usr/bin/systemctl", "start", self.daemon)


KINDS = {kind.name: kind for kind in (Ima, MeasuringIma, Fapolicyd)}
