# SPDX-License-Identifier: MIT
"""One ATM controller in QEMU: boots it, runs programs in it, plugs devices, cuts its power."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from tests.machine import hand, qmp, took

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.realpath(os.environ.get("BUILD") or os.path.join(TOP, "build"))

# Which kernel the stories run on: 6.12 or newest.
KERNEL = os.environ.get("KERNEL") or "6.12"

# Where the guest finds the center, whatever its port on the host's loopback is.
CENTER_ADDRESS = "10.0.2.100:8443"
# Fastest of those tried under emulation; with qemu64 the same kernel reads /proc/self/exe wrongly (QEMU 7.2).
# rdrand: real ones have it, and without it a kernel is short of random numbers for as long as it runs.
CPU = "Nehalem,+rdrand"
# Virtual machines here are emulated: a boot takes 10 s alone, several times that on a busy host.
BOOT_TIMEOUT_S = 300
USB_PORTS = 8


def run_dir():
    """Where running machines keep their files."""
    path = os.path.join(BUILD, "run")
    os.makedirs(path, exist_ok=True)
    return path


class MachineError(Exception):
    """The machinery failed; nothing is known about what was to be tested."""


class Console:
    """Collects what the guest writes to its first serial line."""

    def __init__(self, sock, log):
        self.sock = sock
        self.text = ""
        self.changed = threading.Condition()
        self.closed = False
        self.log = open(log, "ab")
        threading.Thread(target=self._reader, daemon=True).start()

    def _reader(self):
        while True:
            try:
                data = self.sock.recv(65536)
            except OSError:
                data = b""
            with self.changed:
                if data:
                    self.text += data.decode(errors="replace")
                    self.log.write(data)
                    self.log.flush()
                else:
                    self.closed = True
                self.changed.notify_all()
            if not data:
                return

    def wait(self, pattern, timeout=60, since=0):
        """Waits until the compiled pattern occurs behind offset since; returns the match."""
        with self.changed:
            self.changed.wait_for(lambda: pattern.search(self.text, since) or self.closed, timeout)
            return pattern.search(self.text, since)

    def tail(self, lines=25):
        with self.changed:
            return "\n".join("  | " + line for line in self.text.splitlines()[-lines:])


class Machine:
    """
    A guest.  Nothing is started before start(); `with Machine() as m` starts
    and stops it.  Its disk is an overlay over the image, kept over power_cut()
    and a further start(), and thrown away by close().
    """

    def __init__(self, kernel=KERNEL, stock=False, image=None, center_port=None, smp=1,
                 memory_mib=1024, append="", rtc=None, screen=False, reboots=False, icount=False,
                 cpu=CPU, extra=()):
        self.kernel = kernel
        self.stock = stock
        self.images = os.path.join(BUILD, "images", kernel)
        self.image = image or os.path.join(self.images, "root.img")
        self.center_port = center_port  # on 127.0.0.1; None: nothing is reachable
        self.smp = smp
        self.memory_mib = memory_mib
        self.append = append
        self.rtc = rtc  # ISO date the guest's clock starts with
        self.screen = screen  # a graphics card, for screendump()
        self.reboots = reboots  # False: a reboot ends the machine
        self.cpu = cpu  # QEMU's name of the processor
        self.icount = icount  # count instructions: see doc/COSTS.md
        self.extra = list(extra)
        self.dir = tempfile.mkdtemp(prefix="vm-", dir=run_dir())
        self.process = None
        self.hand = self.qmp = self.console = None
        self._ports = {}  # of the USB controller, with the stick in each

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    # ---- QEMU ----

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _arguments(self, fds):
        initrd = os.path.join(self.images, "initrd-stock.img" if self.stock else "initrd.img")
        # no_timer_check: on a busy host the emulated timer is late for the kernel's test of it.
        append = ("console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off no_timer_check "
                  "usb-storage.delay_use=0 ")
        accel = "tcg,thread=single" if self.smp == 1 else "tcg,thread=multi"
        args = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
            "-machine", "q35,sata=off,smbus=off", "-accel", accel, "-cpu", self.cpu, "-smp", str(self.smp),
            "-m", str(self.memory_mib),
            "-kernel", os.path.join(BUILD, "kernel", self.kernel, "vmlinuz"),
            "-initrd", initrd, "-append", append + self.append,
            "-drive", f"if=none,id=root,file={self._path('root.qcow2')},format=qcow2,cache=unsafe",
            "-device", "virtio-blk-pci,drive=root,serial=ATM-ROOT",
            "-chardev", f"socket,id=console,fd={fds['console']}", "-serial", "chardev:console",
        ]
        for line in (1, 2, 3):
            args += ["-chardev", f"socket,id=ttyS{line},path={self._path(f'ttyS{line}')},server=on,wait=off",
                     "-serial", f"chardev:ttyS{line}"]
        args += [
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=hand,fd={fds['hand']}",
            "-device", "virtserialport,chardev=hand,name=org.atmguard.hand",
            "-chardev", f"socket,id=qmp,fd={fds['qmp']}", "-mon", "chardev=qmp,mode=control",
            "-device", f"qemu-xhci,id=xhci,p2={USB_PORTS},p3={USB_PORTS}",
        ]
        net = "user,id=net,restrict=on"
        if self.center_port:
            self.point_center(self.center_port)
            line = os.path.join(TOP, "tests", "machine", "line.sh")
            net += f",guestfwd=tcp:{CENTER_ADDRESS}-cmd:{line} {self._path('center-port')}"
        args += ["-netdev", net, "-device", "virtio-net-pci,netdev=net,romfile="]
        if self.icount:
            args += ["-icount", "shift=0,sleep=off"]
        if self.rtc:
            args += ["-rtc", f"base={self.rtc}"]
        if self.screen:
            args += ["-device", "VGA"]
        if not self.reboots:
            args += ["-no-reboot"]
        return args + self.extra

    def point_center(self, port):
        """Where connections that the guest opens from now on arrive, on 127.0.0.1; those it has stay."""
        self.center_port = port
        with open(self._path("center-port.new"), "w", encoding="ascii") as file:
            file.write(f"{port}\n")
        os.rename(self._path("center-port.new"), self._path("center-port"))

    def _launch(self):
        took.boot()
        pairs = {name: socket.socketpair() for name in ("console", "hand", "qmp")}
        fds = {name: pair[1].fileno() for name, pair in pairs.items()}
        # setpriv: QEMU must not outlive us, however we end.
        command = ["setpriv", "--pdeathsig", "KILL", "--"] + self._arguments(fds)
        with open(self._path("qemu.log"), "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            pass_fds=list(fds.values()))
        for _, theirs in pairs.values():
            theirs.close()
        self.console = Console(pairs["console"][0], self._path("console.log"))
        self.hand = hand.Hand(pairs["hand"][0])
        try:
            self.qmp = qmp.Qmp(pairs["qmp"][0])
        except qmp.QmpError as error:
            with open(self._path("qemu.log"), encoding="utf-8", errors="replace") as log:
                raise MachineError(f"QEMU does not start: {error}\n{log.read()}") from error

    def _wait_ready(self, timeout):
        try:
            with took.booting():
                self.hand.wait(lambda: self.hand.release, timeout, "hand in the guest")
        except hand.HandError as error:
            raise MachineError(f"the guest does not come up: {error}\n{self.console.tail()}") from error

    def start(self, timeout=BOOT_TIMEOUT_S, wait=True):
        """Boots; with wait=False returns as soon as QEMU runs."""
        overlay = self._path("root.qcow2")
        if not os.path.exists(overlay):
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                            os.path.realpath(self.image), overlay], check=True)
        self._launch()
        if not wait:
            return
        try:
            self._wait_ready(timeout)
        except MachineError:
            # With several processors QEMU 7.2 sometimes breaks kernel code that is being patched
            # (static keys) early in boot; that is no property of what we test.
            if self.smp == 1 or "Kernel panic" not in self.console.text:
                raise
            self.power_cut()
            self._launch()
            self._wait_ready(timeout)

    def wait_up(self, timeout=BOOT_TIMEOUT_S):
        """Waits until drivers and services have started; returns systemd's word, "running" or "degraded"."""
        with took.booting():
            self.run(["/usr/bin/udevadm", "settle"], timeout=timeout)
            return self.run(["/usr/bin/systemctl", "is-system-running", "--wait"], timeout=timeout).out.strip()

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def power_cut(self):
        """Ends the machine at once; what it wrote to its disk stays."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
            self._ports = {}

    def forget(self):
        """Of a machine that is off: what it wrote to its disk is gone."""
        os.unlink(self._path("root.qcow2"))

    def wait_off(self, timeout=60):
        """Waits until the machine has switched itself off."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise MachineError(f"not off within {timeout} s\n{self.console.tail()}") from error
        self.process = None

    def close(self):
        """Ends the machine and removes its files; KEEP_VM=1 in the environment keeps them."""
        self.power_cut()
        if os.environ.get("KEEP_VM") != "1":
            shutil.rmtree(self.dir, ignore_errors=True)

    # ---- programs and files in the guest ----

    def run(self, argv, **more):
        """Runs a program to its end: see hand.Hand.run()."""
        return self._asking(self.hand.run, argv, **more)

    def begin(self, argv, **more):
        """Starts a program and returns the hand.Command."""
        return self._asking(self.hand.start, argv, **more)

    def put(self, data, path, **more):
        result = self._asking(self.hand.put, data, path, **more)
        if result.status:
            raise MachineError(f"cannot write {path} in the guest: {result.err}")

    def get(self, path, **more):
        result, data = self._asking(self.hand.get, path, **more)
        if result.status:
            raise MachineError(f"cannot read {path} in the guest: {result.err}")
        return data

    def _asking(self, ask, *args, **more):
        try:
            return ask(*args, **more)
        except hand.HandError as error:
            raise MachineError(f"{error}\n{self.console.tail()}") from error

    # ---- lines, keys, screen ----

    def serial_path(self, line):
        """The socket at which the other end of ttyS1, ttyS2 or ttyS3 listens."""
        return self._path(f"ttyS{line}")

    def serial(self, line, timeout=10):
        """A connected socket that is that other end."""
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(timeout)
        sock.connect(self.serial_path(line))
        return sock

    def wait_console(self, pattern, timeout=60, since=0):
        match = self.console.wait(pattern, timeout, since)
        if not match:
            raise MachineError(f"no {pattern.pattern!r} on the console within {timeout} s\n{self.console.tail()}")
        return match

    def sendkey(self, *keys):
        """Presses keys by QEMU's names, each as one combination ("ctrl-alt-delete")."""
        for key in keys:
            codes = [{"type": "qcode", "data": code} for code in key.split("-")]
            self.qmp.execute("send-key", keys=codes)

    def screendump(self, path):
        """The guest's graphics screen as a portable pixmap (needs screen=True)."""
        self.qmp.execute("screendump", filename=os.path.abspath(path))

    # ---- devices ----

    def add_device(self, driver, ident, **properties):
        self.qmp.execute("device_add", driver=driver, id=ident, **properties)

    def remove_device(self, ident, timeout=60):
        self.qmp.execute("device_del", id=ident)
        self.qmp.wait_event("DEVICE_DELETED", lambda data: data.get("device") == ident, timeout)

    def plug(self, image, serial, readonly=False):
        """Plugs a USB stick with that image (never changed); returns its name for unplug()."""
        port = next(port for port in range(1, USB_PORTS + 1) if port not in self._ports)
        ident = f"stick{port}"
        overlay = self._path(ident + ".qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                        os.path.realpath(image), overlay], check=True)
        self.qmp.execute("blockdev-add", **{
            "node_name": ident, "driver": "qcow2", "read_only": readonly,
            "file": {"driver": "file", "filename": overlay}})
        self.add_device("usb-storage", ident, bus="xhci.0", port=str(port), drive=ident, serial=serial)
        self._ports[port] = ident
        return ident

    def unplug(self, ident):
        self.remove_device(ident)
        self.qmp.execute("blockdev-del", node_name=ident)
        self._ports = {port: name for port, name in self._ports.items() if name != ident}

    def wait_enumerated(self, ident, timeout=60):
        """Waits until the guest's kernel has read who the stick says it is, and udev is done with it."""
        port = next(port for port, name in self._ports.items() if name == ident)
        # A stick is a USB 3 device, and that half of the controller is bus 2.
        self._poll(lambda: self._asking(self.hand.get, f"/sys/bus/usb/devices/2-{port}/serial")[0].status == 0,
                   timeout, f"{ident} on the guest's USB")
        self.run(["/usr/bin/udevadm", "settle"], timeout=timeout)

    def wait_path(self, path, timeout=60):
        """Waits until a path exists in the guest."""
        self._poll(lambda: self.run(["/usr/bin/test", "-e", path]).status == 0, timeout, path)

    def _poll(self, done, timeout, what):
        until = time.monotonic() + timeout
        while not done():
            if time.monotonic() > until:
                raise MachineError(f"no {what} within {timeout} s\n{self.console.tail()}")
            time.sleep(0.1)
