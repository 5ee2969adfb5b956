# SPDX-License-Identifier: MIT
"""Attacks on the start of the machine (X50, X52): what is noticed, and the gaps that doc/THREATS.md names."""

import contextlib
import os
import re
import subprocess
import tempfile

from tests.attacks import row
from tests.machine import disk, machine, signing

PAYLOAD = "/attack/payload"
OFF_TIMEOUT_S = 300
STATE = "/var/lib/atmguard/policy/"
# Typed at a shell that has the machine before the guard does.
TAKE_DISK = (". /lib/boot.sh; insert_modules; mount_root; mount -o bind /dev /root/dev; "
             "chroot /root " + PAYLOAD + "\n")


def prepare(kernel, scratch, name, trust=()):
    image = os.path.join(scratch, name + ".img")
    payload = os.path.join(machine.BUILD, "demo", "payload")
    disk.prepare(kernel, image, list(trust), [] if trust else [payload], stock=False)
    return image


# ---- X52 ----

def without_bpf(guest):
    """The guard's programs have no place to hook in."""
    guest.wait_off(OFF_TIMEOUT_S)
    return "switched off" in guest.console.text and not guest.hand.release, guest.console.tail()


def without_module(guest):
    guest.wait_off(OFF_TIMEOUT_S)
    return "the guard cannot be inserted" in guest.console.text and not guest.hand.release, guest.console.tail()


def before_the_guard(guest):
    """A shell in the initramfs, which runs the payload from the machine's own disk."""
    guest.wait_console(re.compile(r"/ # "), 120)
    guest.console.sock.sendall(TAKE_DISK.encode())
    return bool(guest.console.wait(re.compile(row.PAYLOAD), 120)), guest.console.tail()


def command_lines(table, kernel, scratch):
    """All at once: each waits most of its time."""
    cases = (("lsm=lockdown,capability", "without BPF among the security modules it switches itself off", without_bpf),
             ("module_blacklist=atmguard", "without the guard's module it switches itself off", without_module))
    gaps = (("rdinit=/bin/sh", "a shell before the guard runs anything", before_the_guard),)
    image = prepare(kernel, scratch, "boot")
    with contextlib.ExitStack() as stack:
        guests = []
        for append, _, _ in cases + gaps:
            guest = machine.Machine(kernel, image=image, memory_mib=768, append=append)
            stack.callback(guest.close)
            guest.start(wait=False)
            guests.append(guest)
        for (append, sentence, look), guest in zip(cases, guests):
            table.tally.check(f"X52   {append}: {sentence}", *look(guest))
        for (append, sentence, look), guest in zip(gaps, guests[len(cases):]):
            table.gap("X52", f"{append}: {sentence}", "no Secure Boot chain", *look(guest))


# ---- X50 ----

def write_policy(kernel, image, version, scratch):
    """The image's policy under another version number, without the payload."""
    with open(os.path.join(machine.BUILD, "images", kernel, "policy.txt"), encoding="utf-8") as file:
        lines = [f"policy-version {version}\n" if line.startswith("policy-version") else line for line in file]
    text, binary, signature = (os.path.join(scratch, "newer." + end) for end in ("txt", "bin", "p7s"))
    with open(text, "w", encoding="utf-8") as file:
        file.writelines(lines)
    disk.tool("compile", "-o", binary, text)
    disk.tool("sign", "--key", signing.VENDOR[0], "--cert", signing.VENDOR[1], "-o", signature, binary)
    for name, path in (("bin", binary), ("p7s", signature)):
        with open(path, "rb") as file:
            data = file.read()
        for which in ("current.", "good."):
            disk.replace(image, STATE + which + name, data)


def disk_of(guest, scratch):
    """What the machine has left on its disk, as somebody reads it who took the disk out."""
    image = os.path.join(scratch, "taken-out.img")
    subprocess.run(["qemu-img", "convert", "-O", "raw", os.path.join(guest.dir, "root.qcow2"), image], check=True)
    subprocess.run(["e2fsck", "-fp", image], check=False, stdout=subprocess.DEVNULL)
    return image


def older_policy(table, kernel, scratch):
    image = prepare(kernel, scratch, "newer")
    write_policy(kernel, image, 2, scratch)
    with machine.Machine(kernel, image=image) as guest:
        guest.wait_up()
        done = guest.run([PAYLOAD])
        table.tally.check("X50   under the newer policy the payload does not start", not done.ran, done)
        guest.begin(["/usr/bin/systemctl", "poweroff"])
        guest.wait_off(OFF_TIMEOUT_S)
        taken_out = disk_of(guest, scratch)
    older = prepare(kernel, scratch, "older", [os.path.join(machine.BUILD, "demo", "payload")])
    for which in ("current.", "good."):
        for name in ("bin", "p7s"):
            disk.replace(taken_out, STATE + which + name, disk.read(older, STATE + "current." + name))
    with machine.Machine(kernel, image=taken_out) as guest:
        done = guest.run([PAYLOAD])
        table.gap("X50", "an older policy, validly signed, is taken after a restart",
                  "no TPM: no floor of the policy version over a restart", row.PAYLOAD in done.out, done)


def play(table, kernel, scratch, numbers):
    for number, attack in (("X52", command_lines), ("X50", older_policy)):
        if not numbers or number in numbers:
            with tempfile.TemporaryDirectory(dir=scratch) as own:
                attack(table, kernel, own)


NUMBERS = {"X50": "an older policy after a restart (own boots)",
           "X52": "an edited kernel command line (own boots)"}
