# SPDX-License-Identifier: MIT
"""Opens a machine for maintenance the way a worker does: a job at the center, three values, a grant."""

import json
import time

from tests.machine import center, machine

ATMGUARDCTL = "/usr/sbin/atmguardctl"
AGENT_SOCKET = "/run/atmguard/agent.sock"
NOT_JUDGED = 4  # exit status of atmguardctl: try again
TRY_S = 120  # the agent may still be starting, on an emulated machine
# Bits of ATMGUARD_SCOPE_* in the order of the header.
SCOPES = ("tools", "storage-read", "storage-write", "keyboard", "update", "boot", "hardware",
          "decommission")


def work_of(scopes):
    """A kind of work that opens these scopes and nothing else: (name, work.json)."""
    return "test", {"test": {"scopes": sorted(set(scopes)), "minutes": 60, "title": "test"}}


def status(guest):
    done = guest.run([ATMGUARDCTL, "status", "--json"])
    if done.status:
        raise machine.MachineError(f"atmguardctl status: {done.err}")
    return json.loads(done.out)


def unlock(guest, otp, employee=center.EMPLOYEE):
    """Types the values at atmguardctl until the center has judged them; returns how that ended."""
    until = time.monotonic() + TRY_S
    while True:
        # A new one's place is empty until the agent has started.
        guest.wait_path(AGENT_SOCKET, timeout=TRY_S)
        done = guest.run([ATMGUARDCTL, "unlock", employee], stdin=otp.encode() + b"\n", timeout=150)
        if done.status != NOT_JUDGED or time.monotonic() > until:
            return done
        time.sleep(1)


def open_machine(guest, maintenance_center, work, scopes):
    """Afterwards the scopes are open, as the kernel says."""
    _, otp = maintenance_center.open_job(work)
    done = unlock(guest, otp)
    if done.status:
        raise machine.MachineError(f"the machine does not open: {done.out}{done.err}\n{guest.console.tail()}")
    now = status(guest)
    if now["state"] != "maintenance" or not set(scopes) <= set(now["scopes"]):
        raise machine.MachineError(f"opened, but not as asked: {now}")
