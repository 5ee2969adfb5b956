# SPDX-License-Identifier: MIT
"""
Guests that another protection guards in atmguard's place, for measuring and for attacks.

IMA appraisal (Documentation/ABI/testing/ima_policy of the kernel): the stock
guest, whose disk bears a hash in security.ima for every file that atmguard's
policy lists as program, library or script, and which is given its rules while
it runs, so that before and after can be compared in one boot.
"""

import hashlib
import os
import re
import tempfile

import disk
import machine

# What is run or mapped must bear its hash; what root reads is measured, as the kernel's own rules "tcb" do.
IMA_RULES = b"""appraise func=BPRM_CHECK fowner=0
appraise func=MMAP_CHECK fowner=0
measure func=FILE_CHECK mask=MAY_READ uid=0
"""
IMA_POLICY = "/sys/kernel/security/ima/policy"
# security.ima: a plain digest (IMA_XATTR_DIGEST_NG), by SHA-256 (HASH_ALGO_SHA256).
IMA_HEAD = bytes((4, 4))
LISTED = re.compile(r"^(?=\S*(?:program|library|script))\S+ sha256:([0-9a-f]{64}) (/\S+)")


class RivalError(Exception):
    """The rival is not in force."""


def listed_files(kernel):
    """Path and digest of what the guest's policy lists for running."""
    with open(os.path.join(machine.BUILD, "images", kernel, "policy.txt"), encoding="utf-8") as text:
        found = map(LISTED.match, text)
        return {match[2]: bytes.fromhex(match[1]) for match in found if match}


def label_ima(image, kernel, extra=()):
    """Writes the labels into a disk's image, also for these files in /attack."""
    digests = listed_files(kernel)
    for path in extra:
        with open(path, "rb") as file:
            digests[f"{disk.ATTACK_DIR}/{os.path.basename(path)}"] = hashlib.sha256(file.read()).digest()
    with tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="ima-") as scratch:
        commands = []
        for number, (path, digest) in enumerate(digests.items()):
            value = os.path.join(scratch, str(number))
            with open(value, "wb") as file:
                file.write(IMA_HEAD + digest)
            commands.append(f'ea_set -f "{value}" "{path}" security.ima')
        disk.debugfs(image, commands)


def start_ima(guest):
    """Gives a running guest with labels the rules, and sees that they hold; there is no way back."""
    mounted = guest.run(["/bin/mount", "-t", "securityfs", "securityfs", "/sys/kernel/security"], uid=0)
    if mounted.status not in (0, 32):  # 32: is there already
        raise RivalError(mounted)
    guest.put(IMA_RULES, IMA_POLICY)
    guest.put(open("/bin/true", "rb").read(), "/root/unlabelled", mode=0o755)
    done = guest.run(["/root/unlabelled"], uid=0)
    if done.ran:
        raise RivalError(f"IMA lets an unlabelled program run: {done}")
