# SPDX-License-Identifier: MIT
"""What the tests of the agent share: keys, a running agent, sentences and their results."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

AGENT = sys.argv[1]
OTP = "123456786"           # the last digit is Damm's
USER = "nobody"             # the account the agent falls back to when the tests run as root
UNLOCK = {"do": "unlock", "otp": OTP, "employee": "100234"}
tests = []
agents = []                 # running ones, for a test that fails half-way


def test(function):
    tests.append(function)
    return function


def openssl(keys, *words):
    subprocess.run(["openssl", *words], cwd=keys, check=True, stderr=subprocess.DEVNULL)


def make_keys(keys):
    """A TLS authority, a server and an agent; and another authority, to be refused."""
    for name, subject in (("ca", "/CN=ca"), ("other", "/CN=other")):
        openssl(keys, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", subject,
                "-days", "2")
    for name, subject in (("server", "/CN=localhost"), ("agent", "/CN=00012345")):
        (keys / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:center.test\n")
        openssl(keys, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        openssl(keys, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "ext")


class Agent:
    """A running agent in a directory of its own."""

    def __init__(self, keys, center, state=None, ca="ca.pem", wrapper=(), **fake):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="atmguard-"))
        self.dir.chmod(0o755)
        self.state = state or self.dir / "state"
        self.state.mkdir(exist_ok=True)
        for source, name in ((ca, "ca.pem"), ("agent.pem", "agent.pem"),
                             ("agent.key", "agent.key")):
            shutil.copy(keys / source, self.state / name)
        if os.getuid() == 0:
            shutil.chown(self.state, USER)
        (self.dir / "conf").write_text(f"center = {center}\n")
        env = {f"AG_FAKE_{name.upper()}": str(value) for name, value in fake.items()}
        self.log = open(self.dir / "log", "w+")
        self.process = subprocess.Popen(
            [*wrapper, AGENT, "--conf", self.dir / "conf", "--state-dir", self.state, "--socket",
             self.dir / "sock", "--user", USER], env=env, stderr=self.log)
        agents.append(self)
        wait_for(lambda: "serving" in self.logged() or self.process.poll() is not None)

    def logged(self):
        return (self.dir / "log").read_text()

    def connect(self):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        client.settimeout(60)
        client.connect(str(self.dir / "sock"))
        return client

    def ask(self, request, client=None):
        own = client or self.connect()
        own.send(request if isinstance(request, bytes) else json.dumps(request).encode())
        answer = json.loads(own.recv(4097))
        if not client:
            own.close()
        return answer

    def stop(self, remove=True):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10)
        if remove:
            self.remove()
        return status

    def remove(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)
        agents.remove(self)


def wait_for(condition, bound_s=20):
    end = time.monotonic() + bound_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


def same(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def run(words):
    """Runs the tests whose sentence contains `words`; the exit status."""
    nr_run = nr_failed = 0
    with tempfile.TemporaryDirectory() as directory:
        keys = pathlib.Path(directory)
        make_keys(keys)
        for function in tests:
            sentence = function.__name__.replace("_", " ")
            if words not in sentence:
                continue
            nr_run += 1
            try:
                skipped = function(keys)
                print(f"{'--' if skipped else 'ok':7} {sentence}{' ' + skipped if skipped else ''}",
                      flush=True)
            except Exception as error:  # a crash of a test is its failure, not the run's
                nr_failed += 1
                print(f"FAILED  {sentence}: {type(error).__name__}: {error}", flush=True)
                for agent in agents:
                    print(agent.logged())
            for agent in list(agents):
                agent.remove()
    print(f"{nr_run} tests, {nr_failed} failed")
    return 1 if nr_failed or not nr_run else 0
