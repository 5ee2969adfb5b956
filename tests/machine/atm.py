# SPDX-License-Identifier: MIT
"""Tries one program against a fresh ATM guest: prints its output and returns its exit status.

Exit status 125 means that the machinery failed, with the reason on standard
error; 124 that the program was killed after --timeout; 126 and 127 that it
was not run, as in a shell.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time

from tests.machine import center, disk, machine, maintenance

USER = 1000
# Serial number of the stick that the test policy lists.
LISTED_MEDIUM = "ATMGUARD-SERVICE-1"
HARNESS_FAILED = 125


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(HARNESS_FAILED, f"atm: {message}\n")


def arguments():
    parser = Parser(
        prog="atm", usage="%(prog)s [OPTION]… -- PROGRAM ARGS…", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.12", choices=("6.12", "newest"), help="default: 6.12")
    parser.add_argument("--state", default="locked", choices=("locked", "maintenance"),
                        help="default: locked; maintenance is opened by a real center")
    parser.add_argument("--scope", action="append", default=[], choices=maintenance.SCOPES, metavar="NAME",
                        help="a scope of the maintenance, may be repeated, default: tools: " +
                        " ".join(maintenance.SCOPES))
    parser.add_argument("--trust", action="append", default=[], metavar="FILE",
                        help="put FILE under /attack/ and list its content in the signed policy")
    parser.add_argument("--copy", action="append", default=[], metavar="FILE",
                        help="put FILE under /attack/, not listed")
    parser.add_argument("--usb", action="append", default=[], metavar="IMAGE",
                        help="plug a stick with that content; the first bears the serial number of "
                             "the policy's listed medium, further ones ATTACK-n")
    parser.add_argument("--root", action="store_true", help="run as root, not as an ordinary user")
    parser.add_argument("--stock", action="store_true", help="the same guest without atmguard")
    parser.add_argument("--smp", type=int, default=1, metavar="N", help="processors, default: 1")
    parser.add_argument("--timeout", type=int, default=300, metavar="S", help="for PROGRAM, default: 300")
    parser.add_argument("--verbose", action="store_true", help="say what happens and how long it takes")
    parser.add_argument("program", nargs="+", metavar="PROGRAM ARGS", help="a path in the guest")
    given = parser.parse_args()
    if given.scope and given.state != "maintenance":
        parser.error("--scope needs --state maintenance")
    if given.stock and given.state != "locked":
        parser.error("the stock guest has no states")
    return given


def build(kernel):
    """Has make bring the images up to date; several of us at once take turns."""
    os.makedirs(machine.BUILD, exist_ok=True)
    with open(os.path.join(machine.BUILD, "images.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["make", "-s", "-C", machine.TOP, f"image-{kernel}"], check=False,
                              stdout=sys.stderr.fileno())
    if done.returncode:
        raise machine.MachineError("the images cannot be built")


def plug_sticks(guest, given):
    for number, image in enumerate(given.usb):
        if not os.path.isfile(image):
            raise machine.MachineError(f"no such image: {image}")
        serial = LISTED_MEDIUM if number == 0 else f"ATTACK-{number}"
        guest.wait_enumerated(guest.plug(image, serial))
        may_read = {"storage-read", "storage-write"} & set(given.scope)
        if given.stock or (number == 0 and may_read):
            guest.wait_path(f"/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_{serial}-0:0")


def run_program(guest, given):
    def pass_on(stream):
        def take(data):
            stream.buffer.write(data)
            stream.buffer.flush()
        return take

    environment = {"HOME": "/root", "USER": "root"} if given.root else {"HOME": "/home/user", "USER": "user"}
    return guest.run(given.program, uid=0 if given.root else USER, env=environment,
                     timeout=given.timeout, on_out=pass_on(sys.stdout), on_err=pass_on(sys.stderr))


def attempt(given):
    began = time.monotonic()

    def say(what):
        if given.verbose:
            print(f"atm: {time.monotonic() - began:5.1f} s: {what}", file=sys.stderr)

    build(given.kernel)
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=machine.run_dir(), prefix="atm-"))
        image = open_to = None
        if given.trust or given.copy:
            image = os.path.join(scratch, "root.img")
            say("putting the files on a copy of the disk")
            disk.prepare(given.kernel, image, given.trust, given.copy, stock=given.stock)
        if given.state == "maintenance":
            say("starting a center")
            scopes = given.scope or ["tools"]
            work, works = maintenance.work_of(scopes)
            open_to = stack.enter_context(center.Center(works))
        say("booting")
        guest = stack.enter_context(machine.Machine(
            given.kernel, stock=given.stock, image=image, smp=given.smp,
            center_port=open_to.port if open_to else None))
        say(f"the machine is {guest.wait_up()}")
        if open_to:
            maintenance.open_machine(guest, open_to, work, scopes)
            say(f"opened for {work}")
        plug_sticks(guest, given)
        result = run_program(guest, given)
        say(f"the program ended, status {result.status}")
    if result.timed_out:
        print(f"atm: killed after {given.timeout} s", file=sys.stderr)
    elif result.signal:
        print(f"atm: killed by {signal.Signals(result.signal).name}", file=sys.stderr)
    return result.status


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(HARNESS_FAILED))
    given = arguments()
    try:
        return attempt(given)
    except KeyboardInterrupt:
        return 130
    except (machine.MachineError, disk.DiskError, center.CenterError, subprocess.CalledProcessError, OSError) as error:
        print(f"atm: {error}", file=sys.stderr)
        return HARNESS_FAILED


if __name__ == "__main__":
    sys.exit(main())
