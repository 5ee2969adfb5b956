# SPDX-License-Identifier: MIT
"""The agent and the real center: a job from its opening to its record.

usage: tests/run agent/jobs ATMGUARDD BINDIR [WORDS]

ATMGUARDD is the agent over a device in memory (tests/agent/fake_device.c),
BINDIR holds atmcenterd, atmcenter and atmguardctl.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

from tests.agent.runner import USER, Agent, openssl, run, same, test, wait_for

BIN = pathlib.Path(sys.argv[2]).absolute()
ATM, EMPLOYEE = "00012345", "100234"


class Center:
    """A running atmcenterd with one machine and one employee."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="atmcenter-"))
        self.dir.chmod(0o755)
        self.port = 0
        self.call("init", "--host", "127.0.0.1")
        if os.getuid() == 0:
            for path in (self.dir, *self.dir.rglob("*")):
                shutil.chown(path, USER)
        self.start()
        openssl(self.dir, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", "agent.key", "-out", "agent.csr", "-subj", f"/CN={ATM}")
        self.call("atm", "add", "--number", ATM, "--class", "demo", "--boot-uuid",
                  "8a5c6f6e-0000-4000-8000-000000000001", "--csr", self.dir / "agent.csr",
                  "--out", self.dir / "enrolled")
        shutil.copy(self.dir / "agent.key", self.dir / "enrolled")
        self.call("employee", "add", "--number", EMPLOYEE)

    def call(self, *words):
        return subprocess.run([BIN / "atmcenter", "--dir", self.dir, *words], check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def start(self):
        self.process = subprocess.Popen(
            [BIN / "atmcenterd", "--dir", self.dir, "--listen", f"127.0.0.1:{self.port}",
             "--user", USER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            raise AssertionError(f"the center said {ready!r}")
        self.port = int(ready.rsplit(":", 1)[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir)

    def agent(self, **fake):
        return Agent(self.dir / "enrolled", f"https://127.0.0.1:{self.port}", **fake)

    def open_job(self):
        job = json.loads(self.call("job", "open", "--atm", ATM, "--employee", EMPLOYEE, "--work",
                                   "log-export", "--json"))
        return job["job"], job["otp"]

    def records(self):
        return json.loads(self.call("audit", "list", "--atm", ATM, "--all", "--json"))

    def verify(self):
        """The machine's own tool finds nothing missing in what the center exports."""
        self.call("audit", "export", "--atm", ATM, "--out", self.dir / "log")
        verified = subprocess.run([BIN / "atmguardctl", "verify", self.dir / "log"],
                                  stdout=subprocess.PIPE, text=True)
        same((verified.returncode, ", 0 gaps, 0 breaks" in verified.stdout), (0, True))

    def job_state(self, job):
        return json.loads(self.call("job", "show", str(job), "--json"))["job"]["state"]


def with_center(function):
    def body(keys):
        center = Center()
        try:
            function(center)
        finally:
            center.remove()
    body.__name__ = function.__name__
    return test(body)


def receipted(agent):
    """The number of the record that the agent's receipt is for, -1 without one."""
    path = agent.state / "receipt.bin"
    return struct.unpack_from("<Q", path.read_bytes(), 56)[0] if path.exists() else -1


def unlock(agent, otp, employee=EMPLOYEE):
    return agent.ask({"do": "unlock", "otp": otp, "employee": employee})


@with_center
def a_job_is_opened_done_and_recorded(center):
    agent = center.agent(records=5)
    job, otp = center.open_job()
    same(unlock(agent, otp, "999999"), {"result": "ng"})
    answer = unlock(agent, otp)
    same((answer["result"], answer["job"]), ("ok", job))
    wait_for(lambda: center.job_state(job) == "active")
    same(agent.ask({"do": "complete"}), {"result": "ok", "survivors": 0})
    wait_for(lambda: center.job_state(job) == "completed")
    same(unlock(agent, otp), {"result": "ng"})
    center.verify()
    same(agent.stop(), 0)


@with_center
def a_center_restarted_in_mid_job_goes_on(center):
    agent = center.agent(records=2)
    job, otp = center.open_job()
    same(unlock(agent, otp)["result"], "ok")
    center.stop()
    same(agent.ask({"do": "complete"})["result"], "ok")
    same(unlock(agent, otp)["reason"], "center-unreachable")
    center.start()
    wait_for(lambda: center.job_state(job) == "completed", 90)
    same(agent.stop(), 0)


@with_center
def atmguardctl_tells_by_its_exit_status_what_became_of_an_unlock(center):
    agent = center.agent()
    job, otp = center.open_job()

    def ctl(*words, password=None):
        done = subprocess.run([BIN / "atmguardctl", "--socket", agent.dir / "sock", *words],
                              input=password, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        same(otp in done.stdout + done.stderr, False)
        return done.returncode

    slip = otp[:-1] + str((int(otp[-1]) + 1) % 10)
    same(ctl("unlock", EMPLOYEE, password=slip), 2)
    same(ctl("unlock", "999999", password=otp + "\n"), 3)
    same(ctl("complete"), 4)
    same(ctl("unlock", EMPLOYEE, password=otp + "\n"), 0)
    same(ctl("unlock", EMPLOYEE, password=otp + "\n"), 4)
    same(ctl("complete"), 0)
    same(ctl("unlock"), 2)
    agent.process.terminate()
    agent.process.wait(10)
    same(ctl("complete"), 1)
    agent.remove()


@with_center
def a_revoked_machine_is_told_apart_from_a_wrong_password(center):
    agent = center.agent()
    job, otp = center.open_job()
    center.call("atm", "revoke", "--number", ATM)
    answer = unlock(agent, otp)
    same((answer["reason"], answer["detail"]), ("center-unreachable", "HTTP 403"))
    same(agent.stop(), 0)


@with_center
def after_a_boot_numbering_goes_on_from_the_receipt(center):
    agent = center.agent(records=700)
    # Of the last batch, not of the first: the list is read beside the judge.
    wait_for(lambda: receipted(agent) >= 699)
    seen = len(center.records())
    same((agent.stop(remove=False), seen >= 700), (0, True))
    agent = center.agent(records=3, state=agent.state)
    wait_for(lambda: len(center.records()) >= seen + 4)
    center.verify()
    same(agent.stop(), 0)


if __name__ == "__main__":
    sys.exit(run(" ".join(sys.argv[3:])))
