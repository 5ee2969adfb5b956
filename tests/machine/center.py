# SPDX-License-Identifier: MIT
"""A maintenance center on this host's loopback: the real one, on a copy of the test center's directory."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading

from tests.machine import machine

# Who and what packaging/machine/keys.sh enrolled.
ATM, OTHER_ATM = "00012345", "00054321"
EMPLOYEE, OTHER_EMPLOYEE = "100234", "100235"
OTP_LEN = 9
START_TIMEOUT_S = 60


class CenterError(Exception):
    """The center does not do what it was asked; says what it said."""


class Center:
    """
    Runs from start() to stop(), keeps its database over both, and is thrown
    away by close(); `with Center() as c` does all of it.
    """

    def __init__(self, works=None):
        """works: further kinds of work, as the center's work.json has them."""
        self.dir = tempfile.mkdtemp(prefix="center-", dir=machine.run_dir())
        self.data = os.path.join(self.dir, "data")
        shutil.copytree(os.path.join(machine.BUILD, "keys", "center"), self.data,
                        ignore=shutil.ignore_patterns("*.sock"))
        if works:
            with open(os.path.join(self.data, "work.json"), "w", encoding="ascii") as file:
                json.dump(works, file)
        self.process = None
        self.port = 0
        self.log = []
        self._changed = threading.Condition()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """The port stays the same from the first start on."""
        self.process = subprocess.Popen(
            [os.path.join(machine.BUILD, "bin", "atmcenterd"), "--dir", self.data,
             "--listen", f"127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = len(self.log)
        threading.Thread(target=self._reader, args=(self.process.stdout,), daemon=True).start()
        with self._changed:
            ready = self._changed.wait_for(lambda: self._ready(seen), START_TIMEOUT_S)
        if not ready or not self.port:
            raise CenterError("the center does not start:\n" + "\n".join(self.log[-20:]))

    def _ready(self, seen):
        for line in self.log[seen:]:
            found = re.search(r"ready.*:(\d+)", line)
            if found:
                self.port = int(found[1])
                return True
        return self.process.poll() is not None

    def _reader(self, stream):
        for line in stream:
            with self._changed:
                self.log.append(line.rstrip("\n"))
                self._changed.notify_all()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _all_processes(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [pid, *map(int, file.read().split())]

    def signal(self, number):
        """Sends the signal to each of its processes."""
        for pid in self._all_processes():
            os.kill(pid, number)

    def kill(self):
        """Ends it at once, wherever it is."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def text(self, *words):
        """What `atmcenter WORDS…` prints, or CenterError with what it complains of."""
        done = subprocess.run([os.path.join(machine.BUILD, "bin", "atmcenter"), "--dir", self.data, *words],
                              check=False, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise CenterError(f"atmcenter {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def ask(self, *words):
        return json.loads(self.text(*words, "--json"))

    def job(self, number):
        return next(job for job in self.ask("job", "list") if job["job"] == number)

    def open_job(self, work, atm=ATM, employee=EMPLOYEE, valid=None):
        """Returns the job's number and its one-time password."""
        words = ["job", "open", "--atm", atm, "--employee", employee, "--work", work]
        answer = self.ask(*words, *(["--valid", valid] if valid else []))
        return answer["job"], answer["otp"]
