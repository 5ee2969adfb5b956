# SPDX-License-Identifier: MIT
"""A center of a test's own, a machine's records, and what tests ask of both."""
import base64
import hashlib
import http.client
import json
import pathlib
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(sys.argv[1]).resolve()
ATM, OTHER, EMPLOYEE = "00012345", "00099999", "100234"
NG = b'{"result":"ng"}'.ljust(1024)
DENY, RELOCK = 6, 9

def run(*words, check=True):
    return subprocess.run([str(w) for w in words], check=check, capture_output=True, text=True)


class Center:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="atmcenter."))
        self.dir = self.home / "center"
        self.port, self.process = 0, None
        self.cli("init", "--host", "127.0.0.1", "--host", "localhost")
        self.start()
        self.cli("employee", "add", "--number", EMPLOYEE, "--name", "山田")
        for number in (ATM, OTHER):
            self.enrol(number)

    def cli(self, *words, check=True):
        result = run(BIN / "atmcenter", "--dir", self.dir, *words, check=False)
        if check and result.returncode:
            raise AssertionError(f"atmcenter {words}: {result.stderr}")
        return result

    def json(self, *words):
        return json.loads(self.cli(*words, "--json").stdout)

    def start(self, *options):
        log = open(self.home / "log", "a")
        self.process = subprocess.Popen([BIN / "atmcenterd", "--dir", self.dir, "--listen",
                                         f"127.0.0.1:{self.port}", *options],
                                        stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"not ready: {line!r} {self.log()}"
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        status = self.process.wait(10)
        self.process.stdout.close()
        return status

    def restart(self, number=signal.SIGTERM):
        self.stop(number)
        self.start()

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.home)

    def log(self):
        return (self.home / "log").read_text()

    def children(self, pid=None):
        return [int(p) for p in run("pgrep", "-P", pid or self.process.pid, check=False).stdout.split()]

    def ask_reader(self):
        """A connection whose reader waits for the question, and that reader's process."""
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(30)
        s.connect(str(self.dir / "reader.sock"))
        return s, wait_for(lambda: [p for child in self.children() for p in self.children(child)])[0]

    def key(self, folder, subject):
        folder.mkdir(exist_ok=True)
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", folder / "agent.key", "-out", folder / "agent.csr", "-subj", subject)

    def enrol(self, number):
        folder = self.home / number
        self.key(folder, "/CN=whatever the request says")
        self.cli("atm", "add", "--number", number, "--class", "std", "--boot-uuid",
                 "11111111-2222-3333-4444-555555555555", "--csr", folder / "agent.csr", "--out", folder)
        return folder

    def connect(self, folder=ATM):
        context = ssl.create_default_context(cafile=str(self.dir / "tls/ca.pem"))
        if folder:
            context.load_cert_chain(self.home / folder / "agent.pem", self.home / folder / "agent.key")
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=15)

    def post(self, path, body, folder=ATM, method="POST", connection=None):
        c = connection or self.connect(folder)
        c.request(method, path, body if isinstance(body, (bytes, str)) else json.dumps(body))
        answer = c.getresponse()
        data = answer.read()
        if not connection:
            c.close()
        return answer.status, data

    def unlock(self, otp, employee=EMPLOYEE, nonce=1, folder=ATM, **more):
        status, data = self.post("/v1/unlock", {"v": 1, "otp": otp, "employee": employee,
                                                "nonce": f"{nonce:064x}"}, folder, **more)
        assert status == 200 and len(data) == 1024, (status, data)
        return data

    def open(self, number=ATM, work="diagnosis", *more):
        return self.json("job", "open", "--atm", number, "--employee", EMPLOYEE, "--work", work, *more)

    def job(self, number):
        return self.json("job", "show", number)

    def audit(self, chain, records, **more):
        body = {"v": 1, "boot_id": chain.boot, "records": base64.b64encode(b"".join(records)).decode(), **more}
        status, data = self.post("/v1/audit", body)
        assert status == 200, (status, data)
        return json.loads(data)


class Chain:
    """Audit records as the kernel makes them."""

    def __init__(self, boot="11" * 16, seq=0, tip=bytes(32)):
        self.boot, self.seq, self.tip, self.records = boot, seq, tip, []

    def add(self, kind, code=0, job=0, aux=0, detail=b""):
        body = struct.pack("<QQQHHiIIQ16s32sQQ208s", self.seq, 0, 0, kind, code, 0, 1, 0, job,
                           b"test", bytes(32), aux, 0, detail)
        self.tip = hashlib.sha256(self.tip + body).digest()
        self.seq += 1
        self.records.append(body + self.tip)
        return self


def wait_for(look, bound_s=30):
    """What look() returns once that is true."""
    end = time.monotonic() + bound_s
    while not (seen := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return seen


def wrong(otp):
    """Another well-formed password."""
    table = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
             "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]
    digits, interim = str((int(otp[:8]) + 1) % 10**8).zfill(8), 0
    for d in digits:
        interim = int(table[interim][int(d)])
    return digits + str(interim)


def is_ok(data):
    return json.loads(data)["result"] == "ok"
