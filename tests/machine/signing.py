# SPDX-License-Identifier: MIT
"""Signed objects as include/atmguard/object.h lays them out, right ones and wrong ones."""

import os
import struct
import subprocess
import tempfile

from tests.machine import center, machine

KEYS = os.path.join(machine.BUILD, "keys")
# (private key, certificate) of each who signs
VENDOR = tuple(os.path.join(KEYS, "vendor", "vendor." + end) for end in ("key", "pem"))
GRANTS = tuple(os.path.join(KEYS, "center", "sign", "grant." + end) for end in ("key", "pem"))
IDENTITIES = tuple(os.path.join(KEYS, "center", "sign", "identity." + end) for end in ("key", "pem"))

POLICY_HEADER = struct.Struct("<24sQQQQ32s32sIIIIIIII")
POLICY_ENTRY = struct.Struct("<32sBBH")
IDENTITY = struct.Struct("<24sQQQ16s32s16s32s")
GRANT = struct.Struct("<24s16s16s32sQQII")
RECEIPT = struct.Struct("<24s16s16sQ32sQ")


def _openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def sign(data, signer, *options):
    """A detached CMS signature in DER, as vendor and center make it."""
    key, certificate = signer
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return _openssl("cms", "-sign", "-binary", "-noattr", "-nocerts", "-md", "sha256", "-outform", "DER",
                        "-signer", certificate, "-inkey", key, "-in", file.name, *options)


def make_signer(directory, name, like=None):
    """A key nobody knows; with `like` its certificate bears that one's name and number."""
    key, certificate = (os.path.join(directory, f"{name}.{end}") for end in ("key", "pem"))
    subject, serial = f"/CN={name}", []
    if like:
        said = dict(line.split("=", 1) for line in _openssl(
            "x509", "-in", like[1], "-noout", "-subject", "-serial", "-nameopt", "compat").decode().splitlines())
        subject, serial = said["subject"].strip(), ["-set_serial", "0x" + said["serial"]]
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", subject, *serial, "-keyout", key, "-out", certificate)
    return key, certificate


def flip(data, at, bit=0):
    """The data with one bit turned over; a negative place counts from the end."""
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def grant(nonce, atm=center.ATM, employee=center.EMPLOYEE, job=9000, scopes=2, duration_s=600,
          purpose=b"atmguard-grant-1"):
    return GRANT.pack(purpose, atm.encode(), employee.encode(), nonce, job, 1700000000, scopes, duration_s)


def receipt(boot_id, seq, digest, atm=center.ATM, purpose=b"atmguard-receipt-1"):
    return RECEIPT.pack(purpose, atm.encode(), boot_id, seq, digest, 1700000000)


def policy(version=50, floor=1, atm_class=b"", entries=(), purpose=b"atmguard-policy-1", flags=0,
           nr_entries=None, nr_filesystems=0, reserved=0):
    """A policy of nothing but entries, each (digest, types, owner, flags)."""
    nr_entries = len(entries) if nr_entries is None else nr_entries
    header = POLICY_HEADER.pack(purpose, version, floor, 0, 0, atm_class, bytes(32), flags, nr_entries, 0, 0, 0, 0,
                                nr_filesystems, reserved)
    return header + b"".join(POLICY_ENTRY.pack(*entry) for entry in entries)


def identity_of(atm=center.ATM):
    """The enrolled machine's identity and its signature."""
    return tuple(open(os.path.join(KEYS, "atm", atm, "identity." + end), "rb").read() for end in ("bin", "p7s"))
